//! Audiences: the decision in SQL is the decision in Rust, the compiled target is the reference evaluator, a launch is exact.

#[cfg(test)]
mod support;
#[cfg(test)]
mod decision;
#[cfg(test)]
mod targets;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod partition;
#[cfg(test)]
mod launch;
