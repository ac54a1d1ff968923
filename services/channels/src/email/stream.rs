//! The stream below a session: any transport, behind its [`Gate`].

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use lettre::transport::smtp::client::AsyncTokioStream;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::gate::Gate;

/// A TCP stream that its gate can shut.
#[derive(Debug)]
pub(crate) struct GatedStream {
    tcp: TcpStream,
    gate: Arc<Gate>,
}

impl GatedStream {
    pub(crate) fn new(tcp: TcpStream, gate: Arc<Gate>) -> Self {
        Self { tcp, gate }
    }
}

/// Whether the peer has closed its side. A dot written to it would succeed, and leave the message in doubt for
/// nothing. Asked of the system itself, because the runtime may not have looked since.
fn has_ended(tcp: &TcpStream) -> bool {
    matches!(SockRef::from(tcp).peek(&mut [MaybeUninit::uninit()]), Ok(0))
}

impl AsyncRead for GatedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.gate.reads_carefully() {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        let mut octet = [0];
        let mut one = ReadBuf::new(&mut octet);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GatedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if !self.gate.admits_write(Instant::now()) {
            return Poll::Ready(Err(io::Error::other("the session may write no more")));
        }
        if self.gate.dot_is_to_come() && has_ended(&self.tcp) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let written = ready!(Pin::new(&mut self.tcp).poll_write(cx, buf))?;
        self.gate.wrote(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for GatedStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

/// TLS from the first octet (RFC 8314), above the gate: a write that the gate refuses never leaves as a record.
#[derive(Debug)]
pub(crate) struct TlsGatedStream(pub(crate) TlsStream<GatedStream>);

impl AsyncRead for TlsGatedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for TlsGatedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for TlsGatedStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}
