//! What other gateways on the same database do.
//!
//! A notification is sent after the commit and not within it: the server lets transactions
//! that notify commit only one after the other, each with its own write to the disk. One
//! that is lost costs a wait until the next look, and nothing else.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use lienthong_core::dossier_number::DossierNumber;
use tokio::sync::{Notify, broadcast};
use tokio_postgres::{AsyncMessage, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::told;

/// Most dossiers named to others at once; beyond that the message is that there are many.
const NAMED: usize = 100;

/// Changes that a slow reader may fall behind by.
const REMEMBERED: usize = 1024;

/// Pause before the listener connects again.
const PAUSE: Duration = Duration::from_secs(1);

const TELL: &str = "SELECT pg_notify($1, $2)";

/// Something that another gateway changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DossierChange {
    /// This dossier.
    Dossier(DossierNumber),
    /// Too many to name; or nobody was listening for a while.
    Many,
}

#[derive(Default)]
struct Untold {
    dossiers: Vec<DossierNumber>,
    many: bool,
}

/// Tells other gateways what was changed here, and this one what they changed.
pub(super) struct Changes {
    /// Tells our own notifications from those of others.
    node: String,
    channel: String,
    untold: Mutex<Untold>,
    something: Notify,
    heard: broadcast::Sender<DossierChange>,
    woken: Mutex<Vec<Arc<Notify>>>,
}

impl Changes {
    /// For the gateways that share `schema`.
    pub(super) fn new(schema: &str) -> Arc<Self> {
        Arc::new(Self {
            node: format!("{:016x}", rand::random::<u64>()),
            channel: format!("lienthong_{schema}"),
            untold: Mutex::default(),
            something: Notify::new(),
            heard: broadcast::Sender::new(REMEMBERED),
            woken: Mutex::default(),
        })
    }

    /// Notes what was committed here; it is told soon, and not waited for.
    pub(super) fn tell(&self, changed: Vec<DossierNumber>) {
        if changed.is_empty() {
            return;
        }
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        if untold.dossiers.len() + changed.len() > NAMED {
            untold.many = true;
            untold.dossiers.clear();
        } else if !untold.many {
            untold.dossiers.extend(changed);
        }
        drop(untold);
        self.something.notify_one();
    }

    /// Wakes `worker` whenever another gateway changed something.
    pub(super) fn wake(&self, worker: Arc<Notify>) {
        self.woken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(worker);
    }

    /// What other gateways change from now on.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<DossierChange> {
        self.heard.subscribe()
    }

    fn next_payload(&self) -> Option<String> {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        let Untold { mut dossiers, many } = std::mem::take(&mut *untold);
        drop(untold);
        if many {
            return Some(format!("{} *", self.node));
        }
        dossiers.sort_unstable();
        dossiers.dedup();
        let mut payload = self.node.clone();
        for dossier in &dossiers {
            // Writing to a string cannot fail.
            let _written = write!(payload, " {dossier}");
        }
        (!dossiers.is_empty()).then_some(payload)
    }

    fn hear(&self, payload: &str) {
        let mut words = payload.split(' ');
        if words.next() == Some(self.node.as_str()) {
            return;
        }
        for word in words {
            // What cannot be read was written by a later version: it may be anything.
            self.spread(
                DossierNumber::parse(word).map_or(DossierChange::Many, DossierChange::Dossier),
            );
        }
        self.wake_all();
    }

    fn spread(&self, change: DossierChange) {
        // Without a reader nobody minds.
        drop(self.heard.send(change));
    }

    fn wake_all(&self) {
        for worker in &*self.woken.lock().unwrap_or_else(PoisonError::into_inner) {
            worker.notify_one();
        }
    }

    /// Listens and tells until the task is aborted, whatever happens to the connection.
    pub(super) async fn run(
        self: Arc<Self>,
        config: Config,
        tls: MakeRustlsConnect,
        limit: Duration,
    ) {
        loop {
            if let Err(reason) = self.once(&config, tls.clone(), limit).await {
                tracing::debug!(reason, "other gateways are not heard for a moment");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn once(
        self: &Arc<Self>,
        config: &Config,
        tls: MakeRustlsConnect,
        limit: Duration,
    ) -> Result<(), String> {
        let (client, mut connection) = config.connect(tls).await.map_err(|error| told(&error))?;
        let changes = Arc::clone(self);
        let hearing = async move {
            let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(note) = message {
                    changes.hear(note.payload());
                }
            }
        };
        // In this task, so that both end together.
        tokio::select! {
            () = hearing => Err("the connection ended".to_owned()),
            ended = self.telling(&client, limit) => ended,
        }
    }

    async fn telling(&self, client: &Client, limit: Duration) -> Result<(), String> {
        let late = |_| "the database took too long".to_owned();
        let listen = format!("LISTEN \"{}\"", self.channel);
        tokio::time::timeout(limit, client.batch_execute(&listen))
            .await
            .map_err(late)?
            .map_err(|error| told(&error))?;
        // Whatever happened before, nobody heard of.
        self.spread(DossierChange::Many);
        self.wake_all();
        loop {
            self.something.notified().await;
            let Some(payload) = self.next_payload() else {
                continue;
            };
            let telling = async { client.execute(TELL, &[&self.channel, &payload]).await };
            tokio::time::timeout(limit, telling)
                .await
                .map_err(late)?
                .map_err(|error| told(&error))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Changes, DossierChange, NAMED};
    use crate::store::samples::number;

    #[test]
    fn what_one_gateway_changes_the_others_hear_and_not_itself() {
        let (here, there) = (Changes::new("s"), Changes::new("s"));
        let (mut own, mut others) = (here.subscribe(), there.subscribe());
        here.tell(vec![number(1), number(2), number(1)]);
        let payload = here.next_payload().unwrap();
        here.hear(&payload);
        there.hear(&payload);
        assert!(own.try_recv().is_err());
        let dossier = |index| Ok(DossierChange::Dossier(number(index)));
        assert_eq!(others.try_recv(), dossier(1));
        assert_eq!(others.try_recv(), dossier(2));
        assert!(others.try_recv().is_err(), "each is told once");
        assert!(here.next_payload().is_none());
    }

    #[test]
    fn too_many_to_name_are_told_as_many() {
        let (here, there) = (Changes::new("s"), Changes::new("s"));
        let mut others = there.subscribe();
        here.tell(
            (1..=u32::try_from(NAMED).unwrap() + 1)
                .map(number)
                .collect(),
        );
        there.hear(&here.next_payload().unwrap());
        assert_eq!(others.try_recv(), Ok(DossierChange::Many));
        assert!(others.try_recv().is_err());
    }

    #[test]
    fn a_message_fits_into_a_notification() {
        let here = Changes::new("s");
        // The longest numbers that there are.
        let longest = |n: usize| {
            format!("H22.1234.1234.1234.123-20250714-{n:07}")
                .parse()
                .unwrap()
        };
        here.tell((0..NAMED).map(longest).collect());
        assert!(here.next_payload().unwrap().len() < 8000);
    }
}
