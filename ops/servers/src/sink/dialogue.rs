//! One SMTP connection, from greeting to end (RFC 5321; 8BITMIME, SIZE, PIPELINING and enhanced codes; no TLS).

use std::io::{self, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::SystemTime;

use super::behaviour::Behaviour;
use super::command::{self, Command};
use super::message::{self, Content, Fault};
use super::record::{Captured, EventKind};
use super::shared::Shared;

const GREETING: &str = "sink.invalid ESMTP, a scripted sink";

/// What follows an answer.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Command,
    End,
}

/// The envelope of the open transaction.
#[derive(Debug, Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

/// A connection being served.
pub(super) struct Dialogue {
    shared: Arc<Shared>,
    connection: u64,
    reader: BufReader<TcpStream>,
    /// Replies that wait for those to the commands that came with theirs (RFC 2920 §3.2).
    replies: String,
    greeted: bool,
    envelope: Envelope,
}

impl Dialogue {
    pub(super) fn new(shared: Arc<Shared>, connection: u64, stream: TcpStream) -> io::Result<Self> {
        // Replies are small writes; waiting for more would cost a client 40 ms each.
        stream.set_nodelay(true)?;
        let reader = BufReader::new(stream);
        Ok(Self {
            shared,
            connection,
            reader,
            replies: String::new(),
            greeted: false,
            envelope: Envelope::default(),
        })
    }

    /// Serves until one side ends. An error is a client that went away, which the caller records as the end.
    pub(super) fn run(mut self) -> io::Result<()> {
        self.note(EventKind::Connect, Some(220), vec![], None);
        self.say(220, GREETING);
        self.flush()?;
        while let Some(line) = command::read_line(&mut self.reader)? {
            let next = self.answer(&line)?;
            if next == Next::End || self.reader.buffer().is_empty() {
                self.flush()?;
            }
            if next == Next::End {
                break;
            }
        }
        self.reader.get_ref().shutdown(Shutdown::Both)
    }

    fn answer(&mut self, line: &str) -> io::Result<Next> {
        let command = Command::parse(line);
        let ends_group = !self.shared.pipelining || command.as_ref().is_ok_and(Command::ends_group);
        if ends_group && !self.reader.buffer().is_empty() {
            self.say(503, "5.5.0 something came before its turn");
            return Ok(Next::End);
        }
        match command {
            Ok(Command::Hello { extended }) => self.hello(extended),
            Ok(Command::Mail(from)) => self.mail(from),
            Ok(Command::Recipient(to)) => return self.recipient(to),
            Ok(Command::Data) => return self.data(),
            Ok(Command::Reset) => {
                self.envelope = Envelope::default();
                self.say(250, "2.0.0 forgotten");
            }
            Ok(Command::Nothing) => self.say(250, "2.0.0 here"),
            Ok(Command::Quit) => {
                self.say(221, "2.0.0 bye");
                return Ok(Next::End);
            }
            Err(refusal) => self.say(refusal.code, refusal.text),
        }
        Ok(Next::Command)
    }

    fn hello(&mut self, extended: bool) {
        self.greeted = true;
        self.envelope = Envelope::default();
        if !extended {
            return self.say(250, "sink.invalid");
        }
        let size = message::LARGEST;
        let pipelining = if self.shared.pipelining { "250-PIPELINING\r\n" } else { "" };
        self.replies += &format!(
            "250-sink.invalid\r\n{pipelining}250-8BITMIME\r\n250-SIZE {size}\r\n250 ENHANCEDSTATUSCODES\r\n"
        );
    }

    fn mail(&mut self, from: String) {
        if !self.greeted || self.envelope.from.is_some() {
            return self.say(503, "5.5.1 out of order: EHLO, then one MAIL");
        }
        self.envelope.from = Some(from);
        self.note(EventKind::Mail, Some(250), vec![], None);
        self.say(250, "2.1.0 sender taken");
    }

    fn recipient(&mut self, to: String) -> io::Result<Next> {
        if self.envelope.from.is_none() {
            self.say(503, "5.5.1 out of order: MAIL first");
            return Ok(Next::Command);
        }
        let (code, text) = match Behaviour::of(&to) {
            Behaviour::TempFail => (451, "4.3.0 try again later"),
            Behaviour::TempFailOnce if self.shared.first_time(&to) => (451, "4.7.1 not the first time"),
            Behaviour::Perm => (550, "5.1.1 no such mailbox"),
            Behaviour::Policy => (550, "5.7.1 refused by policy"),
            Behaviour::Goodbye => (421, "4.3.2 closing"),
            Behaviour::Slow(delay) => {
                self.flush()?;
                self.shared.pause(delay);
                (250, "2.1.5 recipient taken, slowly")
            }
            Behaviour::Accept
            | Behaviour::TempFailOnce
            | Behaviour::DropBeforeDot
            | Behaviour::DropAfterDot
            | Behaviour::HoldAfterDot => (250, "2.1.5 recipient taken"),
        };
        self.note(EventKind::Rcpt, Some(code), vec![to.clone()], None);
        if code == 250 {
            self.envelope.to.push(to);
        }
        self.say(code, text);
        Ok(if code == 421 { Next::End } else { Next::Command })
    }

    fn data(&mut self) -> io::Result<Next> {
        if self.envelope.to.is_empty() {
            self.say(503, "5.5.1 out of order: a taken recipient first");
            return Ok(Next::Command);
        }
        let to = self.envelope.to.clone();
        self.note(EventKind::Data, Some(354), to, None);
        self.say(354, "go on, end with a dot");
        self.flush()?;
        if self.asked_for(Behaviour::DropBeforeDot) {
            command::read_line(&mut self.reader)?;
            return Ok(Next::End);
        }
        let raw = match message::read(&mut self.reader)? {
            Content::Message(raw) => raw,
            Content::Cut => return Ok(Next::End),
            Content::Refused(fault) => return self.refuse_content(fault),
        };
        let message_id = message::message_id(&raw);
        self.take(raw, message_id.clone());
        self.reply_to_dot(message_id)
    }

    fn refuse_content(&mut self, fault: Fault) -> io::Result<Next> {
        let (code, text) = match fault {
            Fault::BareLineEnd => (554, "5.6.0 a line feed or carriage return on its own"),
            Fault::LongLine => (554, "5.6.0 a line of more than 1000 octets"),
            Fault::TooLarge => (552, "5.3.4 larger than SIZE"),
        };
        let to = std::mem::take(&mut self.envelope.to);
        self.note(EventKind::Dot, Some(code), to, None);
        self.envelope = Envelope::default();
        self.say(code, text);
        Ok(Next::Command)
    }

    /// From here on the sink is responsible for the message.
    fn take(&mut self, raw: Vec<u8>, message_id: Option<String>) {
        let dot_at = self.note(EventKind::Dot, None, self.envelope.to.clone(), message_id.clone());
        self.shared.take(Captured {
            connection: self.connection,
            envelope_from: self.envelope.from.clone().unwrap_or_default(),
            to: self.envelope.to.clone(),
            message_id,
            raw: raw.into(),
            dot_at,
        });
    }

    fn reply_to_dot(&mut self, message_id: Option<String>) -> io::Result<Next> {
        if self.asked_for(Behaviour::DropAfterDot) {
            return Ok(Next::End);
        }
        if self.asked_for(Behaviour::HoldAfterDot) && !self.shared.hold(self.reader.get_ref())? {
            return Ok(Next::End);
        }
        let to = std::mem::take(&mut self.envelope.to);
        self.note(EventKind::Reply, Some(250), to, message_id);
        self.envelope = Envelope::default();
        self.say(250, "2.0.0 accepted");
        Ok(Next::Command)
    }

    fn asked_for(&self, behaviour: Behaviour) -> bool {
        self.envelope.to.iter().any(|to| Behaviour::of(to) == behaviour)
    }

    fn note(
        &self,
        kind: EventKind,
        reply: Option<u16>,
        to: Vec<String>,
        message_id: Option<String>,
    ) -> SystemTime {
        self.shared.note(self.connection, kind, reply, self.envelope.from.clone(), to, message_id)
    }

    fn say(&mut self, code: u16, text: &str) {
        self.replies += &format!("{code} {text}\r\n");
    }

    fn flush(&mut self) -> io::Result<()> {
        self.reader.get_mut().write_all(self.replies.as_bytes())?;
        self.replies.clear();
        Ok(())
    }
}
