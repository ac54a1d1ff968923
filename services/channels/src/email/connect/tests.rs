use std::sync::Mutex;
use std::time::Instant;

use model::address::EmailAddress;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use secrecy::SecretString;
use servers::sink::{Sink, SinkOptions};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::email::{Credentials, Delivery, DotRefused, NotSent, SmtpSession, Wire};

const CERTIFICATE: &[u8] = include_bytes!("../../../fixtures/tls_cert.pem");
const KEY: &[u8] = include_bytes!("../../../fixtures/tls_key.pem");

/// How a server of this test behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Implicit,
    StartTls,
    /// Offers STARTTLS, and a stranger on the way puts a plain reply behind the answer to it.
    Injected,
    /// Implicit TLS, and the password is wrong.
    WrongPassword,
}

/// A server for one connection; what it was told after the encryption, line by line.
struct Server {
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&lines);
        let task = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that goes away ends the dialogue: the tests look at the lines.
            let _ = serve(kind, stream, &told).await;
        });
        Self { port, lines, task }
    }

    /// The lines of the whole dialogue, once it is over.
    async fn lines(self) -> Vec<String> {
        self.task.await.unwrap();
        self.lines.lock().unwrap().clone()
    }
}

async fn serve(kind: Kind, mut stream: TcpStream, told: &Mutex<Vec<String>>) -> io::Result<()> {
    let certificates = CertificateDer::pem_slice_iter(CERTIFICATE).collect::<Result<_, _>>().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, PrivateKeyDer::from_pem_slice(KEY).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    if matches!(kind, Kind::StartTls | Kind::Injected) {
        let mut plain = BufReader::new(&mut stream);
        let mut line = String::new();
        plain.write_all(b"220 plain\r\n").await?;
        plain.read_line(&mut line).await?;
        plain.write_all(b"250-plain\r\n250 STARTTLS\r\n").await?;
        plain.read_line(&mut line).await?;
        let injected = if kind == Kind::Injected { "250 AUTH PLAIN\r\n" } else { "" };
        plain.write_all(format!("220 go\r\n{injected}").as_bytes()).await?;
    }
    let tls = acceptor.accept(stream).await?;
    dialogue(kind, BufReader::new(tls), told).await
}

async fn dialogue<S>(kind: Kind, mut stream: BufReader<S>, told: &Mutex<Vec<String>>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if kind != Kind::StartTls {
        stream.write_all(b"220 encrypted\r\n").await?;
        stream.flush().await?;
    }
    let mut in_message = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        told.lock().unwrap().push(line.trim_end().to_owned());
        let reply: &[u8] = match line.get(..4) {
            _ if in_message && line != ".\r\n" => continue,
            _ if in_message => b"250 2.0.0 taken\r\n",
            Some("EHLO") => b"250-encrypted\r\n250 AUTH PLAIN LOGIN\r\n",
            Some("AUTH") if kind == Kind::WrongPassword => b"535 5.7.8 no\r\n",
            Some("AUTH") => b"235 2.7.0 welcome\r\n",
            Some("DATA") => b"354 go on\r\n",
            Some(_) | None => b"250 2.0.0 fine\r\n",
        };
        in_message = line == "DATA\r\n";
        stream.write_all(reply).await?;
        stream.flush().await?;
    }
}

/// Refused, or allowed for so long.
struct Dot(Result<Duration, DotRefused>);

impl Wire for Dot {
    async fn still_authorised(&mut self) -> bool {
        true
    }

    fn before_dot(&mut self) -> Result<Instant, DotRefused> {
        self.0.map(|left| Instant::now() + left)
    }

    fn after_dot(&mut self, _: &Delivery) {}
}

fn settings(port: u16, security: Security) -> SmtpSettings {
    SmtpSettings {
        security,
        trusted: Some(CERTIFICATE.to_vec()),
        credentials: Some(Credentials { user: "rappel".into(), password: SecretString::from("geheim") }),
        ..SmtpSettings::plain("localhost", port, "worker.rappel.example")
    }
}

async fn refused(settings: &SmtpSettings) -> ConnectError {
    SmtpSession::open(settings).await.expect_err("this must not be a session")
}

async fn send(session: &mut SmtpSession, dot: Result<Duration, DotRefused>) -> Delivery {
    let address = |text| EmailAddress::parse(text).unwrap();
    let (from, to) = (address("b@theatre.example"), address("anna@example.org"));
    session.send(&from, &to, "Subject: x\r\n\r\nhello\r\n", &mut Dot(dot)).await
}

#[tokio::test]
async fn both_kinds_of_tls_log_in_and_send() {
    for (kind, security) in [(Kind::Implicit, Security::Implicit), (Kind::StartTls, Security::StartTls)] {
        let server = Server::start(kind).await;
        let mut session = SmtpSession::open(&settings(server.port, security)).await.unwrap();
        assert!(matches!(send(&mut session, Ok(Duration::from_secs(5))).await, Delivery::Accepted(_)));
        drop(session);
        let lines = server.lines().await;
        let hello = "EHLO worker.rappel.example";
        assert_eq!(lines[..3], [hello, "AUTH PLAIN AHJhcHBlbABnZWhlaW0=", hello], "encrypted only");
        assert_eq!(lines[3..6], ["MAIL FROM:<b@theatre.example>", "RCPT TO:<anna@example.org>", "DATA"]);
        assert_eq!(lines[6..], ["Subject: x", "", "hello", "."]);
    }
}

#[tokio::test]
async fn a_refused_dot_does_not_leave_in_a_tls_record_either() {
    let refused = DotRefused::ClaimExpired;
    for (kind, security) in [(Kind::Implicit, Security::Implicit), (Kind::StartTls, Security::StartTls)] {
        for (dot, why) in
            [(Err(refused), NotSent::DotRefused(refused)), (Ok(Duration::ZERO), NotSent::TooLate)]
        {
            let server = Server::start(kind).await;
            let mut session = SmtpSession::open(&settings(server.port, security)).await.unwrap();
            assert_eq!(send(&mut session, dot).await, Delivery::NothingSent(why));
            session.quit().await;
            assert_eq!(server.lines().await.last().unwrap(), "DATA", "nothing follows");
        }
    }
}

#[tokio::test]
async fn a_stranger_before_the_encryption_gets_nothing_read() {
    let server = Server::start(Kind::Injected).await;
    let error = refused(&settings(server.port, Security::StartTls)).await;
    assert!(matches!(error, ConnectError::NoTls { .. } | ConnectError::Broken(_)), "{error:?}");
    assert_eq!(server.lines().await, Vec::<String>::new(), "no login was sent");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_no_encryption() {
    for (kind, security) in [(Kind::Implicit, Security::Implicit), (Kind::StartTls, Security::StartTls)] {
        let server = Server::start(kind).await;
        let stranger = SmtpSettings { trusted: None, ..settings(server.port, security) };
        let error = refused(&stranger).await;
        assert!(matches!(error, ConnectError::NoTls { .. }), "{error:?}");
        let server = Server::start(kind).await;
        let other_name = SmtpSettings { host: "127.0.0.1".into(), ..settings(server.port, security) };
        let error = refused(&other_name).await;
        assert!(matches!(error, ConnectError::NoTls { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_our_fault_and_its_text_is_not_shown() {
    let server = Server::start(Kind::WrongPassword).await;
    let error = refused(&settings(server.port, Security::Implicit)).await;
    assert_eq!(error.to_string(), "the next hop refused the login with 535");
    let ConnectError::Refused { reply, .. } = error else { panic!("{error:?}") };
    assert_eq!(reply.class.fault, Some(model::reply::Fault::Us));
}

#[tokio::test]
async fn there_is_no_silent_downgrade() {
    let sink = Sink::start(&SinkOptions::default()).unwrap();
    let port = sink.address().port();
    let plain_login = SmtpSettings { host: "127.0.0.1".into(), ..settings(port, Security::Plain) };
    assert!(matches!(refused(&plain_login).await, ConnectError::NoLogin(_)));
    assert_eq!(sink.look(|state| state.connections), 0, "refused before anything was tried");
    let no_starttls = SmtpSettings { host: "127.0.0.1".into(), ..settings(port, Security::StartTls) };
    let error = refused(&no_starttls).await;
    assert!(error.to_string().contains("does not offer STARTTLS"), "{error}");
}

#[tokio::test]
async fn a_next_hop_that_is_not_there_or_silent_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut silent = SmtpSettings::plain("127.0.0.1", port, "worker.rappel.example");
    silent.timeouts.command = Duration::from_millis(50);
    assert_eq!(refused(&silent).await.to_string(), "the next hop did not finish the greeting in time");
    drop(listener);
    let error = refused(&silent).await.to_string();
    assert!(error.starts_with(&format!("cannot connect to 127.0.0.1:{port}: ")), "{error}");
}
