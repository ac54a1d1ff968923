//! From a tree that somebody wrote to a query that can be run, or to the list of what is wrong with it.
//!
//! It fails closed: a name that does not exist, a type that does not fit, an empty group, a limit, a pair of leaves that
//! no contact can meet: each is an error at its node, and there is no query. Nothing is dropped, widened or guessed.
//! A [`CheckedQuery`] has no names left to resolve and no node that is switched off, so evaluating and
//! compiling it cannot fail.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalogue::{Catalogue, SavedTarget};
use crate::contradiction;
use crate::error::QueryError;
use crate::leaves::{Leaf, LeafTest};
use crate::tree::{Content, GroupKind, Node, Query};
use crate::truth::Truth;

/// Groups inside one another, at most.
pub const MAX_DEPTH: usize = 8;
/// Leaves in one query, at most, switched-off ones included.
pub const MAX_LEAVES: usize = 200;

/// A query without names, ready to be evaluated and compiled.
#[derive(Clone, Debug)]
pub struct CheckedQuery {
    root: CheckedNode,
    leaves: Vec<CheckedLeaf>,
}

#[derive(Clone, Debug)]
pub(crate) enum CheckedNode {
    Group {
        kind: GroupKind,
        members: Vec<CheckedNode>,
    },
    /// The index of the leaf.
    Leaf(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct CheckedLeaf {
    /// Where it stands in the tree that was checked.
    pub(crate) at: String,
    pub(crate) leaf: Leaf,
    pub(crate) test: Arc<dyn LeafTest>,
}

/// Checks types, names, limits, empty groups and obvious contradictions.
///
/// # Errors
/// Everything that is wrong, in the order of the tree.
pub fn check(query: &Query, catalogue: &Catalogue) -> Result<CheckedQuery, Vec<QueryError>> {
    let mut checker = Checker { catalogue, leaves: Vec::new(), errors: Vec::new() };
    if let Err(message) = expanded(query, catalogue, &mut Vec::new()) {
        checker.refuse("", message);
    }
    if query.root.off {
        checker.refuse("", "the whole query is switched off; switch it on");
    }
    let root = checker.node(&query.root, "", 0);
    match (root, checker.errors) {
        (Some(root), errors) if errors.is_empty() => {
            let checked = CheckedQuery { root, leaves: checker.leaves };
            let contradictions = contradiction::find(&checked);
            if contradictions.is_empty() { Ok(checked) } else { Err(contradictions) }
        }
        (Some(_) | None, errors) => Err(errors),
    }
}

/// How many leaves the query has, with those of the targets that it names, and these in turn. `path` is the targets that led here.
///
/// # Errors
/// A target that leads back to itself, and what is too much for one query. Names that do not exist are the leaves' matter.
pub(crate) fn expanded<'a>(
    query: &'a Query,
    catalogue: &'a Catalogue,
    path: &mut Vec<&'a str>,
) -> Result<usize, String> {
    let mut leaves = count_leaves(&query.root);
    for code in query.mentions().targets {
        if path.contains(&code) {
            let way: Vec<String> = path.iter().chain([&code]).map(|code| format!("`{code}`")).collect();
            return Err(format!("a target cannot ask for itself: {}", way.join(" asks for ")));
        }
        if path.len() == MAX_DEPTH {
            return Err(format!("targets name each other more than {MAX_DEPTH} deep"));
        }
        if let Some(SavedTarget::Dynamic(named)) = catalogue.targets.get(code) {
            path.push(code);
            leaves += expanded(named, catalogue, path)?;
            path.pop();
        }
        if leaves > MAX_LEAVES {
            break;
        }
    }
    if leaves > MAX_LEAVES {
        return Err(format!(
            "{leaves} leaves are too many; a query has at most {MAX_LEAVES}, with those of the targets that it names"
        ));
    }
    Ok(leaves)
}

fn count_leaves(node: &Node) -> usize {
    match &node.content {
        Content::Leaf(_) => 1,
        Content::Group(_, members) => members.iter().map(count_leaves).sum(),
    }
}

struct Checker<'a> {
    catalogue: &'a Catalogue,
    leaves: Vec<CheckedLeaf>,
    errors: Vec<QueryError>,
}

impl Checker<'_> {
    fn refuse(&mut self, at: &str, message: impl Into<String>) {
        self.errors.push(QueryError::new(at, message));
    }

    /// `None` when the node is refused; the error is noted.
    fn node(&mut self, node: &Node, at: &str, depth: usize) -> Option<CheckedNode> {
        match &node.content {
            Content::Leaf(leaf) => self.leaf(leaf, at),
            Content::Group(_, _) if depth == MAX_DEPTH => {
                self.refuse(
                    at,
                    format!("groups are nested more than {MAX_DEPTH} deep; write the inner ones flatter"),
                );
                None
            }
            Content::Group(kind, members) => self.group(*kind, members, at, depth),
        }
    }

    fn leaf(&mut self, leaf: &Leaf, at: &str) -> Option<CheckedNode> {
        match leaf.check(self.catalogue) {
            Ok(test) => {
                self.leaves.push(CheckedLeaf { at: at.to_owned(), leaf: leaf.clone(), test });
                Some(CheckedNode::Leaf(self.leaves.len() - 1))
            }
            Err(message) => {
                self.refuse(at, message);
                None
            }
        }
    }

    fn group(&mut self, kind: GroupKind, members: &[Node], at: &str, depth: usize) -> Option<CheckedNode> {
        let word = kind.word();
        if members.is_empty() {
            self.refuse(at, format!("`{word}` is empty; write at least one node, or remove the group"));
            return None;
        }
        if members.iter().all(|member| member.off) {
            let message =
                format!("every member of `{word}` is switched off; switch one on, or the group off");
            self.refuse(at, message);
            return None;
        }
        let mut checked = Vec::with_capacity(members.len());
        for (index, member) in members.iter().enumerate().filter(|(_, member)| !member.off) {
            checked.push(self.node(member, &format!("{at}/{word}/{index}"), depth + 1));
        }
        let members = checked.into_iter().collect::<Option<_>>()?;
        Some(CheckedNode::Group { kind, members })
    }
}

impl CheckedQuery {
    pub(crate) const fn root(&self) -> &CheckedNode {
        &self.root
    }

    /// The leaves in the order of the tree.
    pub(crate) fn leaves(&self) -> &[CheckedLeaf] {
        &self.leaves
    }

    /// The answer of the tree, given the answer of each leaf by its index.
    pub(crate) fn fold(&self, leaf: impl Fn(usize) -> Truth) -> Truth {
        fold(&self.root, &leaf)
    }
}

fn fold(node: &CheckedNode, leaf: &impl Fn(usize) -> Truth) -> Truth {
    match node {
        CheckedNode::Leaf(index) => leaf(*index),
        CheckedNode::Group { kind, members } => {
            let mut members = members.iter().map(|member| fold(member, leaf));
            match kind {
                GroupKind::All => Truth::all(&mut members),
                GroupKind::Any => Truth::any(&mut members),
                GroupKind::None => !Truth::any(&mut members),
                GroupKind::NotAll => !Truth::all(&mut members),
            }
        }
    }
}
