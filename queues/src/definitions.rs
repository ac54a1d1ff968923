//! The topology as the definitions file of RabbitMQ, for operators who declare before the product starts.
//!
//! It says exactly what the product declares at every connection, so importing it first changes nothing. Users and
//! permissions are left to the operator.

use serde_json::{Map, Value, json};

use crate::topology::{Argument, Exchange, Queue, Topology};

/// The virtual host that the file speaks of.
pub const VHOST: &str = "rappel";

/// What `definitions.json` holds.
#[must_use]
pub fn definitions(topology: &Topology) -> Value {
    json!({
        "vhosts": [{ "name": VHOST }],
        "exchanges": exchanges(topology),
        "queues": topology.queues.iter().map(|queue| declared(topology, queue)).collect::<Vec<_>>(),
        "bindings": topology.queues.iter().map(|queue| bound(topology, queue)).collect::<Vec<_>>(),
    })
}

fn exchanges(topology: &Topology) -> Vec<Value> {
    let one = |exchange: &Exchange| {
        json!({
            "name": topology.name(exchange.name),
            "vhost": VHOST,
            "type": exchange.kind.word(),
            "durable": true,
            "auto_delete": false,
            "internal": false,
            "arguments": {},
        })
    };
    topology.exchanges.iter().map(one).collect()
}

fn declared(topology: &Topology, queue: &Queue) -> Value {
    let value = |argument| match argument {
        Argument::Word(word) => Value::from(word),
        Argument::Number(number) => Value::from(number),
    };
    let arguments: Map<_, _> =
        queue.arguments().into_iter().map(|(name, argument)| (name.to_owned(), value(argument))).collect();
    json!({
        "name": topology.name(queue.name),
        "vhost": VHOST,
        "durable": true,
        "auto_delete": false,
        "arguments": arguments,
    })
}

fn bound(topology: &Topology, queue: &Queue) -> Value {
    json!({
        "source": topology.name(topology.exchange(queue.exchange).name),
        "vhost": VHOST,
        "destination": topology.name(queue.name),
        "destination_type": "queue",
        "routing_key": queue.binding,
        "arguments": {},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::topology::TOPOLOGY;

    #[test]
    fn the_committed_file_is_the_table() {
        let committed: Value = serde_json::from_str(include_str!("../definitions.json")).unwrap();
        assert!(
            committed == super::definitions(&TOPOLOGY),
            "queues/definitions.json is not what the table says; run: cargo run -p queues --example definitions"
        );
    }
}
