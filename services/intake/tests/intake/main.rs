//! Files as a caller sees them: what is read, what is refused, and in which words.

#[cfg(test)]
mod support;

#[cfg(test)]
mod files;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod every_column;
#[cfg(test)]
mod contradictions;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod formats_agree;
#[cfg(test)]
mod hostile_input;
#[cfg(test)]
mod mappings;
#[cfg(test)]
mod inverse_mappings;
#[cfg(test)]
mod documentation;
