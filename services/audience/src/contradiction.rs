//! Pairs of leaves that no contact can meet together.
//!
//! Only what can be seen without data: within one `all` (and the `all` groups directly inside it), two leaves that say
//! incompatible things of the same subject, or a leaf beside a `none` that contains the same leaf.

use crate::check::{CheckedNode, CheckedQuery};
use crate::error::QueryError;
use crate::tree::GroupKind;

/// One error per contradiction, at the later leaf.
pub(crate) fn find(query: &CheckedQuery) -> Vec<QueryError> {
    let mut errors = Vec::new();
    visit(query, query.root(), &mut errors);
    errors
}

fn visit(query: &CheckedQuery, node: &CheckedNode, errors: &mut Vec<QueryError>) {
    match node {
        CheckedNode::Leaf(_) => {}
        CheckedNode::Group { kind: GroupKind::All, .. } => {
            let mut together = Together::default();
            let nested = together.gather(node);
            together.compare(query, errors);
            for group in nested {
                visit(query, group, errors);
            }
        }
        CheckedNode::Group { kind: GroupKind::Any | GroupKind::None | GroupKind::NotAll, members } => {
            for member in members {
                visit(query, member, errors);
            }
        }
    }
}

/// The leaves that must be true and those that must be false for an `all` to be true.
#[derive(Default)]
struct Together {
    asserted: Vec<usize>,
    denied: Vec<usize>,
}

impl Together {
    /// Collects the leaves below an `all`; returns the groups that say something of their own.
    fn gather<'a>(&mut self, node: &'a CheckedNode) -> Vec<&'a CheckedNode> {
        let CheckedNode::Group { kind: GroupKind::All, members } = node else { return vec![node] };
        let mut others = Vec::new();
        for member in members {
            match member {
                CheckedNode::Leaf(leaf) => self.asserted.push(*leaf),
                CheckedNode::Group { kind: GroupKind::All, .. } => others.extend(self.gather(member)),
                CheckedNode::Group { kind: GroupKind::None, members } => {
                    self.denied.extend(members.iter().filter_map(|denied| match denied {
                        CheckedNode::Leaf(leaf) => Some(*leaf),
                        CheckedNode::Group { .. } => None,
                    }));
                    others.push(member);
                }
                CheckedNode::Group { kind: GroupKind::Any | GroupKind::NotAll, .. } => others.push(member),
            }
        }
        others
    }

    fn compare(&self, query: &CheckedQuery, errors: &mut Vec<QueryError>) {
        let leaves = query.leaves();
        for (index, later) in self.asserted.iter().enumerate() {
            let Some((subject, says)) = leaves[*later].test.says() else { continue };
            for earlier in &self.asserted[..index] {
                if leaves[*earlier]
                    .test
                    .says()
                    .is_some_and(|(other, said)| other == subject && said.contradicts(&says))
                {
                    let first = &leaves[*earlier].at;
                    let message = format!(
                        "contradicts {first}: no contact can meet both; put them into `any`, or remove one"
                    );
                    errors.push(QueryError::new(&leaves[*later].at, message));
                }
            }
        }
        for denied in &self.denied {
            for asserted in
                self.asserted.iter().filter(|asserted| leaves[**asserted].leaf == leaves[*denied].leaf)
            {
                let first = &leaves[*asserted].at;
                let message = format!(
                    "contradicts {first}: the same leaf cannot be met and not met; remove one of the two"
                );
                errors.push(QueryError::new(&leaves[*denied].at, message));
            }
        }
    }
}
