//! Where a postal code lies, and how far one is from another.

/// A point on the globe (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    /// Degrees north of the equator, -90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub longitude: f64,
}

/// The mean radius of the earth (IUGG), in kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

impl Coordinates {
    /// The distance to another point in kilometres, as the crow flies, on a globe (haversine formula).
    ///
    /// The globe differs from the ellipsoid by half a percent at most, which is less than a postal code is wide.
    /// The function `km_between` of the database is the same formula; a test compares the two.
    #[must_use]
    pub fn km_to(self, other: Self) -> f64 {
        let half_chord = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
        let squared = half_chord(self.latitude, other.latitude)
            + self.latitude.to_radians().cos()
                * other.latitude.to_radians().cos()
                * half_chord(self.longitude, other.longitude);
        2.0 * EARTH_RADIUS_KM * squared.min(1.0).sqrt().asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates { latitude, longitude }
    }

    #[test]
    fn distances_are_those_of_an_atlas() {
        let (lyon, geneva, paris, sydney) =
            (at(45.757, 4.832), at(46.204, 6.143), at(48.857, 2.352), at(-33.869, 151.209));
        for (one, other, km) in [(lyon, geneva, 113.0), (paris, sydney, 16_960.0), (lyon, lyon, 0.0)] {
            let found = one.km_to(other);
            assert!((found - km).abs() <= km * 0.005, "{found} is not {km}");
            assert!((found - other.km_to(one)).abs() < 1e-9, "it is as far back");
        }
    }

    #[test]
    fn the_far_side_is_half_a_girth_away_and_the_date_line_is_no_wall() {
        let half_girth = std::f64::consts::PI * EARTH_RADIUS_KM;
        assert!((at(0.0, 0.0).km_to(at(0.0, 180.0)) - half_girth).abs() < 1e-6);
        assert!((at(90.0, 0.0).km_to(at(-90.0, 77.0)) - half_girth).abs() < 1e-6);
        assert!(at(0.0, 179.9).km_to(at(0.0, -179.9)) < 23.0);
    }
}
