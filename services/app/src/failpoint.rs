//! Named points where a test may stop the program or kill it (delivery 4.1). Compiled only with the feature `failpoints`.

/// Marks a point. The action `return` aborts the process there, as `kill -9` would.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name, |_| std::process::abort());
    };
}

pub(crate) use failpoint;
