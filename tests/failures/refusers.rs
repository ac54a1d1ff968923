//! People who say no while a campaign runs: some with one click, some at the counter.

use std::sync::Arc;
use std::thread::JoinHandle;

use model::ids::{ContactId, InstitutionId, OccurrenceId, OrganisationId, TopicId};
use model::token::{Token, TokenKeys, TokenPurpose};
use model::vocabulary::Channel;
use servers::sink::Sink;
use store::refusal::Refusal;
use store::{Connect, Role, Store};
use uuid::Uuid;

use super::fire::REFUSALS;
use crate::support::campaign::PUBLIC_URL;
use crate::support::chance::Chance;
use crate::support::client::{ONE_CLICK, request};
use crate::support::invariants::token_keys;
use crate::support::launches::Launch;
use crate::support::product::Product;
use crate::support::wait;

/// The refusals to come, in a thread of their own.
pub struct Refusers(JoinHandle<usize>);

/// One person's no.
struct No {
    /// Said when so many messages were taken.
    after: usize,
    contact: ContactId,
    number: usize,
}

/// Where a no can be said. Both ways are tried again while the other side is away, as a person would.
struct Doors {
    sink: Arc<Sink>,
    tracker_port: u16,
    /// The unsubscribe address of a message, without its token.
    page: String,
    keys: TokenKeys,
    institution: InstitutionId,
    occurrence: OccurrenceId,
    store: String,
}

impl Refusers {
    /// Chooses who refuses and when. Half of them stand in the last third of the audience, so that some come in time.
    pub fn start(product: &Product, chance: &mut Chance, launch: &Launch, messages: usize) -> Self {
        let contacts = product
            .owner
            .rows::<(i64,)>("SELECT contact_id FROM message WHERE state = 0 ORDER BY contact_id DESC");
        let mut last = contacts.iter().map(|(contact,)| ContactId(*contact)).collect::<Vec<_>>();
        let mut others = last.split_off(last.len() / 3);
        chance.shuffle(&mut last);
        chance.shuffle(&mut others);
        let chosen =
            last.into_iter().take(REFUSALS / 2).chain(others.into_iter().take(REFUSALS - REFUSALS / 2));
        let mut noes: Vec<No> = chosen
            .enumerate()
            .map(|(number, contact)| No {
                after: usize::try_from(chance.between(0, messages as u64 * 6 / 10)).unwrap(),
                contact,
                number,
            })
            .collect();
        noes.sort_by_key(|no| no.after);
        let doors = Doors::of(product, launch);
        Self(std::thread::spawn(move || doors.hear(&noes)))
    }

    /// Waits until everybody was heard, and says how many.
    pub fn join(self) -> usize {
        self.0.join().unwrap()
    }
}

impl Doors {
    fn of(product: &Product, launch: &Launch) -> Self {
        assert!(product.sink.wait_for(|sink| !sink.accepted.is_empty(), wait::PATIENCE), "nothing is sent");
        let first = crate::support::mail::Mail::read(product.sink.accepted().remove(0));
        let page = first.unsubscribe_url();
        let (page, _) = page.rsplit_once('/').expect("the token is the last part");
        assert!(page.starts_with(PUBLIC_URL));
        let institution = "SELECT institution_id::bigint FROM institution WHERE code = $1";
        Self {
            sink: Arc::clone(&product.sink),
            tracker_port: product.settings.tracker_port,
            page: page.to_owned(),
            keys: token_keys(&product.settings.state()),
            institution: InstitutionId(
                i32::try_from(product.owner.number_of(institution, &launch.institution)).unwrap(),
            ),
            occurrence: OccurrenceId(launch.occurrence.parse().unwrap()),
            store: product.settings.database.app_url.clone(),
        }
    }

    fn hear(&self, noes: &[No]) -> usize {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        for no in noes {
            self.sink.wait_for(|sink| sink.accepted.len() >= no.after, wait::PATIENCE);
            match no.number % 2 {
                0 => wait::until("a one-click refusal is taken", || self.click(no.contact)),
                _ => wait::until("a refusal at the counter is taken", || {
                    runtime.block_on(self.at_the_counter(no))
                }),
            }
        }
        noes.len()
    }

    fn click(&self, contact: ContactId) -> bool {
        let token = Token {
            purpose: TokenPurpose::Unsubscribe,
            channel: Channel::Email,
            do_not_record: false,
            institution: self.institution,
            occurrence: self.occurrence,
            contact,
            link: model::ids::LinkNo(0),
        };
        let url = format!("{}/{}", self.page, token.seal(&self.keys));
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        request(self.tracker_port, "POST", &url, &form, ONE_CLICK).is_ok_and(|answer| answer.status == 200)
    }

    /// An operator's hand: one transaction of the store, for the whole institution.
    async fn at_the_counter(&self, no: &No) -> bool {
        let connect = Connect { options: self.store.parse().unwrap(), role: Role::App, pool_size: 1 };
        let Ok(store) = Store::connect(connect).await else { return false };
        let refusal = Refusal {
            contact: no.contact,
            organisation: OrganisationId::WHOLE_INSTITUTION,
            topic: TopicId::NONE,
            channel: Some(Channel::Email),
            happened_at: None,
            through: None,
            origin: "operator".to_owned(),
            pointer: "counter".to_owned(),
            record_id: Uuid::from_u128(no.number as u128 + 1),
            salt: [7; 16],
        };
        let refused = store.refuse(self.institution, refusal).await.is_ok();
        store.close().await;
        refused
    }
}
