//! Audiences: the decision in SQL is the decision in Rust, the compiled target is the reference evaluator, a launch is exact.

#[cfg(test)]
mod decision;
#[cfg(test)]
mod launch;
