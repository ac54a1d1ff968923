//! What a message says: an email's templates checked, compiled and rendered, and the few pages a recipient sees.
//!
//! The cast: an [`EmailContent`] is what a marketer wrote; [`CompiledContent::compile`] accepts it or says where and
//! how to correct it; the result holds the numbered [`Link`]s and renders one [`Rendered`] per [`RecipientContext`].
//!
//! Guarantees
//! * Data is never compiled: a name that contains template syntax arrives literally, escaped for where it stands.
//! * Nothing an author writes can end the process or run without bound: size, nesting, loops and output have limits
//!   that are checked before or while the engine works.
//! * What renders for one recipient renders for all, but for a value that makes a part too long: names are checked
//!   against [`VARIABLES`] when the content is compiled, and a value that may be missing has its fallback.
//! * Both parts carry the same links and the unsubscribe page (EM-07); the subject is one line (EM-05).
//!
//! Deliberately not here: I/O of any kind, MIME ([`Rendered`] is text), tokens (the caller gives the addresses), MJML.

pub mod email;
pub mod variables;
mod scan;
mod check;
mod html;
mod links;
mod engine;
mod compiled;
pub mod pages;
pub mod samples;

pub use compiled::{CompiledContent, Rendered};
pub use email::{ContentFinding, EmailContent, Part};
pub use engine::RenderError;
pub use links::Link;
pub use variables::{RecipientContext, VARIABLES};
