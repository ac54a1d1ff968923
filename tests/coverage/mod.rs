//! Rules about the source that a person would otherwise have to remember. Each failure says what to do; lists of
//! exceptions stand beside their rule and may only shrink.

mod clocks_are_arguments;
mod files_stay_small;
mod layers_hold;
mod settings_are_described;
mod workplace_is_absent;

mod tree;
