//! What the world does to a spool: damaged files, a killed process, a full disk.

#![expect(clippy::unwrap_used, reason = "where a helper of a test fails, the test fails")]

mod damaged_file;
mod full_disk;
mod killed_process;
mod support;
