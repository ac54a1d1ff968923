//! The sink as a client sees it, over real sockets.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};

use super::*;
use crate::folder::TemporaryFolder;

/// Long enough for any thread to get its turn; a passing test never waits that long.
const SOON: Duration = Duration::from_secs(20);

struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects and says EHLO.
    fn new(sink: &Sink) -> Self {
        let stream = TcpStream::connect(sink.address()).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        let mut client = Self(BufReader::new(stream));
        assert_eq!(client.reply(), 220);
        assert_eq!(client.say("EHLO client.example"), 250);
        client
    }

    fn write(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// The code of the next reply; 0 when the connection ended instead.
    fn reply(&mut self) -> u16 {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap_or(0) == 0 {
                return 0;
            }
            if line.as_bytes()[3] == b' ' {
                return line[..3].parse().unwrap();
            }
        }
    }

    fn say(&mut self, line: &str) -> u16 {
        self.write(&format!("{line}\r\n"));
        self.reply()
    }

    /// One message to one recipient; the code of the step that decided.
    fn send(&mut self, to: &str, id: u32) -> u16 {
        assert_eq!(self.say("MAIL FROM:<news@rappel.example>"), 250);
        match self.say(&format!("RCPT TO:<{to}>")) {
            250 => {}
            refused => return refused,
        }
        assert_eq!(self.say("DATA"), 354);
        self.say(&format!("Message-ID: <{id}@rappel.example>\r\nSubject: x\r\n\r\n..dot\r\n."))
    }
}

fn sink() -> Sink {
    Sink::start(&SinkOptions::default()).unwrap()
}

#[test]
fn an_accepted_message_is_captured_as_it_was_sent() {
    let sink = sink();
    let mut client = Client::new(&sink);
    assert_eq!(client.send("anna@example.org", 1), 250);
    assert_eq!(client.say("QUIT"), 221);
    let [message] = &sink.accepted()[..] else { panic!("one message") };
    assert_eq!(message.envelope_from, "news@rappel.example");
    assert_eq!(message.to, ["anna@example.org"]);
    assert_eq!(message.message_id.as_deref(), Some("<1@rappel.example>"));
    assert_eq!(&message.raw[..], b"Message-ID: <1@rappel.example>\r\nSubject: x\r\n\r\n.dot\r\n");
    assert!(sink.wait_for(|state| state.open_connections == 0, SOON));
    let kinds: Vec<_> = sink.events().iter().map(|event| event.kind).collect();
    use EventKind::{Close, Connect, Data, Dot, Mail, Rcpt, Reply};
    assert_eq!(kinds, [Connect, Mail, Rcpt, Data, Dot, Reply, Close]);
    let [.., dot, reply, _] = &sink.events()[..] else { panic!("seven events") };
    assert!(dot.wall == message.dot_at && dot.monotonic <= reply.monotonic);
}

#[test]
fn refusals_leave_the_connection_usable() {
    let sink = sink();
    let mut client = Client::new(&sink);
    for (to, code) in [
        ("perm-1@example.org", 550),
        ("policy-1@example.org", 550),
        ("tempfail-1@example.org", 451),
        ("tempfail-once-1@example.org", 451),
        ("tempfail-once-1@example.org", 250),
        ("tempfail-once-2@example.org", 451),
        ("anna@example.org", 250),
    ] {
        assert_eq!(client.send(to, 1), code, "{to}");
        assert_eq!(client.say("RSET"), 250);
    }
    let refused = sink.events().iter().filter(|event| event.reply.is_some_and(|code| code > 400)).count();
    assert_eq!((sink.accepted().len(), refused), (2, 5));
}

#[test]
fn only_taken_recipients_are_captured() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.say("MAIL FROM:<>");
    assert_eq!(client.say("RCPT TO:<perm@example.org>"), 550);
    assert_eq!(client.say("DATA"), 503);
    assert_eq!(client.say("RCPT TO:<anna@example.org>"), 250);
    assert_eq!(client.say("DATA"), 354);
    assert_eq!(client.say("\r\nhello\r\n."), 250);
    assert_eq!(sink.accepted()[0].to, ["anna@example.org"]);
    assert_eq!(sink.accepted()[0].envelope_from, "");
}

#[test]
fn order_of_commands_is_enforced() {
    let sink = sink();
    let mut client = Client::new(&sink);
    assert_eq!(client.say("RCPT TO:<anna@example.org>"), 503);
    assert_eq!(client.say("DATA"), 503);
    assert_eq!(client.say("MAIL FROM:<a@example.org>"), 250);
    assert_eq!(client.say("MAIL FROM:<a@example.org>"), 503);
}

#[test]
fn a_connection_can_end_before_or_after_the_dot() {
    let sink = sink();
    let mut before = Client::new(&sink);
    before.say("MAIL FROM:<a@example.org>");
    before.say("RCPT TO:<drop-before-dot@example.org>");
    before.say("DATA");
    assert_eq!(before.say("Subject: x"), 0);
    assert_eq!(sink.accepted().len(), 0);
    assert_eq!(Client::new(&sink).send("drop-after-dot@example.org", 7), 0);
    assert_eq!(sink.accepted().len(), 1);
    assert_eq!(Client::new(&sink).send("421@example.org", 7), 421);
    assert!(sink.wait_for(|state| state.open_connections == 0, SOON));
    assert!(sink.look(|state| state.events.iter().all(|event| event.kind != EventKind::Reply)));
}

#[test]
fn a_held_reply_comes_with_the_release() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.say("MAIL FROM:<a@example.org>");
    client.say("RCPT TO:<hold-after-dot@example.org>");
    client.say("DATA");
    client.write("Message-ID: <1@x>\r\n\r\n.\r\n");
    assert!(sink.wait_for(|state| state.held == 1 && state.accepted.len() == 1, SOON));
    client.0.get_ref().set_nonblocking(true).unwrap();
    assert_eq!(client.0.get_ref().read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    client.0.get_ref().set_nonblocking(false).unwrap();
    sink.release();
    assert_eq!(client.reply(), 250);
    assert!(sink.wait_for(|state| state.held == 0, SOON));
}

#[test]
fn a_held_reply_is_given_up_when_the_client_goes() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.say("MAIL FROM:<a@example.org>");
    client.say("RCPT TO:<hold-after-dot@example.org>");
    client.say("DATA");
    client.write("\r\n.\r\n");
    assert!(sink.wait_for(|state| state.held == 1, SOON));
    drop(client);
    assert!(sink.wait_for(|state| state.held == 0 && state.open_connections == 0, SOON));
    assert_eq!(sink.accepted().len(), 1);
}

#[test]
fn a_slow_recipient_is_answered_late() {
    let sink = sink();
    let mut client = Client::new(&sink);
    assert_eq!(client.send("slow-120ms@example.org", 1), 250);
    let stamp =
        |kind| sink.look(|state| state.events.iter().find(|event| event.kind == kind).unwrap().monotonic);
    assert!(stamp(EventKind::Rcpt) - stamp(EventKind::Mail) >= Duration::from_millis(120));
}

#[test]
fn closing_does_not_wait_for_slow_or_held_connections() {
    let sink = sink();
    let mut slow = Client::new(&sink);
    slow.say("MAIL FROM:<a@example.org>");
    slow.write("RCPT TO:<slow-3600@example.org>\r\n");
    let mut held = Client::new(&sink);
    held.say("MAIL FROM:<a@example.org>");
    held.say("RCPT TO:<hold-after-dot@example.org>");
    held.say("DATA");
    held.write("\r\n.\r\n");
    assert!(sink.wait_for(|state| state.held == 1, SOON));
    drop(sink);
    assert_eq!(held.reply(), 0);
}

#[test]
fn bare_line_feeds_are_refused_and_nothing_is_smuggled() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.say("MAIL FROM:<a@example.org>");
    client.say("RCPT TO:<anna@example.org>");
    client.say("DATA");
    assert_eq!(client.say("Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@example.org>\r\n."), 554);
    assert_eq!(sink.accepted().len(), 0);
    assert_eq!(client.send("anna@example.org", 1), 250);
}

#[test]
fn duplicates_are_counted_by_message_id() {
    let sink = sink();
    let mut client = Client::new(&sink);
    for id in [1, 2, 1] {
        client.send("anna@example.org", id);
    }
    let counts = sink.acceptances_by_message_id();
    assert_eq!((counts["<1@rappel.example>"], counts["<2@rappel.example>"]), (2, 1));
}

#[test]
fn small_round_trips_do_not_stall() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.0.get_ref().set_nodelay(true).unwrap();
    for _ in 0..100 {
        client.say("NOOP");
    }
    client.send("anna@example.org", 1);
    // 100 stalls of 40 ms would be 4 s.
    let took = sink.look(|state| state.events.last().unwrap().monotonic);
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn a_counting_sink_keeps_nothing_but_the_number() {
    let sink = Sink::start(&SinkOptions::counting()).unwrap();
    let mut client = Client::new(&sink);
    client.send("anna@example.org", 1);
    client.send("anna@example.org", 2);
    assert_eq!(sink.look(|state| (state.taken, state.accepted.len(), state.events.len())), (2, 0, 0));
}

#[test]
fn the_log_file_tells_the_events_and_the_memory_can_be_spared() {
    let folder = TemporaryFolder::make("rappel-test", None).unwrap();
    let log = folder.path().join("sink.tsv");
    let options = SinkOptions {
        keep_bodies: false,
        keep_events: false,
        log: Some(log.clone()),
        ..SinkOptions::default()
    };
    let sink = Sink::start(&options).unwrap();
    Client::new(&sink).send("anna@example.org", 5);
    assert!(sink.events().is_empty());
    assert!(sink.accepted()[0].raw.is_empty());
    drop(sink);
    let lines = fs::read_to_string(log).unwrap();
    let dot = lines.lines().find(|line| line.contains("\tdot\t")).unwrap();
    assert!(dot.ends_with("\tdot\t\\N\tnews@rappel.example\tanna@example.org\t<5@rappel.example>"), "{dot}");
    assert!(lines.lines().all(|line| line.split('\t').count() == 8));
}

#[test]
fn commands_that_come_together_are_answered_together_and_in_order() {
    let sink = sink();
    let mut client = Client::new(&sink);
    client.write(
        "MAIL FROM:<a@rappel.example>\r\nRCPT TO:<perm@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n",
    );
    assert_eq!([client.reply(), client.reply(), client.reply(), client.reply()], [250, 550, 250, 354]);
    assert_eq!(client.say("Message-ID: <1@rappel.example>\r\n\r\nx\r\n."), 250);
}

#[test]
fn what_comes_before_its_turn_ends_the_connection() {
    let strict = Sink::start(&SinkOptions { pipelining: false, ..SinkOptions::default() }).unwrap();
    for (sink, too_early) in [
        (sink(), "DATA\r\nSubject: before the 354\r\n"),
        (sink(), "EHLO again.example\r\nRSET\r\n"),
        (strict, "MAIL FROM:<a@rappel.example>\r\nRCPT TO:<b@example.org>\r\n"),
    ] {
        let mut client = Client::new(&sink);
        client.write(too_early);
        assert_eq!([client.reply(), client.reply()], [503, 0], "{too_early}");
    }
}
