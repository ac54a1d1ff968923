//! Declares the table at the broker. Declaring what is already there changes nothing.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use queues::topology::{Argument, Exchange, ExchangeKind as Kind, Queue, Topology};

use super::error::{Doing, OpenError};

/// Exchanges first, then queues with their bindings.
pub(super) async fn declare(channel: &Channel, topology: &Topology, place: &str) -> Result<(), OpenError> {
    for exchange in &topology.exchanges {
        let name = topology.name(exchange.name);
        let refused = refused(place, format!("exchange {name}"));
        declare_exchange(channel, exchange, &name).await.map_err(refused)?;
    }
    for queue in &topology.queues {
        let name = topology.name(queue.name);
        let refused = refused(place, format!("queue {name}"));
        declare_queue(channel, topology, queue, &name).await.map_err(refused)?;
    }
    Ok(())
}

fn refused(place: &str, what: String) -> impl Fn(lapin::Error) -> OpenError {
    move |error| OpenError::from_lapin(&error, &Doing { place, declaring: Some(&what) })
}

async fn declare_exchange(channel: &Channel, exchange: &Exchange, name: &str) -> lapin::Result<()> {
    let kind = match exchange.kind {
        Kind::Direct => ExchangeKind::Direct,
        Kind::Topic => ExchangeKind::Topic,
    };
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await
}

async fn declare_queue(
    channel: &Channel,
    topology: &Topology,
    queue: &Queue,
    name: &str,
) -> lapin::Result<()> {
    let mut arguments = FieldTable::default();
    for (argument, value) in queue.arguments() {
        let value = match value {
            Argument::Word(word) => AMQPValue::LongString(word.into()),
            Argument::Number(number) => AMQPValue::LongLongInt(number.into()),
        };
        arguments.insert(argument.into(), value);
    }
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(name.into(), options, arguments).await?;
    let from = topology.name(topology.exchange(queue.exchange).name);
    channel
        .queue_bind(
            name.into(),
            from.into(),
            queue.binding.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}
