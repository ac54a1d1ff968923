//! Why a process ends that nobody asked to end: whoever supervises it must see that in its exit code.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// The first failure that a role of this process could not go on after.
#[derive(Clone, Debug)]
pub struct Failure {
    first: Arc<OnceLock<anyhow::Error>>,
    stop: CancellationToken,
}

impl Failure {
    /// None yet; one stops the process.
    pub fn stopping(stop: &CancellationToken) -> Self {
        Self { first: Arc::default(), stop: stop.clone() }
    }

    /// Stops the process: without this role it would look alive and do nothing. Later failures only follow from the first.
    pub fn end_with(&self, error: impl Into<anyhow::Error>) {
        drop(self.first.set(error.into()));
        self.stop.cancel();
    }

    /// The failure, when there was one.
    ///
    /// # Errors
    /// With its words.
    pub fn outcome(&self) -> anyhow::Result<()> {
        match self.first.get() {
            None => Ok(()),
            Some(error) => Err(anyhow::anyhow!("{error:#}")),
        }
    }
}
