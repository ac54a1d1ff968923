//! Three-valued logic.
//!
//! A condition on a value that is missing is neither true nor false: *city is not Lyon* says nothing about a
//! contact without a city. Such a leaf is [`Truth::Unknown`], and the groups follow Kleene:
//!
//! | group | true when | false when | otherwise |
//! |---|---|---|---|
//! | `all` | every member is true | a member is false | unknown |
//! | `any` | a member is true | every member is false | unknown |
//! | `none` | every member is false | a member is true | unknown |
//! | `not_all` | a member is false | every member is true | unknown |
//!
//! So `none` and `not_all` leave unknown unknown, and denying a condition never selects a contact about whom nothing
//! is known. A query selects the contacts for which it is **true**; unknown selects nobody. Whoever wants the
//! contacts with a missing value asks for `is_missing`. Each operator says when it is unknown; leaves about facts
//! (activities, order lines, authorisations) never are, since a fact that is not on file has not happened.

use serde::{Deserialize, Serialize};

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// Met.
    True,
    /// Not met.
    False,
    /// The value is missing.
    Unknown,
}

impl From<bool> for Truth {
    fn from(met: bool) -> Self {
        if met { Self::True } else { Self::False }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl Truth {
    /// True when every member is, false when one is false.
    pub fn all(members: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown = false;
        for member in members {
            match member {
                Self::False => return Self::False,
                Self::Unknown => unknown = true,
                Self::True => {}
            }
        }
        if unknown { Self::Unknown } else { Self::True }
    }

    /// True when a member is, false when every one is false.
    pub fn any(members: impl IntoIterator<Item = Self>) -> Self {
        !Self::all(members.into_iter().map(|member| !member))
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn groups_follow_kleene() {
        for (members, all, any) in [
            (vec![], True, False),
            (vec![True, True], True, True),
            (vec![True, False], False, True),
            (vec![True, Unknown], Unknown, True),
            (vec![False, Unknown], False, Unknown),
            (vec![Unknown, Unknown], Unknown, Unknown),
            (vec![True, False, Unknown], False, True),
        ] {
            assert_eq!(Truth::all(members.clone()), all, "all {members:?}");
            assert_eq!(Truth::any(members.clone()), any, "any {members:?}");
        }
        assert_eq!([!True, !False, !Unknown], [False, True, Unknown]);
    }
}
