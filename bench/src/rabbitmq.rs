//! The peer for the accepting rate: a RabbitMQ of Debian on a folder of its own, told to keep what it is given as we do
//! (durable fan-out to three durable queues, persistent messages, publisher confirms), with the same bytes.

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{
    BasicPublishArguments, Channel, ConfirmSelectArguments, ExchangeDeclareArguments, QueueBindArguments,
    QueueDeclareArguments,
};
use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, DELIVERY_MODE_PERSISTENT, Nack, Return};
use platform::{Error, Result};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Debian's package leaves the server's own script here; the one on the path changes to another user first.
const SCRIPTS: &str = "/usr/lib/rabbitmq/lib";
/// The exchange that fans out, and its queues.
const EXCHANGE: &str = "packages";
const QUEUES: [&str; 3] = ["recipient-1", "recipient-2", "recipient-3"];
/// Longest start of the server.
const START: Duration = Duration::from_secs(60);

/// A running RabbitMQ; stopped when dropped.
pub struct RabbitMq {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        // The script waits for the virtual machine and passes the signal on.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// The script of the installed version; `None` when Debian's `rabbitmq-server` is not installed.
fn script() -> Option<PathBuf> {
    let versions = std::fs::read_dir(SCRIPTS).ok()?;
    versions.flatten().map(|version| version.path().join("sbin/rabbitmq-server")).find(|script| script.is_file())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| Error::fault("find a free port", e))?;
    Ok(listener.local_addr().map_err(|e| Error::fault("find a free port", e))?.port())
}

impl RabbitMq {
    /// Starts one; its data lie beside ours, so that both use the same disk.
    pub async fn start() -> Result<Self> {
        let script =
            script().ok_or_else(|| Error::Fault("RabbitMQ is missing: apt-get install rabbitmq-server".to_owned()))?;
        let folder = tempfile::tempdir().map_err(|e| Error::fault("make a temporary folder", e))?;
        let (port, distribution) = (free_port()?, free_port()?);
        let at = |name: &str| folder.path().join(name);
        let log = std::fs::File::create(at("output")).map_err(|e| Error::fault("make a log", e))?;
        let process = Command::new(script)
            .env("HOME", folder.path())
            .env("RABBITMQ_NODENAME", format!("bench-{port}@localhost"))
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", port.to_string())
            .env("RABBITMQ_DIST_PORT", distribution.to_string())
            .env("RABBITMQ_MNESIA_BASE", at("data"))
            .env("RABBITMQ_LOG_BASE", at("log"))
            .env("RABBITMQ_PID_FILE", at("pid"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("plugins"))
            .env("RABBITMQ_CONFIG_FILE", at("none"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|e| Error::fault("make a log", e))?)
            .stderr(log)
            .spawn()
            .map_err(|e| Error::fault("start RabbitMQ", e))?;
        let mut started = Self { process, port, folder };
        let begun = Instant::now();
        while started.connect().await.is_err() {
            let ended = started.process.try_wait().map_err(|e| Error::fault("start RabbitMQ", e))?;
            if ended.is_some() || begun.elapsed() > START {
                return Err(Error::Fault(format!("RabbitMQ did not start:\n{}", started.output())));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(started)
    }

    fn output(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
    }

    async fn connect(&self) -> Result<Connection> {
        let arguments = OpenConnectionArguments::new("127.0.0.1", self.port, "guest", "guest");
        Connection::open(&arguments).await.map_err(|e| Error::fault("reach RabbitMQ", e))
    }

    /// What it calls itself.
    pub async fn version(&self) -> Result<String> {
        Ok(self.connect().await?.server_properties().version().to_owned())
    }

    /// Publishes every body with `flight` unconfirmed at once; messages a second, the last confirmed.
    pub async fn rate(&self, bodies: &[bytes::Bytes], flight: usize) -> Result<f64> {
        let connection = self.connect().await?;
        let channel = connection.open_channel(None).await.map_err(|e| Error::fault("open a channel", e))?;
        declare(&channel).await.map_err(|e| Error::fault("declare queues", e))?;
        let window = Arc::new(Window::new(flight));
        channel
            .register_callback(Confirms(Arc::clone(&window)))
            .await
            .map_err(|e| Error::fault("listen for confirms", e))?;
        channel
            .confirm_select(ConfirmSelectArguments::default())
            .await
            .map_err(|e| Error::fault("ask for confirms", e))?;
        let persistent = BasicProperties::default().with_delivery_mode(DELIVERY_MODE_PERSISTENT).finish();
        let begun = Instant::now();
        for (body, tag) in bodies.iter().zip(1_u64..) {
            window.enter(tag).await?;
            let arguments = BasicPublishArguments::new(EXCHANGE, "");
            channel
                .basic_publish(persistent.clone(), body.to_vec(), arguments)
                .await
                .map_err(|e| Error::fault("publish", e))?;
        }
        window.wait_empty(flight).await?;
        let seconds = begun.elapsed().as_secs_f64();
        channel.close().await.map_err(|e| Error::fault("close a channel", e))?;
        connection.close().await.map_err(|e| Error::fault("close a connection", e))?;
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        Ok(bodies.len() as f64 / seconds)
    }
}

async fn declare(channel: &Channel) -> Result<(), amqprs::error::Error> {
    let exchange = ExchangeDeclareArguments::new(EXCHANGE, "fanout").durable(true).finish();
    channel.exchange_declare(exchange).await?;
    for queue in QUEUES {
        channel.queue_declare(QueueDeclareArguments::durable_client_named(queue)).await?;
        channel.queue_bind(QueueBindArguments::new(queue, EXCHANGE, "")).await?;
    }
    Ok(())
}

/// The messages that wait for their confirm.
struct Window {
    permits: Semaphore,
    waiting: Mutex<BTreeSet<u64>>,
    refused: AtomicBool,
}

impl Window {
    fn new(flight: usize) -> Self {
        Self { permits: Semaphore::new(flight), waiting: Mutex::default(), refused: AtomicBool::new(false) }
    }

    async fn enter(&self, tag: u64) -> Result<()> {
        self.permits.acquire().await.map_err(|e| Error::fault("wait for a confirm", e))?.forget();
        self.check()?;
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(tag);
        Ok(())
    }

    async fn wait_empty(&self, flight: usize) -> Result<()> {
        let all = u32::try_from(flight).map_err(|e| Error::fault("count what is in flight", e))?;
        self.permits.acquire_many(all).await.map_err(|e| Error::fault("wait for a confirm", e))?.forget();
        self.check()
    }

    fn check(&self) -> Result<()> {
        if self.refused.load(Ordering::SeqCst) {
            return Err(Error::Fault("RabbitMQ did not take a message".to_owned()));
        }
        Ok(())
    }

    /// A confirm stands for one message, or for all up to it.
    fn confirmed(&self, tag: u64, multiple: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.len();
        if multiple {
            *waiting = waiting.split_off(&(tag + 1));
        } else {
            waiting.remove(&tag);
        }
        self.permits.add_permits(before - waiting.len());
    }
}

struct Confirms(Arc<Window>);

#[async_trait::async_trait]
impl ChannelCallback for Confirms {
    async fn close(&mut self, _: &Channel, _: CloseChannel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }
    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }
    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }
    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        self.0.confirmed(ack.delivery_tag(), ack.mutiple());
    }
    async fn publish_nack(&mut self, _: &Channel, nack: Nack) {
        self.0.refused.store(true, Ordering::SeqCst);
        self.0.confirmed(nack.delivery_tag(), nack.multiple());
    }
    async fn publish_return(&mut self, _: &Channel, _: Return, _: BasicProperties, _: Vec<u8>) {
        self.0.refused.store(true, Ordering::SeqCst);
    }
}
