//! Outward: how a message leaves the house.
//!
//! One channel so far, [`email`]: the message as bytes, its signature, and the SMTP session that hands it over.
//!
//! Guarantees
//! * What a caller passes as text never becomes structure: no header, recipient or command can be added by a value.
//! * The end of an attempt is named exactly: taken, put off, refused, nothing sent, or not known.
//! * Nothing here logs, and no error or result holds an address or a text of a message.
//!
//! Deliberately not here: who may be contacted, the send-journal (the caller's, behind [`email::Wire`]), retries,
//! rates, pools. A session is opened, used and dropped by the caller.

pub mod email;
