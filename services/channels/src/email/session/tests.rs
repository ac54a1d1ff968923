use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use model::reply::Outcome;
use servers::sink::{Event, EventKind, Sink, SinkOptions, SinkState};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::super::connect::tcp;
use super::*;

const SOON: Duration = Duration::from_secs(10);

/// A caller that does what the test says, and remembers what it was asked and told.
struct Script<'a> {
    authorised: bool,
    dot: Result<Duration, DotRefused>,
    /// Waits for this before it allows the dot.
    first: Option<&'a (dyn Fn() + Sync)>,
    asked: u32,
    told: Vec<Delivery>,
}

impl Default for Script<'_> {
    fn default() -> Self {
        Self { authorised: true, dot: Ok(SOON), first: None, asked: 0, told: Vec::new() }
    }
}

impl Wire for Script<'_> {
    async fn still_authorised(&mut self) -> bool {
        self.authorised
    }

    fn before_dot(&mut self) -> Result<Instant, DotRefused> {
        self.asked += 1;
        if let Some(first) = self.first {
            first();
        }
        self.dot.map(|left| Instant::now() + left)
    }

    fn after_dot(&mut self, end: &Delivery) {
        self.told.push(*end);
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn settings(sink: &Sink) -> SmtpSettings {
    SmtpSettings::plain("127.0.0.1", sink.address().port(), "worker.rappel.example")
}

fn sink() -> Sink {
    Sink::start(&SinkOptions::default()).unwrap()
}

const MESSAGE: &str =
    "From: a@theatre.example\r\nMessage-ID: <m@theatre.example>\r\n\r\nHello\r\n.\r\n..\r\n.x\r\nBye\r\n";

async fn send(session: &mut SmtpSession, local: &str, wire: &mut Script<'_>) -> Delivery {
    let to = address(&format!("{local}@example.org"));
    session.send(&address("b+token@bounce.theatre.example"), &to, MESSAGE, wire).await
}

/// Waits until the connection has ended, and gives what the sink saw of it.
fn events_to_the_end(sink: &Sink) -> Vec<EventKind> {
    assert!(sink.wait_for(|state| state.open_connections == 0 && state.connections > 0, SOON));
    sink.events().iter().map(|event: &Event| event.kind).collect()
}

/// One that offers PIPELINING, and one that does not and refuses what comes before its turn.
fn both_kinds() -> [Sink; 2] {
    [true, false]
        .map(|pipelining| Sink::start(&SinkOptions { pipelining, ..SinkOptions::default() }).unwrap())
}

#[tokio::test]
async fn a_hundred_messages_go_over_one_connection_and_arrive_as_they_were() {
    for sink in both_kinds() {
        a_hundred_messages_arrive(&sink).await;
    }
}

async fn a_hundred_messages_arrive(sink: &Sink) {
    let mut session = SmtpSession::open(&settings(sink)).await.unwrap();
    for n in 0..100 {
        let mut wire = Script::default();
        let end = send(&mut session, &format!("anna{n}"), &mut wire).await;
        assert!(matches!(end, Delivery::Accepted(Reply { code: 250, .. })), "{end:?}");
        assert_eq!((wire.asked, &*wire.told), (1, &[end][..]));
    }
    let accepted = sink.accepted();
    assert_eq!((accepted.len(), sink.look(|state| state.connections)), (100, 1));
    assert!(
        accepted.iter().all(|message| &*message.raw == MESSAGE.as_bytes()),
        "dots at line starts survive (EM-02)"
    );
    assert_eq!(accepted[7].to, ["anna7@example.org"]);
    assert_eq!(accepted[7].envelope_from, "b+token@bounce.theatre.example");
    session.quit().await;
    assert!(sink.wait_for(|state| state.open_connections == 0, SOON));
}

#[tokio::test]
async fn refusals_of_recipients_keep_the_connection() {
    for sink in both_kinds() {
        refusals_keep_the_connection(&sink).await;
    }
}

async fn refusals_keep_the_connection(sink: &Sink) {
    let mut session = SmtpSession::open(&settings(sink)).await.unwrap();
    let ends = [
        ("anna", 250, Outcome::Accepted, false),
        ("perm-1", 550, Outcome::Failed, true),
        ("tempfail-1", 451, Outcome::Deferred, false),
        ("policy-1", 550, Outcome::Failed, false),
        ("bert", 250, Outcome::Accepted, false),
    ];
    for (local, code, outcome, invalid) in ends {
        let mut wire = Script::default();
        let end = send(&mut session, local, &mut wire).await;
        let (Delivery::Accepted(reply) | Delivery::Deferred(reply) | Delivery::Failed(reply)) = end else {
            panic!("{local}: {end:?}")
        };
        assert_eq!(
            (reply.code, reply.class.outcome, reply.class.invalidates_address()),
            (code, outcome, invalid),
            "{local}"
        );
        assert!(reply.enhanced.is_some(), "{local}: the sink gives enhanced codes");
        assert_eq!(wire.asked, u32::from(code == 250), "{local}");
    }
    assert!(session.is_open());
    assert_eq!((sink.accepted().len(), sink.look(|state| state.connections)), (2, 1));
}

#[tokio::test]
async fn a_421_ends_the_session() {
    for sink in both_kinds() {
        a_421_ends(&sink).await;
    }
}

async fn a_421_ends(sink: &Sink) {
    let mut session = SmtpSession::open(&settings(sink)).await.unwrap();
    let end = send(&mut session, "421-1", &mut Script::default()).await;
    assert!(
        matches!(end, Delivery::Deferred(Reply { code: 421, .. })) && end.class().ends_session,
        "{end:?}"
    );
    assert!(!session.is_open());
    let end = send(&mut session, "anna", &mut Script::default()).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::SessionOver));
}

/// A next hop that gives each line its answer, until the client leaves or after an answer that breaks. Gives its port, and at
/// the end the connection with all that was said to it.
async fn next_hop<Answer>(mut answer: Answer) -> (u16, JoinHandle<(TcpStream, Vec<String>)>)
where
    Answer: FnMut(&str) -> ControlFlow<&'static str, &'static str> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 scripted\r\n").await.unwrap();
        let (reader, mut writer) = stream.split();
        let (mut lines, mut told) = (BufReader::new(reader).lines(), Vec::new());
        while let Some(line) = lines.next_line().await.unwrap() {
            let next = answer(&line);
            told.push(line);
            let (Continue(said) | Break(said)) = next;
            writer.write_all(said.as_bytes()).await.unwrap();
            if next.is_break() {
                break;
            }
        }
        (stream, told)
    });
    (port, serving)
}

/// One that takes commands together and answers a whole envelope with `replies`, then listens to the end. Gives how the
/// attempt ended, whether the session goes on, and all that was written.
async fn answered(replies: &'static str) -> (Delivery, bool, String) {
    let (port, next_hop) = next_hop(move |line| {
        Continue(match line {
            "DATA" => replies,
            hello if hello.starts_with("EHLO") => "250-careless\r\n250 PIPELINING\r\n",
            _ => "",
        })
    })
    .await;
    let mut settings = SmtpSettings::plain("127.0.0.1", port, "worker.rappel.example");
    settings.timeouts.command = Duration::from_millis(200);
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let end = send(&mut session, "anna", &mut Script::default()).await;
    let open = session.is_open();
    drop(session);
    let (_, told) = next_hop.await.unwrap();
    (end, open, told.join("\n") + "\n")
}

/// RFC 2920 §3.1: the replies to a group are read one by one, and what they leave open is left alone.
#[tokio::test]
async fn a_group_whose_replies_leave_the_dialogue_in_doubt_ends_the_session() {
    for (replies, code) in [
        ("250 2.1.0 ok\r\n550 5.1.1 nobody\r\n354 go on\r\n", 550),
        ("250 2.1.0 ok\r\n451 4.3.0 later\r\n", 451),
        ("451 4.3.0 later\r\n503 5.5.1 no sender\r\n", 451),
        ("421 4.3.2 closing\r\n", 421),
    ] {
        let (end, open, told) = answered(replies).await;
        let (Delivery::Deferred(reply) | Delivery::Failed(reply)) = end else { panic!("{replies}: {end:?}") };
        assert_eq!((reply.code, open), (code, false), "{replies}");
        assert!(told.ends_with("\nDATA\n"), "{replies}: nothing follows the group: {told}");
    }
}

#[tokio::test]
async fn a_group_that_is_refused_as_a_whole_keeps_the_session() {
    let replies = "250 2.1.0 ok\r\n550 5.1.1 nobody\r\n503 5.5.1 no recipient\r\n";
    let (end, _, told) = answered(replies).await;
    assert!(matches!(end, Delivery::Failed(Reply { code: 550, phase: Phase::Recipient, .. })), "{end:?}");
    assert!(told.ends_with("\nDATA\nRSET\n"), "{told}");
}

/// RFC 5321 §4.1.4 allows EHLO at any time; not every server knows.
#[tokio::test]
async fn a_next_hop_that_takes_one_ehlo_only_gets_its_messages_all_the_same() {
    let mut greeted = false;
    let (port, next_hop) = next_hop(move |line| {
        Continue(match line {
            hello if hello.starts_with("EHLO") && !std::mem::replace(&mut greeted, true) => {
                "250-once\r\n250 PIPELINING\r\n"
            }
            hello if hello.starts_with("EHLO") => "503 5.5.1 once\r\n",
            "DATA" => "354 go on\r\n",
            "." => "250 2.0.0 taken\r\n",
            command if ["MAIL", "RCPT"].iter().any(|verb| command.starts_with(verb)) => "250 2.1.0 ok\r\n",
            _ => "",
        })
    })
    .await;
    let settings = SmtpSettings::plain("127.0.0.1", port, "worker.rappel.example");
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let end = send(&mut session, "anna", &mut Script::default()).await;
    assert!(matches!(end, Delivery::Accepted(_)), "{end:?}");
    drop(session);
    let (_, told) = next_hop.await.unwrap();
    assert_eq!(
        told[1..5].iter().map(|line| &line[..4]).collect::<Vec<_>>(),
        ["EHLO", "MAIL", "RCPT", "DATA"]
    );
}

#[tokio::test]
async fn a_session_ends_after_its_number_of_messages() {
    let sink = sink();
    let settings = SmtpSettings { messages_per_session: 2, ..settings(&sink) };
    let mut session = SmtpSession::open(&settings).await.unwrap();
    send(&mut session, "anna", &mut Script::default()).await;
    assert!(session.is_open());
    send(&mut session, "perm", &mut Script::default()).await;
    assert!(!session.is_open());
    let end = send(&mut session, "carl", &mut Script::default()).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::SessionOver));
    assert_eq!(sink.accepted().len(), 1);
}

/// A next hop that goes as far as the 354, then does what `then` says with the connection. Gives its port.
async fn after_the_354<Then, Doing>(then: Then) -> (u16, JoinHandle<()>)
where
    Then: FnOnce(TcpStream) -> Doing + Send + 'static,
    Doing: Future<Output = ()> + Send,
{
    let data = |line: &str| if line == "DATA" { Break("354 go on\r\n") } else { Continue("250 yes\r\n") };
    let (port, next_hop) = next_hop(data).await;
    let served = tokio::spawn(async move {
        let (stream, _) = next_hop.await.unwrap();
        then(stream).await;
    });
    (port, served)
}

/// What no pair of sockets holds: most of it waits for the next hop to read.
fn large_message() -> String {
    "From: a@theatre.example\r\n\r\n".to_owned() + &"0123456789 0123456789 0123456789\r\n".repeat(1 << 20)
}

async fn send_large(port: u16, wire: &mut Script<'_>) -> (Delivery, bool) {
    let settings = SmtpSettings::plain("127.0.0.1", port, "worker.rappel.example");
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let (bounce, to) = (address("b@bounce.theatre.example"), address("anna@example.org"));
    let end = session.send(&bounce, &to, &large_message(), wire).await;
    (end, session.is_open())
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_before_the_body_is_nothing_sent() {
    let (closed, is_closed) = mpsc::channel();
    let is_closed = Mutex::new(is_closed);
    let (port, _next_hop) = after_the_354(async move |stream| {
        drop(stream);
        closed.send(()).unwrap();
    })
    .await;
    let gone = || is_closed.lock().unwrap().recv_timeout(SOON).unwrap();
    let mut wire = Script { first: Some(&gone), ..Script::default() };
    let settings = SmtpSettings::plain("127.0.0.1", port, "worker.rappel.example");
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let end = send(&mut session, "anna", &mut wire).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::Lost(Phase::Data)));
    assert_eq!((wire.asked, &*wire.told), (1, &[end][..]), "D is taken back");
    assert!(!session.is_open());
}

#[tokio::test]
async fn lost_inside_a_body_is_nothing_sent() {
    let (port, _next_hop) = after_the_354(async |mut stream| {
        let mut some = [0; 1 << 10];
        stream.read_exact(&mut some).await.unwrap();
    })
    .await;
    let mut wire = Script::default();
    let (end, open) = send_large(port, &mut wire).await;
    assert_eq!((end, open), (Delivery::NothingSent(NotSent::Lost(Phase::Data)), false));
    assert_eq!(wire.told, [end], "D is taken back");
}

/// However long a next hop takes to read a body: its dot does not leave after the deadline.
#[tokio::test]
async fn a_body_that_is_not_taken_by_the_deadline_gets_no_dot() {
    let (late, is_late) = tokio::sync::oneshot::channel::<()>();
    let (port, next_hop) = after_the_354(async |mut stream| {
        is_late.await.unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap_or_default();
        assert!(!all.ends_with(b"\r\n.\r\n"), "{} octets came", all.len());
    })
    .await;
    let mut wire = Script { dot: Ok(Duration::from_millis(100)), ..Script::default() };
    let (end, open) = send_large(port, &mut wire).await;
    assert_eq!((end, open), (Delivery::NothingSent(NotSent::TooLate), false));
    assert_eq!(wire.told, [end], "D is taken back");
    late.send(()).unwrap();
    next_hop.await.unwrap();
}

#[tokio::test]
async fn lost_after_the_dot_is_unknown() {
    let sink = sink();
    let mut session = SmtpSession::open(&settings(&sink)).await.unwrap();
    let mut wire = Script::default();
    let end = send(&mut session, "drop-after-dot", &mut wire).await;
    assert_eq!(end, Delivery::Unknown(Unclear::Lost));
    assert_eq!(wire.told, [end]);
    assert!(!session.is_open());
    assert_eq!(sink.accepted().len(), 1, "and the sink did take it");
}

#[tokio::test]
async fn no_reply_to_the_dot_in_time_is_unknown() {
    let sink = sink();
    let mut settings = settings(&sink);
    settings.timeouts.final_reply = Duration::from_millis(60);
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let end = send(&mut session, "hold-after-dot", &mut Script::default()).await;
    assert_eq!(end, Delivery::Unknown(Unclear::TimedOut));
    assert!(!session.is_open());
}

#[tokio::test]
async fn a_refused_dot_is_never_seen_by_the_server() {
    for refused in [DotRefused::ClaimExpired, DotRefused::NotRecorded] {
        let sink = sink();
        let mut session = SmtpSession::open(&settings(&sink)).await.unwrap();
        let mut wire = Script { dot: Err(refused), ..Script::default() };
        let end = send(&mut session, "anna", &mut wire).await;
        assert_eq!(end, Delivery::NothingSent(NotSent::DotRefused(refused)));
        assert!(wire.told.is_empty(), "without D there is nothing to tell");
        assert!(!session.is_open());
        let seen = events_to_the_end(&sink);
        assert!(seen.contains(&EventKind::Data) && !seen.contains(&EventKind::Dot), "{seen:?}");
        assert!(sink.accepted().is_empty());
    }
}

#[tokio::test]
async fn a_dot_after_its_deadline_is_never_seen_by_the_server() {
    let sink = sink();
    let mut session = SmtpSession::open(&settings(&sink)).await.unwrap();
    let mut wire = Script { dot: Ok(Duration::ZERO), ..Script::default() };
    let end = send(&mut session, "anna", &mut wire).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::TooLate));
    assert_eq!(wire.told, [end], "D is taken back");
    let seen = events_to_the_end(&sink);
    assert!(seen.contains(&EventKind::Data) && !seen.contains(&EventKind::Dot), "{seen:?}");
    assert!(sink.accepted().is_empty());
}

#[tokio::test]
async fn a_permission_that_is_withdrawn_after_the_354_stops_the_message() {
    let sink = sink();
    let mut session = SmtpSession::open(&settings(&sink)).await.unwrap();
    let mut wire = Script { authorised: false, ..Script::default() };
    let end = send(&mut session, "anna", &mut wire).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::Withdrawn));
    assert_eq!((wire.asked, wire.told.len()), (0, 0));
    let seen = events_to_the_end(&sink);
    assert!(seen.contains(&EventKind::Data) && !seen.contains(&EventKind::Dot), "{seen:?}");
}

#[tokio::test]
async fn a_slow_command_runs_out_of_time_and_nothing_is_sent() {
    let sink = sink();
    let mut settings = settings(&sink);
    settings.timeouts.command = Duration::from_millis(200);
    let mut session = SmtpSession::open(&settings).await.unwrap();
    let end = send(&mut session, "slow-60", &mut Script::default()).await;
    assert_eq!(end, Delivery::NothingSent(NotSent::TimedOut(Phase::Recipient)));
    assert!(!session.is_open());
}

#[tokio::test]
async fn a_future_that_is_dropped_closes_the_session() {
    let sink = sink();
    let mut session = SmtpSession::open(&settings(&sink)).await.unwrap();
    let mut wire = Script::default();
    let held = |state: &SinkState| state.held == 1;
    {
        let mut sending = std::pin::pin!(send(&mut session, "hold-after-dot", &mut wire));
        let mut sent = false;
        // Driven until the sink holds the message, then dropped.
        while !sent {
            let turn = timeout(Duration::from_millis(1), &mut sending).await;
            assert!(turn.is_err(), "the sink does not answer");
            sent = sink.look(held);
        }
    }
    assert_eq!(
        (wire.asked, wire.told.len()),
        (1, 0),
        "D without R: the journal says that the dot may be out"
    );
    assert!(!session.is_open());
    assert!(sink.wait_for(|state| state.open_connections == 0, SOON));
}

#[tokio::test]
async fn sockets_send_at_once_and_give_up_in_time() {
    let sink = sink();
    let stream = tcp(&settings(&sink)).await.unwrap();
    let socket = socket2::SockRef::from(&stream);
    assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
    #[cfg(target_os = "linux")]
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(10)));
}

#[test]
fn debug_shows_nobody() {
    let end = Delivery::NothingSent(NotSent::Withdrawn);
    assert_eq!(format!("{end:?}"), "NothingSent(Withdrawn)");
}
