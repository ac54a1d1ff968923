//! Writes `queues/definitions.json` from the table.

use std::path::Path;

use queues::definitions::definitions;
use queues::topology::TOPOLOGY;

fn main() -> std::io::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions.json");
    std::fs::write(&file, format!("{:#}\n", definitions(&TOPOLOGY)))?;
    println!("{}", file.display());
    Ok(())
}
