//! Chance that repeats: the same seed, person and question give the same draw, in whatever order they are asked.

/// A number in `0..of`, fixed by its arguments.
#[must_use]
pub fn draw(seed: u64, person: u64, question: &str, of: u64) -> u64 {
    let mut state = seed ^ person.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for byte in question.bytes() {
        state = mix(state ^ u64::from(byte));
    }
    mix(state) % of.max(1)
}

/// Whether something holds for a person, in `percent` of a hundred cases.
#[must_use]
pub fn holds(seed: u64, person: u64, question: &str, percent: u64) -> bool {
    draw(seed, person, question, 10_000) < percent * 100
}

/// The finaliser of SplitMix64.
const fn mix(state: u64) -> u64 {
    let a = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    b ^ (b >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_about_the_share_that_was_asked_for() {
        let held = (0..20_000).filter(|person| holds(1, *person, "reads the newsletter", 30)).count();
        assert!((5_700..6_300).contains(&held), "{held}");
        assert_eq!(draw(1, 7, "town", 12), draw(1, 7, "town", 12));
        assert!((0..100).any(|person| draw(1, person, "town", 12) != draw(2, person, "town", 12)));
    }
}
