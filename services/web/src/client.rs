//! Where a request came from: the peer of the connection, or what trusted proxies say about it (TR-09).

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use queues::messages::ClientPrefix;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of the connection, noted by [`crate::serve()`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The network of the client: the last address of the chain that no trusted proxy has. `None` when a proxy said something that
/// is no address; anything left of that could be anybody's claim.
pub(crate) fn network(trusted: &[IpAddr], peer: Option<Peer>, headers: &HeaderMap) -> Option<ClientPrefix> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *address);
    let mut address = peer?.0.to_canonical();
    let said: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    for hop in said.into_iter().rev() {
        if !is_trusted(&address) {
            break;
        }
        address = parse(hop.trim())?;
    }
    Some(ClientPrefix::of(address))
}

/// Some proxies add the port.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(trusted: &[&str], peer: &str, said: &[&str]) -> Option<ClientPrefix> {
        let trusted: Vec<IpAddr> = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        network(&trusted, Some(Peer(peer.parse().unwrap())), &headers)
    }

    fn prefix(address: &str) -> Option<ClientPrefix> {
        Some(ClientPrefix::of(address.parse().unwrap()))
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(of(&[], "198.51.100.7", &["203.0.113.9"]), prefix("198.51.100.7"));
        assert_eq!(of(&["10.0.0.1"], "198.51.100.7", &["203.0.113.9"]), prefix("198.51.100.7"));
    }

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_client() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        for said in [&["6.6.6.6, 203.0.113.9, 10.0.0.2"][..], &["6.6.6.6", "203.0.113.9:4711, 10.0.0.2"][..]]
        {
            assert_eq!(of(&trusted, "10.0.0.1", said), prefix("203.0.113.9"), "{said:?}");
        }
        assert_eq!(of(&trusted, "::ffff:10.0.0.1", &["[2001:db8::5]:9"]), prefix("2001:db8::5"));
        assert_eq!(of(&trusted, "10.0.0.1", &[]), prefix("10.0.0.1"), "nothing was said");
    }

    #[test]
    fn nonsense_from_a_proxy_is_nobody() {
        assert_eq!(of(&["10.0.0.1"], "10.0.0.1", &["203.0.113.9, unknown"]), None);
        assert_eq!(network(&[], None, &HeaderMap::new()), None);
    }
}
