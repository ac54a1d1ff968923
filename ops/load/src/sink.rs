//! The sink of a bench, in a process of its own: what it costs counts for neither side.
//!
//! The process is this program again, under the name `sink`. It says its port in one line; for each line that it reads it
//! says how many messages it has taken; it ends when nobody can ask any more.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context as _;
use servers::sink::{Sink, SinkOptions};

/// A running sink.
#[derive(Debug)]
pub struct SinkProcess {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    port: u16,
}

impl SinkProcess {
    /// Starts it.
    pub fn start() -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("sink")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the sink")?;
        let questions = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().context("the sink has no output")?);
        let port = number_from(&mut answers)?;
        Ok(Self { process, questions, answers, port })
    }

    /// Where it listens on this machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Messages that it has taken since it started.
    pub fn taken(&mut self) -> anyhow::Result<u64> {
        self.questions.as_mut().context("the sink is closed")?.write_all(b"\n")?;
        number_from(&mut self.answers)
    }
}

impl Drop for SinkProcess {
    fn drop(&mut self) {
        drop(self.questions.take());
        let _ = self.process.wait();
    }
}

fn number_from<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    answers: &mut impl BufRead,
) -> anyhow::Result<T> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    line.trim().parse().context("the sink does not answer")
}

/// The process itself.
pub fn serve() -> anyhow::Result<()> {
    let sink = Sink::start(&SinkOptions::counting())?;
    println!("{}", sink.address().port());
    for question in std::io::stdin().lines() {
        question?;
        println!("{}", sink.look(|state| state.taken));
    }
    Ok(())
}
