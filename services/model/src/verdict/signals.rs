//! What the headers of a hit say, reduced to what the rules need.

use super::AgentClass;

/// The bits of [`Signals::number`] that hold the agent's class.
const AGENT_SHIFT: u16 = 1;
const AGENT_MASK: u16 = 0b111;

/// What is kept of the headers of a request: nothing that could name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signals {
    /// Whether it announced itself as a prefetch or preview.
    pub prefetch: bool,
    /// What its user agent says.
    pub agent: AgentClass,
}

impl Signals {
    /// Reads the headers of a request, given as name and value in any order.
    #[must_use]
    pub fn of<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut prefetch = false;
        let mut agent = None;
        for (name, value) in headers {
            prefetch |= is_prefetch(name, value);
            if name.eq_ignore_ascii_case("user-agent") {
                agent = Some(value);
            }
        }
        Self { prefetch, agent: AgentClass::of(agent) }
    }

    /// As one number, for the spool, the queue and the database: bit 0 is the prefetch, bits 1 to 3 the agent's
    /// class; the others are free.
    #[must_use]
    pub fn number(self) -> u16 {
        u16::from(self.prefetch) | u16::from(self.agent.number()) << AGENT_SHIFT
    }

    /// The signals of a number; `None` when a bit is set that means nothing here.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        let class = u8::try_from(number >> AGENT_SHIFT & AGENT_MASK).ok()?;
        let signals = Self { prefetch: number & 1 == 1, agent: AgentClass::from_number(class)? };
        (signals.number() == number).then_some(signals)
    }
}

/// Whether a header announces a prefetch or a preview instead of a click (TR-05).
fn is_prefetch(name: &str, value: &str) -> bool {
    let purpose = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
    let value = value.to_ascii_lowercase();
    purpose.iter().any(|known| name.eq_ignore_ascii_case(known))
        && ["prefetch", "prerender", "preview"].iter().any(|word| value.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefetch_headers_are_known() {
        for header in [
            ("Sec-Purpose", "prefetch;prerender"),
            ("PURPOSE", "Prefetch"),
            ("x-moz", "prefetch"),
            ("X-Purpose", "preview"),
        ] {
            assert!(Signals::of([("accept", "*/*"), header]).prefetch, "{header:?}");
        }
        assert!(!Signals::of([("Sec-Fetch-Dest", "prefetch"), ("Purpose", "navigation")]).prefetch);
    }

    #[test]
    fn the_agent_is_found_whatever_the_case_of_its_header() {
        assert_eq!(Signals::of([("USER-agent", "curl/8.5.0")]).agent, AgentClass::Library);
        assert_eq!(Signals::of([]).agent, AgentClass::Empty);
    }

    #[test]
    fn numbers_do_not_move_and_nothing_else_is_read() {
        let signals = Signals { prefetch: true, agent: AgentClass::Empty };
        assert_eq!(signals.number(), 0b1001);
        let known: Vec<_> = (0..=u16::MAX).filter_map(Signals::from_number).collect();
        assert_eq!(known.len(), 2 * AgentClass::ALL.len());
        for signals in known {
            assert_eq!(Signals::from_number(signals.number()), Some(signals));
        }
    }
}
