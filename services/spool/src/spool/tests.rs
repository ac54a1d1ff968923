use std::fs;
use std::path::Path;
use std::thread;

use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::{Entry, Tail};

const ID: SpoolId = SpoolId(Uuid::from_u128(7));
const OTHER: SpoolId = SpoolId(Uuid::from_u128(8));

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn small(sync: SyncPolicy) -> Options {
    Options::new(Kind::Hits, sync).segment_octets(100)
}

fn open(dir: &Path, sync: SyncPolicy) -> Spool {
    Spool::open(dir, small(sync), ID).unwrap()
}

/// Appends numbered records of 20 octets, 28 with their frame: three to a segment.
fn fill(spool: &Spool, numbers: std::ops::Range<u64>) -> Vec<Appended> {
    numbers.map(|number| spool.append(&record(number)).unwrap()).collect()
}

fn record(number: u64) -> Vec<u8> {
    let mut record = vec![b'.'; 20];
    record[..8].copy_from_slice(&number.to_le_bytes());
    record
}

fn numbers(entries: impl Iterator<Item = Result<Entry, SpoolError>>) -> Vec<u64> {
    let number = |entry: Entry| u64::from_le_bytes(entry.record[..8].try_into().unwrap());
    entries.map(|entry| number(entry.unwrap())).collect()
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|suffix| suffix == "segment"));
    found.sort();
    found
}

#[test]
fn records_come_back_in_order_over_segments_and_openings() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let first = fill(&spool, 0..5);
    drop(spool);
    let spool = Spool::open(dir.path(), small(SyncPolicy::Never), OTHER).unwrap();
    assert_eq!((spool.id(), spool.torn()), (ID, None));
    let second = fill(&spool, 5..10);
    assert_eq!(numbers(spool.read(Offset(0)).unwrap()), (0..10).collect::<Vec<_>>());
    assert_eq!(segments(dir.path()).len(), 4);

    let all = [first, second].concat();
    for pair in all.windows(2) {
        assert_eq!(pair[0].next, pair[1].offset);
    }
    let entries: Vec<_> = spool.read(all[4].offset).unwrap().map(Result::unwrap).collect();
    assert_eq!(
        entries.iter().map(|entry| Appended { offset: entry.offset, next: entry.next }).collect::<Vec<_>>(),
        all[4..]
    );
}

#[test]
fn a_fresh_spool_is_empty_and_consumed() {
    let dir = folder();
    let spool = open(&dir.path().join("made/on/the/way"), SyncPolicy::Batched);
    assert_eq!((spool.first(), spool.end(), spool.readable_end()), (Offset(0), Offset(0), Offset(0)));
    assert_eq!(spool.read(Offset(0)).unwrap().count(), 0);
    assert!(spool.is_consumed() && !spool.machine_restarted());
}

#[test]
fn two_cannot_hold_it() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let second = Spool::open(dir.path(), small(SyncPolicy::Never), OTHER);
    assert!(matches!(second, Err(SpoolError::Locked { .. })));
    drop(spool);
    open(dir.path(), SyncPolicy::Never);
}

#[test]
fn a_reader_sees_what_a_loss_of_power_could_not_take() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Batched);
    let appended = fill(&spool, 0..4);
    assert_eq!(spool.readable_end(), Offset(0));
    assert_eq!(spool.read(Offset(0)).unwrap().count(), 0);
    assert!(matches!(spool.read(appended[0].next), Err(SpoolError::Outside { .. })));
    assert!(matches!(spool.trim_to(appended[0].next), Err(SpoolError::Outside { .. })));
    spool.sync().unwrap();
    assert_eq!(spool.readable_end(), spool.end());
    assert_eq!(numbers(spool.read(Offset(0)).unwrap()), [0, 1, 2, 3]);
}

#[test]
fn each_record_is_durable_when_append_returns() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::EachRecord);
    thread::scope(|scope| {
        for writer in 0..4 {
            let spool = &spool;
            scope.spawn(move || {
                for number in 0..20 {
                    let appended = spool.append(&record(writer * 100 + number)).unwrap();
                    assert!(spool.readable_end() >= appended.next);
                }
            });
        }
    });
    let mut found = numbers(spool.read(Offset(0)).unwrap());
    for writer in 0..4 {
        let own: Vec<_> = found.iter().copied().filter(|number| number / 100 == writer).collect();
        assert_eq!(own, (0..20).map(|number| writer * 100 + number).collect::<Vec<_>>());
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 80);
}

#[test]
fn trimming_deletes_what_is_wholly_consumed_and_moves_no_offset() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let appended = fill(&spool, 0..8);
    spool.trim_to(appended[3].next).unwrap();
    assert_eq!((spool.first(), segments(dir.path()).len()), (appended[3].offset, 2));
    assert_eq!(numbers(spool.read(appended[4].offset).unwrap()), [4, 5, 6, 7]);
    assert!(matches!(spool.read(Offset(0)), Err(SpoolError::Outside { .. })));
    assert!(!spool.is_consumed());
    drop(spool);

    let spool = open(dir.path(), SyncPolicy::Never);
    assert_eq!((spool.first(), spool.end()), (appended[3].offset, appended[7].next));
    assert_eq!(numbers(spool.read(spool.first()).unwrap()), [3, 4, 5, 6, 7]);
}

#[test]
fn a_consumed_spool_gives_up_its_records() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    fill(&spool, 0..6);
    let end = spool.end();
    spool.sync().unwrap();
    spool.trim_to(end).unwrap();
    assert!(spool.is_consumed());
    // The last segment is smaller than what is worth a new one, so it may stay, with three records at most.
    assert_eq!(segments(dir.path()).len(), 1);
    spool.append(&[1; 92]).unwrap();
    spool.trim_to(spool.end()).unwrap();
    assert_eq!((spool.first(), segments(dir.path()).len()), (spool.end(), 1));
    assert_eq!(fs::metadata(&segments(dir.path())[0]).unwrap().len(), HEADER as u64);
    drop(spool);
    let spool = open(dir.path(), SyncPolicy::Never);
    assert!(spool.end() > end && spool.is_consumed());
}

#[test]
fn a_torn_end_is_cut_off_and_told() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let appended = fill(&spool, 0..5);
    drop(spool);
    let last = segments(dir.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    fs::write(&last, &bytes[..bytes.len() - 3]).unwrap();

    let mut reader = Reader::open(dir.path(), Kind::Hits, Offset(0)).unwrap();
    assert_eq!(numbers(reader.by_ref()), [0, 1, 2, 3]);
    assert_eq!(reader.tail(), Tail::Torn { offset: appended[4].offset });

    let spool = open(dir.path(), SyncPolicy::Never);
    assert_eq!(spool.torn(), Some(Torn { offset: appended[4].offset, octets: 25 }));
    assert_eq!(fill(&spool, 9..10)[0].offset, appended[4].offset);
    assert_eq!(numbers(spool.read(Offset(0)).unwrap()), [0, 1, 2, 3, 9]);
}

#[test]
fn zeros_behind_the_end_are_a_torn_end() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let appended = fill(&spool, 0..2);
    drop(spool);
    let last = segments(dir.path()).pop().unwrap();
    fs::write(&last, [fs::read(&last).unwrap(), vec![0; 4096]].concat()).unwrap();
    let spool = open(dir.path(), SyncPolicy::Never);
    assert_eq!(spool.torn(), Some(Torn { offset: appended[1].next, octets: 4096 }));
}

#[test]
fn damage_before_a_good_record_names_its_offset() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let appended = fill(&spool, 0..6);
    drop(spool);
    for (segment, damaged) in [(0, 1), (1, 4)] {
        let path = &segments(dir.path())[segment];
        let good = fs::read(path).unwrap();
        let mut bytes = good.clone();
        bytes[HEADER + 28 + 12] ^= 1;
        fs::write(path, &bytes).unwrap();
        let mut reader = Reader::open(dir.path(), Kind::Hits, Offset(0)).unwrap();
        assert_eq!(numbers(reader.by_ref().take(damaged)), (0..damaged as u64).collect::<Vec<_>>());
        let error = reader.next().unwrap().unwrap_err();
        assert!(
            matches!(&error, SpoolError::Corrupt { offset, .. } if *offset == appended[damaged].offset),
            "{error}"
        );
        assert!(reader.next().is_none());
        fs::write(path, good).unwrap();
    }
}

#[test]
fn a_missing_segment_is_damage() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    let appended = fill(&spool, 0..9);
    drop(spool);
    fs::remove_file(&segments(dir.path())[1]).unwrap();
    let error = Spool::open(dir.path(), small(SyncPolicy::Never), OTHER).unwrap_err();
    assert!(matches!(&error, SpoolError::Corrupt { offset, .. } if *offset == appended[3].offset), "{error}");
}

/// Opens after the header of the only segment was changed, its checksum put right.
fn with_header(change: impl Fn(&mut Vec<u8>)) -> SpoolError {
    let dir = folder();
    fill(&open(dir.path(), SyncPolicy::Never), 0..1);
    let path = segments(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    let crc = crc32c::crc32c(&bytes[..HEADER - 4]);
    bytes[HEADER - 4..HEADER].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    Spool::open(dir.path(), small(SyncPolicy::Never), OTHER).unwrap_err()
}

#[test]
fn foreign_files_are_refused_by_name() {
    let error = with_header(|bytes| bytes[8] = 2);
    assert!(matches!(error, SpoolError::Version { found: 2, known: 1, .. }), "{error}");
    let error = with_header(|bytes| bytes[9] = Kind::Journal as u8);
    assert!(
        matches!(error, SpoolError::OtherKind { found: Kind::Journal, expected: Kind::Hits, .. }),
        "{error}"
    );
    let error = with_header(|bytes| bytes[9] = 9);
    assert!(matches!(error, SpoolError::NotASegment { .. }), "{error}");
    let error = with_header(|bytes| bytes[0] = b'x');
    assert!(matches!(error, SpoolError::NotASegment { .. }), "{error}");
}

#[test]
fn a_header_with_a_wrong_checksum_or_cut_short_is_refused() {
    for damage in [|bytes: &mut Vec<u8>| bytes[20] ^= 1, |bytes: &mut Vec<u8>| bytes.truncate(HEADER - 1)] {
        let dir = folder();
        fill(&open(dir.path(), SyncPolicy::Never), 0..1);
        let path = segments(dir.path()).remove(0);
        let mut bytes = fs::read(&path).unwrap();
        damage(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let error = Spool::open(dir.path(), small(SyncPolicy::Never), OTHER).unwrap_err();
        assert!(matches!(error, SpoolError::NotASegment { .. }), "{error}");
    }
}

#[test]
fn segments_of_two_spools_do_not_mix() {
    let (dir, other) = (folder(), folder());
    fill(&open(dir.path(), SyncPolicy::Never), 0..6);
    fill(&Spool::open(other.path(), small(SyncPolicy::Never), OTHER).unwrap(), 0..6);
    fs::copy(&segments(other.path())[1], &segments(dir.path())[1]).unwrap();
    let error = Spool::open(dir.path(), small(SyncPolicy::Never), ID).unwrap_err();
    assert!(matches!(error, SpoolError::OtherSpool { .. }), "{error}");
}

#[test]
fn what_an_interrupted_creation_left_is_in_nobodys_way() {
    let dir = folder();
    fill(&open(dir.path(), SyncPolicy::Never), 0..1);
    fs::write(dir.path().join("unfinished"), b"RAP").unwrap();
    let spool = open(dir.path(), SyncPolicy::Never);
    assert_eq!(numbers(spool.read(Offset(0)).unwrap()), [0]);
    assert!(!dir.path().join("unfinished").exists());
}

#[test]
fn a_restart_of_the_machine_is_told_until_everything_from_before_is_gone() {
    let dir = folder();
    let spool = open(dir.path(), SyncPolicy::Never);
    fill(&spool, 0..4);
    drop(spool);
    assert!(!open(dir.path(), SyncPolicy::Never).machine_restarted());
    pretend_restart(dir.path());

    let spool = open(dir.path(), SyncPolicy::Never);
    assert!(spool.machine_restarted());
    let appended = fill(&spool, 4..5);
    assert_eq!(numbers(spool.read(Offset(0)).unwrap()), [0, 1, 2, 3, 4]);
    drop(spool);
    let spool = open(dir.path(), SyncPolicy::Never);
    assert!(spool.machine_restarted());
    spool.trim_to(appended[0].offset).unwrap();
    drop(spool);
    assert!(!open(dir.path(), SyncPolicy::Never).machine_restarted());
}

#[test]
fn an_empty_spool_from_before_a_restart_goes_on_under_its_name() {
    let dir = folder();
    drop(open(dir.path(), SyncPolicy::Never));
    pretend_restart(dir.path());
    let spool = open(dir.path(), SyncPolicy::Never);
    assert!(spool.machine_restarted());
    fill(&spool, 0..1);
    drop(spool);
    let spool = open(dir.path(), SyncPolicy::Never);
    assert!(!spool.machine_restarted());
    assert_eq!((spool.id(), numbers(spool.read(Offset(0)).unwrap())), (ID, vec![0]));
}

#[test]
fn a_destroyed_spool_leaves_nothing() {
    let dir = folder();
    let inner = dir.path().join("journal");
    let spool = open(&inner, SyncPolicy::Never);
    fill(&spool, 0..6);
    spool.destroy().unwrap();
    assert!(!inner.exists());
}

#[test]
fn the_folder_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let inner = dir.path().join("spool");
    drop(open(&inner, SyncPolicy::Never));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&segments(&inner)[0]), 0o600);
}
