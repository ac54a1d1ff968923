//! The waterfall on a screen, and the list behind one of its steps in a file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use model::permission::Reason;
use store::audience::{Counted, Listed, Waterfall};

/// The waterfall as people read it: from everybody matched down to everybody planned, one row a reason.
#[must_use]
pub fn waterfall_table(waterfall: &Waterfall) -> String {
    table(waterfall, |_| String::new())
}

/// The same, with what each row costs beside it.
#[must_use]
pub fn counted_table(counted: &Counted) -> String {
    let without = |reason: Reason| match counted.without.get(&reason) {
        Some(more) => format!("  (without this row: {more} more)"),
        None => String::new(),
    };
    table(&counted.waterfall, without)
}

fn table(waterfall: &Waterfall, beside: impl Fn(Reason) -> String) -> String {
    let mut table = format!("{:>10}  matched by the target\n", waterfall.matched);
    for target in &waterfall.targets {
        table.push_str(&format!(
            "{:>10}  in {}, {} in no other\n",
            format!("({})", target.matched),
            target.name,
            target.only
        ));
    }
    for (reason, contacts) in &waterfall.excluded {
        table.push_str(&format!("{:>10}  {reason}{}\n", format!("-{contacts}"), beside(*reason)));
        if *reason == Reason::ExcludedTarget {
            table.push_str(&exclusions(waterfall));
        }
    }
    table.push_str(&format!(
        "{:>10}  planned ({} matched without a standing yes)\n",
        waterfall.planned, waterfall.unset
    ));
    table
}

fn exclusions(waterfall: &Waterfall) -> String {
    let line = |exclusion: &store::audience::ExclusionCount| {
        let all = format!("({})", exclusion.matched + exclusion.unknown);
        format!("{all:>10}  by {}, {} of them unknown\n", exclusion.name, exclusion.unknown)
    };
    waterfall.exclusions.iter().map(line).collect()
}

/// Writes contacts to a new file that only its owner may read.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn write(path: &Path, contacts: &[Listed]) -> anyhow::Result<()> {
    let place = || format!("--out {}", path.display());
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).with_context(place)?;
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(["source", "external_id", "reason", "also"]).with_context(place)?;
    for Listed { source, external_id, blocks } in contacts {
        let mut reasons = blocks.reasons().map(Reason::word);
        let first = reasons.next().unwrap_or_default();
        let others = reasons.collect::<Vec<_>>().join(" ");
        csv.write_record([source.as_str(), external_id, first, &others]).with_context(place)?;
    }
    csv.flush().with_context(place)
}
