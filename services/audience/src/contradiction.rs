//! Pairs of leaves that no contact can meet together, and pairs of which every contact meets one.
//!
//! Only what can be seen without data. A group asks something of all of its members at once in one direction: an `all` is
//! true when every member is true, a `none` when every member is false; an `any` is false when every member is false, a
//! `not_all` when every member is true. Two leaves that cannot be so together make an `all` or a `none` that nobody meets, and an
//! `any` or a `not_all` that says nothing, since every contact whose values are known meets it.

#[cfg(test)]
mod tests;

use crate::check::{CheckedNode, CheckedQuery};
use crate::error::QueryError;
use crate::operators::span::Says;
use crate::tree::GroupKind;

/// One error for each pair, at the later leaf.
pub(crate) fn find(query: &CheckedQuery) -> Vec<QueryError> {
    let mut errors = Vec::new();
    visit(query, query.root(), &mut errors);
    errors
}

fn visit(query: &CheckedQuery, node: &CheckedNode, errors: &mut Vec<QueryError>) {
    let CheckedNode::Group { kind, .. } = node else { return };
    let (truth, _) = at_once(*kind);
    let mut together = Together { truth, claims: Vec::new(), others: Vec::new() };
    together.gather(node, truth);
    together.compare(query, errors);
    for group in together.others {
        visit(query, group, errors);
    }
}

/// The answer of a group that settles the answers of all its members, and which answer that is.
const fn at_once(kind: GroupKind) -> (bool, bool) {
    match kind {
        GroupKind::All => (true, true),
        GroupKind::None => (true, false),
        GroupKind::Any => (false, false),
        GroupKind::NotAll => (false, true),
    }
}

/// What has to be so of one leaf.
#[derive(Clone, Copy)]
struct Claim {
    leaf: usize,
    /// Whether it has to be true; else it has to be false.
    truth: bool,
}

/// What has to be so, all of it, for a group to have one answer.
struct Together<'a> {
    /// That answer.
    truth: bool,
    /// In the order of the tree.
    claims: Vec<Claim>,
    /// The groups below that leave a choice.
    others: Vec<&'a CheckedNode>,
}

impl<'a> Together<'a> {
    /// Collects what has to be so for `node` to have the answer `truth`.
    fn gather(&mut self, node: &'a CheckedNode, truth: bool) {
        match node {
            CheckedNode::Leaf(leaf) => self.claims.push(Claim { leaf: *leaf, truth }),
            CheckedNode::Group { kind, members } => {
                let (settled, of_members) = at_once(*kind);
                // A group of one leaves no choice either.
                if settled == truth || members.len() == 1 {
                    for member in members {
                        self.gather(member, (settled == truth) == of_members);
                    }
                } else {
                    self.others.push(node);
                }
            }
        }
    }

    fn compare(&self, query: &CheckedQuery, errors: &mut Vec<QueryError>) {
        for (index, later) in self.claims.iter().enumerate() {
            for earlier in &self.claims[..index] {
                if later.excludes(*earlier, query) {
                    let message = self.message(&query.leaves()[earlier.leaf].at, [*earlier, *later], query);
                    errors.push(QueryError::new(&query.leaves()[later.leaf].at, message));
                }
            }
        }
    }

    fn message(&self, first: &str, claims: [Claim; 2], query: &CheckedQuery) -> String {
        let [one, other] = claims.map(|claim| &query.leaves()[claim.leaf].leaf);
        match (self.truth, claims.map(|claim| claim.truth)) {
            (true, _) if one == other => {
                format!("contradicts {first}: the same leaf cannot be met and not met; remove one of the two")
            }
            (true, [true, true]) => {
                format!("contradicts {first}: no contact can meet both; put them into `any`, or remove one")
            }
            (true, _) => {
                format!("contradicts {first}: together they leave no contact; remove one of the two")
            }
            (false, _) => format!(
                "says nothing beside {first}: every contact whose value is known meets one of the two; remove one, or ask for \
                 `is_present`"
            ),
        }
    }
}

impl Claim {
    /// Whether the two cannot be so together.
    fn excludes(self, other: Self, query: &CheckedQuery) -> bool {
        if query.leaves()[self.leaf].leaf == query.leaves()[other.leaf].leaf {
            return self.truth != other.truth;
        }
        let (Some((subject, says)), Some((same, said))) = (self.says(query), other.says(query)) else {
            return false;
        };
        subject == same && says.contradicts(&said)
    }

    fn says(self, query: &CheckedQuery) -> Option<(String, Says)> {
        let test = &query.leaves()[self.leaf].test;
        if self.truth { test.says() } else { test.denies() }
    }
}
