//! What the sink does with a recipient: the script is the beginning of the local part.

use std::time::Duration;

/// What happens to a recipient or to the message for it.
///
/// The local part names it: the name alone, or the name followed by `+`, `.`, `_` or `-` and anything
/// (`perm-17@example.org`, `drop-after-dot.3@example.org`). Case does not matter; the longest name wins; every other
/// local part is accepted (`permanent@example.org` too).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Everything else: 250.
    Accept,
    /// `tempfail`: RCPT is answered 451 4.3.0, always.
    TempFail,
    /// `tempfail-once`: RCPT is answered 451 4.7.1 the first time that this address is seen, then accepted.
    TempFailOnce,
    /// `perm`: RCPT is answered 550 5.1.1, no such mailbox: the recipient's fault (EM-72).
    Perm,
    /// `policy`: RCPT is answered 550 5.7.1, our fault and not the recipient's (EM-72).
    Policy,
    /// `slow-8` (seconds) or `slow-250ms`: RCPT is answered that late, each time, then accepted.
    Slow(Duration),
    /// `drop-before-dot`: the connection ends inside the message; nothing is accepted.
    DropBeforeDot,
    /// `drop-after-dot`: the message is accepted and recorded, then the connection ends without a reply.
    DropAfterDot,
    /// `hold-after-dot`: the message is accepted and recorded; the reply waits for [`super::Sink::release`].
    HoldAfterDot,
    /// `421`: RCPT is answered 421 4.3.2 and the connection ends.
    Goodbye,
}

impl Behaviour {
    const NAMED: [(&'static str, Self); 8] = [
        ("tempfail-once", Self::TempFailOnce),
        ("tempfail", Self::TempFail),
        ("perm", Self::Perm),
        ("policy", Self::Policy),
        ("drop-before-dot", Self::DropBeforeDot),
        ("drop-after-dot", Self::DropAfterDot),
        ("hold-after-dot", Self::HoldAfterDot),
        ("421", Self::Goodbye),
    ];

    /// The behaviour that an address asks for.
    #[must_use]
    pub fn of(address: &str) -> Self {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local).to_ascii_lowercase();
        let named = Self::NAMED.iter().find(|(name, _)| rest_after(&local, name).is_some());
        named.map(|(_, behaviour)| *behaviour).or_else(|| slow(&local)).unwrap_or(Self::Accept)
    }
}

/// What follows `name` in `local`, when the name ends there or a separator follows.
fn rest_after<'a>(local: &'a str, name: &str) -> Option<&'a str> {
    local.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with(['+', '.', '_', '-']))
}

fn slow(local: &str) -> Option<Behaviour> {
    let figure = local.strip_prefix("slow-")?;
    let digits = figure.find(|c: char| !c.is_ascii_digit()).unwrap_or(figure.len());
    let (digits, unit) = figure.split_at(digits);
    let number = digits.parse().ok()?;
    if rest_after(unit, "ms").is_some() {
        return Some(Behaviour::Slow(Duration::from_millis(number)));
    }
    rest_after(unit, "").map(|_| Behaviour::Slow(Duration::from_secs(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_before_a_separator_wins() {
        for (address, behaviour) in [
            ("anna@example.org", Behaviour::Accept),
            ("permanent@example.org", Behaviour::Accept),
            ("perm@example.org", Behaviour::Perm),
            ("Perm-17@example.org", Behaviour::Perm),
            ("policy.x@example.org", Behaviour::Policy),
            ("tempfail_3@example.org", Behaviour::TempFail),
            ("tempfail-once+3@example.org", Behaviour::TempFailOnce),
            ("drop-before-dot@example.org", Behaviour::DropBeforeDot),
            ("drop-after-dot-9@example.org", Behaviour::DropAfterDot),
            ("hold-after-dot@example.org", Behaviour::HoldAfterDot),
            ("421.1@example.org", Behaviour::Goodbye),
            ("4210@example.org", Behaviour::Accept),
        ] {
            assert_eq!(Behaviour::of(address), behaviour, "{address}");
        }
    }

    #[test]
    fn slowness_is_a_figure_in_seconds_or_milliseconds() {
        assert_eq!(Behaviour::of("slow-8@example.org"), Behaviour::Slow(Duration::from_secs(8)));
        assert_eq!(Behaviour::of("slow-8-17@example.org"), Behaviour::Slow(Duration::from_secs(8)));
        assert_eq!(Behaviour::of("slow-250ms.2@example.org"), Behaviour::Slow(Duration::from_millis(250)));
        assert_eq!(Behaviour::of("slow-food@example.org"), Behaviour::Accept);
        assert_eq!(Behaviour::of("slow-8th@example.org"), Behaviour::Accept);
    }
}
