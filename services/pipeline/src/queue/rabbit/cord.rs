//! A way to end a connection at once, whatever the client library is doing with it.
//!
//! The library owns the socket inside a thread and closes it only after it has written everything that it buffers,
//! which a blocked or frozen broker never lets it do. So a second handle to the same socket is kept here, and dropping
//! the [`Cord`] shuts the socket down: nothing buffered leaves any more, and the thread ends.

use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

enum End {
    Free,
    Tied(TcpStream),
    Cut,
}

/// Held by the owner of the connection.
pub(super) struct Cord(Arc<Mutex<End>>);

/// Handed to whoever makes the socket.
#[derive(Clone)]
pub(super) struct Knot(Arc<Mutex<End>>);

impl Cord {
    /// A cord that is tied to nothing yet, and what ties it.
    pub(super) fn new() -> (Self, Knot) {
        let end = Arc::new(Mutex::new(End::Free));
        (Self(Arc::clone(&end)), Knot(end))
    }
}

impl Knot {
    /// Ties the cord to a socket.
    ///
    /// # Errors
    /// When the owner has given up in the meantime, or the handle cannot be doubled.
    pub(super) fn tie(&self, socket: &impl AsFd) -> std::io::Result<()> {
        let double = TcpStream::from(socket.as_fd().try_clone_to_owned()?);
        let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *end {
            End::Free | End::Tied(_) => {
                *end = End::Tied(double);
                Ok(())
            }
            End::Cut => Err(std::io::ErrorKind::ConnectionAborted.into()),
        }
    }
}

impl Drop for Cord {
    fn drop(&mut self) {
        let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let End::Tied(socket) = std::mem::replace(&mut *end, End::Cut) {
            // A socket that is closed already answers with an error, and is what we want.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (near, listener.accept().unwrap().0)
    }

    #[test]
    fn a_dropped_cord_ends_the_socket_of_somebody_else() {
        let (near, mut far) = pair();
        let (cord, knot) = Cord::new();
        knot.tie(&near).unwrap();
        drop(cord);
        assert_eq!(far.read(&mut [0]).unwrap(), 0);
        drop(near);
    }

    #[test]
    fn a_socket_that_comes_too_late_is_refused() {
        let (near, _far) = pair();
        let (cord, knot) = Cord::new();
        drop(cord);
        assert!(knot.tie(&near).is_err());
    }
}
