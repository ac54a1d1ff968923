//! The frame of a record: length (u32, little-endian), CRC32C of length and record (u32, little-endian), record.

use crate::SpoolError;

/// The octets of a record, at most.
pub const MAX_RECORD: usize = 64 * 1024;
/// The octets of a frame around its record.
pub const FRAME: usize = 8;

/// The framed record, ready for one write.
pub fn encode(record: &[u8]) -> Result<Vec<u8>, SpoolError> {
    let length = u32::try_from(record.len()).ok().filter(|length| (1..=MAX_RECORD as u32).contains(length));
    let Some(length) = length else {
        return Err(SpoolError::Length { found: record.len(), max: MAX_RECORD });
    };
    let length = length.to_le_bytes();
    let mut framed = Vec::with_capacity(FRAME + record.len());
    framed.extend_from_slice(&length);
    framed.extend_from_slice(&checksum(length, record).to_le_bytes());
    framed.extend_from_slice(record);
    Ok(framed)
}

/// The whole and undamaged record whose frame begins here.
pub fn decode(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let octets = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if octets == 0 || octets > MAX_RECORD {
        return None;
    }
    let record = rest.get(..octets)?;
    (checksum(*length, record) == u32::from_le_bytes(*crc)).then_some(record)
}

/// Whether a good record begins anywhere after the first octet: then what lies before is damage and no torn end.
pub fn any_behind(bytes: &[u8]) -> bool {
    (1..bytes.len()).any(|at| decode(&bytes[at..]).is_some())
}

/// The length is covered too, so that a damaged one cannot point at other octets that happen to fit. A run of zeros,
/// which some file systems leave after a loss of power, is no frame.
fn checksum(length: [u8; 4], record: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), record)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_have_a_length_within_the_limits() {
        for wrong in [0, MAX_RECORD + 1] {
            assert!(
                matches!(encode(&vec![7; wrong]), Err(SpoolError::Length { found, .. }) if found == wrong)
            );
        }
        let longest = encode(&vec![7; MAX_RECORD]).unwrap();
        assert_eq!(decode(&longest), Some(&longest[FRAME..]));
    }

    #[test]
    fn the_format_of_version_1_does_not_move() {
        assert_eq!(encode(b"123456789").unwrap()[..FRAME], [9, 0, 0, 0, 120, 210, 23, 87]);
        assert_eq!(decode(&[0; 64]), None);
    }

    proptest! {
        #[test]
        fn a_record_comes_back_and_every_damage_to_it_is_seen(
            record in prop::collection::vec(any::<u8>(), 1..200),
            behind in prop::collection::vec(any::<u8>(), 0..20),
            bit: prop::sample::Index,
            cut: prop::sample::Index,
        ) {
            let framed = encode(&record).unwrap();
            let followed = [&framed[..], &behind].concat();
            prop_assert_eq!(decode(&followed), Some(&record[..]));
            prop_assert_eq!(decode(&framed[..cut.index(framed.len())]), None);

            let bit = bit.index(framed.len() * 8);
            let mut damaged = framed;
            damaged[bit / 8] ^= 1 << (bit % 8);
            damaged.extend_from_slice(&behind);
            prop_assert_eq!(decode(&damaged), None);
        }

        #[test]
        fn noise_holds_no_record(noise in prop::collection::vec(any::<u8>(), 0..4096)) {
            prop_assert_eq!(decode(&noise), None);
            prop_assert!(!any_behind(&noise));
        }

        #[test]
        fn a_record_behind_damage_is_found(
            noise in prop::collection::vec(any::<u8>(), 1..300),
            record in prop::collection::vec(any::<u8>(), 1..300),
        ) {
            prop_assert!(any_behind(&[noise, encode(&record).unwrap()].concat()));
        }
    }
}
