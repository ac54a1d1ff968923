//! Messages for the members of closed lists: a member without one does not build.

use model::vocabulary::{ActivityKind, ContactKind, ContactRole, LineState};
use serde::Deserialize;

use super::{ActivityWords, Being, Presence};
use crate::leaves::{MessageOutcome, Question, ScoreOf};
use crate::words::message::Message;

/// A struct with a message (or a group of them) for every member of a closed list.
macro_rules! each {
    ($($(#[$doc:meta])* $name:ident: $list:ident => $what:ident { $($variant:ident: $field:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::words) struct $name { $($field: $what,)* }

        impl $name {
            pub(in crate::words) const fn of(&self, member: $list) -> &$what {
                match member { $($list::$variant => &self.$field,)* }
            }
        }
    )*};
}

each! {
    Kinds: ContactKind => Being { Individual: individual, Relay: relay, Structure: structure, }

    Roles: ContactRole => Message {
        Customer: customer,
        Supplier: supplier,
        Guide: guide,
        Exhibitor: exhibitor,
        Partner: partner,
        Producer: producer,
    }

    States: LineState => Message {
        Option: option,
        Confirmed: confirmed,
        Reserved: reserved,
        Sold: sold,
        Returned: returned,
        Cancelled: cancelled,
    }

    Outcomes: MessageOutcome => Presence { Received: received, Clicked: clicked, Bounced: bounced, }

    Questions: Question => Message {
        General: general,
        Email: email,
        Sms: sms,
        Phone: phone,
        Post: post,
        OpenTracking: open_tracking,
        ClickTracking: click_tracking,
        Profiling: profiling,
        Transmission: transmission,
    }

    Scores: ScoreOf => Message { Recency: recency, Frequency: frequency, Monetary: monetary, }

    ActivityKinds: ActivityKind => ActivityWords {
        OptionTaken: option_taken,
        OptionConfirmed: option_confirmed,
        Reservation: reservation,
        Sale: sale,
        WaitingList: waiting_list,
        Click: click,
        CriterionChanged: criterion_changed,
        AuthorisationChanged: authorisation_changed,
        RenewalConfirmed: renewal_confirmed,
        PersonContact: person_contact,
        LegacyRecency: legacy_recency,
        Payment: payment,
        Other: other,
    }
}
