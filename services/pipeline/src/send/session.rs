//! A session's task: opens when there is work, sends one message after the other, closes when there is none.

use std::sync::Arc;
use std::time::Duration;

use channels::email::{Delivery, NotSent, SmtpSession};
use model::reply::Phase;
use store::result::{Ending, Report};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::compose::Letter;
use super::load::Load;
use super::ready::Ready;
use super::recorder::Ended;
use super::wire::{Progress, SendWire};

/// A session without work is closed after so long; servers do the same a little later, with less courtesy.
const IDLE: Duration = Duration::from_secs(30);
/// Between two attempts to open a session, doubling from the first to the last.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs session `number` of a lane until `stop`.
pub(super) async fn run(
    shared: Arc<Shared>,
    load: Arc<Load>,
    ready: Arc<Ready>,
    number: usize,
    stop: CancellationToken,
) {
    let mut pause = SHORTEST_PAUSE;
    while stop.run_until_cancelled(load.wanted(number)).await.is_some() {
        match stop.run_until_cancelled(SmtpSession::open(&shared.smtp)).await {
            None => return,
            Some(Ok(session)) => {
                pause = SHORTEST_PAUSE;
                load.opened();
                serve(&shared, &ready, session, &stop).await;
                load.closed();
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "send.no_session");
                let spread = pause.mul_f64(0.5 + 0.5 * f64::from(shared.chance()) / f64::from(u32::MAX));
                stop.run_until_cancelled(sleep(spread)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

async fn serve(shared: &Shared, ready: &Ready, mut session: SmtpSession, stop: &CancellationToken) {
    while session.is_open() {
        let letter = match stop.run_until_cancelled(timeout(IDLE, ready.pop())).await {
            Some(Ok(letter)) => letter,
            None | Some(Err(_)) => break,
        };
        send(shared, &mut session, letter).await;
    }
    session.quit().await;
}

/// Sends one message and hands its end to the recorder.
async fn send(shared: &Shared, session: &mut SmtpSession, letter: Letter) {
    let Letter { ticket, bounce, to, message } = letter;
    let progress = Progress::of(&ticket);
    let mut wire = SendWire::new(shared, &ticket, &progress);
    let delivery = tokio::select! {
        biased;
        delivery = session.send(&bounce, &to, &message, &mut wire) => delivery,
        // Dropping the dialogue closes the session; no octet of the dot is out.
        () = progress.overdue() => Delivery::NothingSent(NotSent::TooLate),
    };
    let (mark, ended) = (wire.mark.take(), wire.ended);
    let report = (!ended).then(|| report(shared, &ticket.lease, &delivery));
    shared.recorder.submit(Ended { ticket, report, mark });
}

fn report(shared: &Shared, lease: &store::claim::Lease, delivery: &Delivery) -> Report {
    let ending = ending(delivery);
    let chance = match ending {
        Ending::Deferred | Ending::Released | Ending::Withdrawn => shared.chance(),
        Ending::Accepted | Ending::Failed | Ending::Unknown => 0,
    };
    let class = delivery.class();
    match delivery {
        Delivery::Accepted(reply) | Delivery::Deferred(reply) | Delivery::Failed(reply) => Report {
            code: Some(reply.code),
            enhanced: reply.enhanced.map(|code| code.to_string()),
            fault: class.fault,
            address_invalid: ending == Ending::Failed && class.invalidates_address(),
            ..Report::without_reply(*lease, ending, chance)
        },
        Delivery::Unknown(_) => {
            Report { fault: class.fault, ..Report::without_reply(*lease, ending, chance) }
        }
        Delivery::NothingSent(_) => Report::without_reply(*lease, ending, chance),
    }
}

/// What a delivery means for the attempt (delivery 2.10). Nothing sent and nobody to blame: given back. A server that broke
/// off or fell silent inside the dialogue is given time.
pub(super) fn ending(delivery: &Delivery) -> Ending {
    match delivery {
        Delivery::Accepted(_) => Ending::Accepted,
        Delivery::Deferred(_) => Ending::Deferred,
        Delivery::Failed(_) => Ending::Failed,
        Delivery::Unknown(_) => Ending::Unknown,
        Delivery::NothingSent(why) => match why {
            NotSent::Withdrawn | NotSent::DotRefused(_) | NotSent::TooLate | NotSent::SessionOver => {
                Ending::Released
            }
            // The server had closed the idle session: not this message's fault.
            NotSent::Lost(Phase::Session | Phase::Mail) => Ending::Released,
            NotSent::Lost(Phase::Recipient | Phase::Data | Phase::FinalDot) | NotSent::TimedOut(_) => {
                Ending::Deferred
            }
        },
    }
}
