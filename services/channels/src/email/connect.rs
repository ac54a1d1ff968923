//! Opening a session: TCP, encryption, EHLO, login. Each step has its limit of time.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::extension::ClientId;
use model::reply::Phase;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::delivery::Reply;
use super::gate::Gate;
use super::session::{Answer, read};
use super::settings::{Security, SmtpSettings};
use super::stream::{GatedStream, TlsGatedStream};

/// Unacknowledged octets linger in the kernel this long, at most: a dot that is written reaches the next hop within it
/// or never (delivery G1).
const LINGER: Duration = Duration::from_secs(10);

/// An idle peer that is gone is noticed by probes after this long.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Why there is no session. Nothing of any message was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No connection.
    #[error("cannot connect to {host}:{port}: {source}")]
    Unreachable {
        /// The next hop.
        host: String,
        /// Its port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A step took too long.
    #[error("the next hop did not finish {0} in time")]
    TimedOut(&'static str),
    /// The next hop refused a step.
    #[error("the next hop refused {step} with {}", reply.code)]
    Refused {
        /// The step.
        step: &'static str,
        /// Its reply.
        reply: Reply,
    },
    /// The connection ended, or what came is not SMTP.
    #[error("the next hop broke off during {0}")]
    Broken(&'static str),
    /// Encryption is asked for and not to be had, or the certificate is not trusted.
    #[error("no trusted encryption with {host}: {reason}")]
    NoTls {
        /// The next hop.
        host: String,
        /// Why not.
        reason: String,
    },
    /// A login is asked for and cannot be done safely.
    #[error("{0}")]
    NoLogin(&'static str),
}

/// A connection that is ready for messages.
pub(crate) struct Opened {
    pub(crate) connection: AsyncSmtpConnection,
    /// Below the connection.
    pub(crate) gate: Arc<Gate>,
    /// Whether the next hop takes commands together.
    pub(crate) pipelining: bool,
}

/// Opens a connection.
pub(crate) async fn open(settings: &SmtpSettings) -> Result<Opened, ConnectError> {
    if settings.credentials.is_some() && settings.security == Security::Plain {
        return Err(ConnectError::NoLogin("a login needs encryption: set security to starttls or implicit"));
    }
    let gate = Arc::new(Gate::default());
    let stream = GatedStream::new(tcp(settings).await?, Arc::clone(&gate));
    let stream: Box<dyn AsyncTokioStream> = match settings.security {
        Security::Plain => Box::new(stream),
        Security::StartTls => {
            // What a stranger puts behind the plain reply to STARTTLS must meet the handshake, not our buffer.
            gate.read_carefully(true);
            Box::new(stream)
        }
        Security::Implicit => Box::new(implicit_tls(settings, stream).await?),
    };
    let hello = ClientId::Domain(settings.hello.clone());
    let mut connection =
        step(settings, "the greeting", AsyncSmtpConnection::connect_with_transport(stream, &hello)).await?;
    if settings.security == Security::StartTls {
        start_tls(settings, &mut connection, &hello).await?;
        gate.read_carefully(false);
    }
    log_in(settings, &mut connection).await?;
    let pipelining = offers_pipelining(settings, &mut connection, &hello).await?;
    Ok(Opened { connection, gate, pipelining })
}

/// Asks once more: the mail library keeps only what it uses itself of the answer to EHLO, and a next hop may offer more
/// after the login than before. One that answers EHLO only once (some do, against RFC 5321 §4.1.4) gets its commands one by one.
async fn offers_pipelining(
    settings: &SmtpSettings,
    connection: &mut AsyncSmtpConnection,
    hello: &ClientId,
) -> Result<bool, ConnectError> {
    match step(settings, "EHLO", connection.command(format!("EHLO {hello}\r\n"))).await {
        Ok(answer) => {
            Ok(answer.message().skip(1).any(|offer| offer.trim().eq_ignore_ascii_case("PIPELINING")))
        }
        // 500 to 504: the command is refused, not the session.
        Err(ConnectError::Refused { reply, .. }) if (500..=504).contains(&reply.code) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A TCP connection that sends at once, notices a dead peer, and drops what is not acknowledged.
pub(super) async fn tcp(settings: &SmtpSettings) -> Result<TcpStream, ConnectError> {
    let (host, port) = (settings.host.as_str(), settings.port);
    let unreachable = |source| ConnectError::Unreachable { host: host.to_owned(), port, source };
    let connected = timeout(settings.timeouts.connect, TcpStream::connect((host, port))).await;
    let stream = connected.map_err(|_| ConnectError::TimedOut("the connection"))?.map_err(unreachable)?;
    // Body and dot are two writes; without this each message waits 40 ms for an acknowledgement.
    stream.set_nodelay(true).map_err(unreachable)?;
    let socket = SockRef::from(&stream);
    let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(LINGER);
    socket.set_tcp_keepalive(&keep_alive).map_err(unreachable)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(LINGER)).map_err(unreachable)?;
    Ok(stream)
}

async fn implicit_tls(settings: &SmtpSettings, stream: GatedStream) -> Result<TlsGatedStream, ConnectError> {
    let no_tls = |reason: String| ConnectError::NoTls { host: settings.host.clone(), reason };
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for certificate in CertificateDer::pem_slice_iter(settings.trusted.as_deref().unwrap_or_default()) {
        let certificate = certificate.map_err(|error| no_tls(error.to_string()))?;
        roots.add(certificate).map_err(|error| no_tls(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| no_tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(settings.host.clone()).map_err(|error| no_tls(error.to_string()))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let connected = timeout(settings.timeouts.command, handshake).await;
    let stream = connected.map_err(|_| ConnectError::TimedOut("the TLS handshake"))?;
    Ok(TlsGatedStream(stream.map_err(|error| no_tls(error.to_string()))?))
}

async fn start_tls(
    settings: &SmtpSettings,
    connection: &mut AsyncSmtpConnection,
    hello: &ClientId,
) -> Result<(), ConnectError> {
    let no_tls = |reason: String| ConnectError::NoTls { host: settings.host.clone(), reason };
    if !connection.can_starttls() {
        return Err(no_tls("it does not offer STARTTLS".to_owned()));
    }
    let mut parameters =
        TlsParameters::builder(settings.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(trusted) = &settings.trusted {
        let certificate = Certificate::from_pem(trusted).map_err(|error| no_tls(error.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build().map_err(|error| no_tls(error.to_string()))?;
    let upgraded = timeout(settings.timeouts.command, connection.starttls(parameters, hello)).await;
    match upgraded.map_err(|_| ConnectError::TimedOut("STARTTLS"))? {
        Ok(()) => Ok(()),
        Err(error) if error.status().is_some() => Err(failed("STARTTLS", &error)),
        Err(error) => Err(no_tls(error.to_string())),
    }
}

async fn log_in(settings: &SmtpSettings, connection: &mut AsyncSmtpConnection) -> Result<(), ConnectError> {
    let Some(credentials) = &settings.credentials else { return Ok(()) };
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    if connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
        return Err(ConnectError::NoLogin("the next hop offers neither AUTH PLAIN nor AUTH LOGIN"));
    }
    let login = Login::new(credentials.user.clone(), credentials.password.expose_secret().to_owned());
    step(settings, "the login", connection.auth(&mechanisms, &login)).await.map(|_| ())
}

async fn step<T>(
    settings: &SmtpSettings,
    name: &'static str,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, ConnectError> {
    let done = timeout(settings.timeouts.command, work).await;
    done.map_err(|_| ConnectError::TimedOut(name))?.map_err(|error| failed(name, &error))
}

fn failed(step: &'static str, error: &lettre::transport::smtp::Error) -> ConnectError {
    match read(Phase::Session, Err(error)) {
        Answer::Decided(reply) => ConnectError::Refused { step, reply },
        Answer::Expected | Answer::Nothing => ConnectError::Broken(step),
    }
}

#[cfg(test)]
mod tests;
