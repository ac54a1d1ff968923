//! A TCP proxy between the product and the broker that misbehaves on request.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc, watch};

#[derive(Clone, Debug)]
enum Order {
    /// Say this to the client in the broker's name. Only between two answers, or it lands inside a frame.
    Inject(Bytes),
    /// End every connection.
    Cut,
}

pub struct Proxy {
    address: SocketAddr,
    orders: broadcast::Sender<Order>,
    frozen: watch::Sender<bool>,
    left: mpsc::UnboundedReceiver<()>,
}

impl Proxy {
    pub async fn before(broker: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (orders, _) = broadcast::channel(8);
        let (frozen, _) = watch::channel(false);
        let (leave, left) = mpsc::unbounded_channel();
        let link = Arc::new(Link { broker, orders: orders.clone(), frozen: frozen.clone(), leave });
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let link = Arc::clone(&link);
                tokio::spawn(async move {
                    // Either side may end at any time; that is what is tested.
                    let _ = link.carry(client).await;
                });
            }
        });
        Self { address, orders, frozen, left }
    }

    pub fn url(&self) -> String {
        format!("amqp://guest:guest@{}/%2f", self.address)
    }

    pub fn inject(&self, frame: &'static [u8]) {
        self.orders.send(Order::Inject(Bytes::from_static(frame))).unwrap();
    }

    pub fn cut(&self) {
        self.orders.send(Order::Cut).unwrap();
    }

    /// Swallows everything in both directions, or carries again. New connections are accepted either way.
    pub fn freeze(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    /// Waits until a client ended its connection.
    pub async fn client_left(&mut self) {
        self.left.recv().await.unwrap();
    }
}

struct Link {
    broker: SocketAddr,
    orders: broadcast::Sender<Order>,
    frozen: watch::Sender<bool>,
    leave: mpsc::UnboundedSender<()>,
}

impl Link {
    async fn carry(&self, mut client: TcpStream) -> std::io::Result<()> {
        let mut orders = self.orders.subscribe();
        let mut broker = TcpStream::connect(self.broker).await?;
        let (mut from_client, mut from_broker) = ([0; 65536], [0; 65536]);
        loop {
            tokio::select! {
                read = client.read(&mut from_client) => match read {
                    Ok(length @ 1..) if !*self.frozen.borrow() => broker.write_all(&from_client[..length]).await?,
                    Ok(1..) => {}
                    Ok(0) | Err(_) => {
                        self.leave.send(()).ok();
                        return Ok(());
                    }
                },
                read = broker.read(&mut from_broker) => match read? {
                    0 => return Ok(()),
                    length if !*self.frozen.borrow() => client.write_all(&from_broker[..length]).await?,
                    _ => {}
                },
                order = orders.recv() => match order {
                    Ok(Order::Inject(frame)) => client.write_all(&frame).await?,
                    Ok(Order::Cut) | Err(_) => return Ok(()),
                },
            }
        }
    }
}
