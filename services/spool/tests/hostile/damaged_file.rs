//! Any damage to the files of a spool: no panic, no wrong record, and every record before the damage.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use spool::{Kind, Offset, Options, Reader, Spool, SpoolError, SyncPolicy, Tail};
use tempfile::TempDir;

use crate::support::{ID, segments};

const HEADER: usize = 56;
const FRAME: usize = 8;

#[derive(Clone, Debug)]
enum Damage {
    Cut,
    Flip(u8),
    Overwrite(Vec<u8>),
    Append(Vec<u8>),
    Zeros(usize),
}

fn damages() -> impl Strategy<Value = Damage> {
    let noise = prop::collection::vec(any::<u8>(), 1..200);
    prop_oneof![
        Just(Damage::Cut),
        (0..8u8).prop_map(Damage::Flip),
        noise.clone().prop_map(Damage::Overwrite),
        noise.prop_map(Damage::Append),
        (1..5000usize).prop_map(Damage::Zeros),
    ]
}

fn options() -> Options {
    Options::new(Kind::Hits, SyncPolicy::Never).segment_octets(600)
}

fn spool_of(records: &[Vec<u8>]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), options(), ID).unwrap();
    for record in records {
        spool.append(record).unwrap();
    }
    dir
}

/// Damages a file; returns the first octet that is not as it was.
fn damage(path: &Path, how: Damage, at: prop::sample::Index) -> usize {
    let good = fs::read(path).unwrap();
    let at = at.index(good.len());
    let mut bytes = good.clone();
    match how {
        Damage::Cut => bytes.truncate(at),
        Damage::Flip(bit) => bytes[at] ^= 1 << bit,
        Damage::Overwrite(noise) => {
            let end = bytes.len().min(at + noise.len());
            bytes[at..end].copy_from_slice(&noise[..end - at]);
        }
        Damage::Append(noise) => bytes.extend(noise),
        Damage::Zeros(count) => bytes.extend(vec![0; count]),
    }
    fs::write(path, &bytes).unwrap();
    let same = bytes.iter().zip(&good).take_while(|(now, then)| now == then).count();
    if same == good.len() && same == bytes.len() { usize::MAX } else { same }
}

/// The records before the end, and what the end was.
type Found = (Vec<Vec<u8>>, Result<Tail, SpoolError>);

/// Reads without a lock as far as it goes.
fn read(dir: &Path) -> Result<Found, SpoolError> {
    let mut reader = Reader::open(dir, Kind::Hits, Offset(0))?;
    let mut records = Vec::new();
    for entry in reader.by_ref() {
        match entry {
            Ok(entry) => records.push(entry.record),
            Err(error) => return Ok((records, Err(error))),
        }
    }
    Ok((records, Ok(reader.tail())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_records_before_the_damage_and_no_wrong_one(
        records in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..120), 1..20),
        how in damages(),
        which: prop::sample::Index,
        at: prop::sample::Index,
    ) {
        let dir = spool_of(&records);
        let files = segments(dir.path());
        let which = which.index(files.len());
        let before: usize = files[..which].iter().map(|file| fs::read(file).unwrap().len() - HEADER).sum();
        let changed = damage(&files[which], how, at);

        // How many records end before the first changed octet.
        let intact_octets = before.saturating_add(changed.saturating_sub(HEADER));
        let ends = records.iter().scan(0, |end, record| { *end += FRAME + record.len(); Some(*end) });
        let intact = ends.filter(|end| *end <= intact_octets).count();
        let last = which + 1 == files.len();

        match read(dir.path()) {
            // The list of segments already shows it: a header, or a length that leaves a gap.
            Err(error) => prop_assert!(changed < HEADER || !last, "{error}"),
            Ok((found, end)) => {
                prop_assert_eq!(&found[..], &records[..found.len()]);
                prop_assert!(found.len() >= intact, "{} of {intact} records", found.len());
                let complete = found.len() == records.len();
                match end {
                    Ok(Tail::Clean) => prop_assert!(complete || changed < usize::MAX),
                    Ok(Tail::Torn { .. }) => prop_assert!(last && changed < usize::MAX),
                    Err(error) => prop_assert!(matches!(error, SpoolError::Corrupt { .. }), "{error}"),
                }
            }
        }
        reopens_or_says_why(dir.path(), &records, intact)?;
    }

    #[test]
    fn noise_in_place_of_a_segment_is_refused(noise in prop::collection::vec(any::<u8>(), 0..3000), magic: bool) {
        let dir = spool_of(&[vec![1]]);
        let file = segments(dir.path()).remove(0);
        let start: &[u8] = if magic { b"RAPSPOOL\x01\x02" } else { b"" };
        fs::write(&file, [start, &noise].concat()).unwrap();
        prop_assert!(Spool::open(dir.path(), options(), ID).is_err());
        prop_assert!(read(dir.path()).is_err());
    }
}

/// Opening keeps the whole records before the damage and takes new ones behind them, or refuses and changes nothing.
fn reopens_or_says_why(dir: &Path, records: &[Vec<u8>], intact: usize) -> Result<(), TestCaseError> {
    let contents = || segments(dir).iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = contents();
    let Ok(spool) = Spool::open(dir, options(), ID) else {
        prop_assert_eq!(contents(), before);
        return Ok(());
    };
    spool.append(b"after").unwrap();
    let mut found = Vec::new();
    for entry in spool.read(spool.first()).unwrap() {
        match entry {
            Ok(entry) => found.push(entry.record),
            // Damage in an earlier segment is met when it is read, and nothing behind it is.
            Err(_) => return Ok(()),
        }
    }
    let last = found.pop();
    prop_assert_eq!(last.as_deref(), Some(&b"after"[..]));
    prop_assert!(found.len() >= intact);
    prop_assert_eq!(&found[..], &records[..found.len()]);
    Ok(())
}
