//! Finds the CDNOW purchases (23,570 real customers, 1997 and 1998) for the demo. They are not part of the repository.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{root, wheel};

/// The variable by which the product is told where the file is.
pub(crate) const VARIABLE: &str = "RAPPEL_CDNOW";

const WHEEL: &str = "Lifetimes==0.11.3";
const MEMBER: &str = "lifetimes/datasets/CDNOW_master.txt";
const SHA256: &str = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef";

/// The file named in the environment, else the copy beside the repository, else the one in a wheel fetched into
/// `folder`; `None` when there is none, and the demo then makes up data of that shape.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Some(named.into());
    }
    let beside = root().join("../shared/data/cdnow/CDNOW_master.txt");
    if beside.is_file() {
        return Some(beside);
    }
    match fetch(folder) {
        Ok(file) => Some(file),
        Err(error) => {
            println!("no CDNOW data ({error}); name a copy in {VARIABLE} to use the real purchases");
            None
        }
    }
}

fn fetch(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    wheel::fetch(WHEEL, MEMBER, folder)?;
    let file = folder.join(MEMBER);
    check(&fs::read(&file)?)?;
    Ok(file)
}

fn check(content: &[u8]) -> Result<(), String> {
    let hash: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    if hash == SHA256 { Ok(()) } else { Err(format!("{MEMBER} has SHA-256 {hash}, expected {SHA256}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_is_refused_with_both_hashes() {
        let error = check(b"other").unwrap_err();
        assert!(error.contains(SHA256) && error.contains("d9298a10d1b0735837dc4bd85dac641b"), "{error}");
    }
}
