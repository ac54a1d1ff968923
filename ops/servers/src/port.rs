//! Free TCP ports on the loopback interface.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::ServerError;

/// Below the ports that systems hand out for outgoing connections (32768 on Linux, 49152 elsewhere): a client that
/// retries while its server is down could otherwise be given the server's own port and connect to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

static TRIED: AtomicU16 = AtomicU16::new(0);

/// A port that nobody listens on at this moment, different from the ones returned before.
///
/// Somebody may take it before the server does; callers retry with the next one.
///
/// # Errors
/// When all of the range is taken.
pub fn free_port() -> Result<u16, ServerError> {
    // Neighbouring process numbers start far apart: a server listens seconds after its port was chosen.
    let own_start = u16::try_from(u64::from(std::process::id()) * 7919 % u64::from(COUNT)).unwrap_or(0);
    let found = (0..COUNT).find_map(|_| {
        let step = TRIED.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (own_start + step) % COUNT;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok().map(|_| port)
    });
    found.ok_or(ServerError::NoPort { first: FIRST, last: FIRST + COUNT - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_not_offered() {
        let first = free_port().unwrap();
        let _held = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).unwrap();
        let others: Vec<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert!(!others.contains(&first));
        assert!(others.iter().all(|port| (FIRST..FIRST + COUNT).contains(port)));
    }
}
