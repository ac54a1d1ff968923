//! The signals that show only when the hits of a message are seen together.
//!
//! Both passes walk the hits once in the order of time: somebody may hammer a link a hundred thousand times.

use std::collections::HashMap;

use super::{BURST_LINKS, BURST_SPAN, HitFacts, NEAR, Reason, Reasons};

/// Marks every hit that lies in a span of [`BURST_SPAN`] with enough distinct links.
pub(super) fn mark(links: u16, hits: &[HitFacts], reasons: &mut [Reasons]) {
    let enough = usize::from(if links == 2 { 2 } else { BURST_LINKS });
    let order = by_time(hits);
    let mut seen = HashMap::new();
    let mut first = 0;
    let mut unmarked = 0;
    for (last, &at) in order.iter().enumerate() {
        *seen.entry(hits[at].link).or_insert(0usize) += 1;
        while hits[at].at.signed_duration_since(hits[order[first]].at) > BURST_SPAN {
            let left = hits[order[first]].link;
            if let Some(count) = seen.get_mut(&left) {
                *count -= 1;
                if *count == 0 {
                    seen.remove(&left);
                }
            }
            first += 1;
        }
        if seen.len() >= enough {
            for &index in &order[unmarked.max(first)..=last] {
                reasons[index].insert(Reason::Burst);
            }
            unmarked = last + 1;
        }
    }
}

/// Marks every hit within [`NEAR`] of another one that has a strong signal. Hits with a strong signal of their own
/// are left as they are: it would add nothing.
pub(super) fn mark_near_machines(hits: &[HitFacts], reasons: &mut [Reasons]) {
    let mut order = by_time(hits);
    for _ in 0..2 {
        let mut machine = None;
        for &index in &order {
            if reasons[index].has_strong() {
                machine = Some(hits[index].at);
            } else if machine.is_some_and(|at| hits[index].at.signed_duration_since(at).abs() <= NEAR) {
                reasons[index].insert(Reason::NearMachine);
            }
        }
        order.reverse();
    }
}

fn by_time(hits: &[HitFacts]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by_key(|index| hits[*index].at);
    order
}
