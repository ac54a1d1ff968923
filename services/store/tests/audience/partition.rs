//! Over files by chance: the waterfall is an exact partition, each of its lists is its row, and what one rule costs is what
//! deciding without it gives.

use std::collections::{BTreeMap, BTreeSet};

use model::holdout::Holdout;
use model::permission::{Blocks, Reason};
use sqlx::ConnectOptions as _;
use store::audience::{Audience, Listed, Targets};
use store::testing::Database;

use crate::support::{EVERYBODY, audience, count, proven, target};

const PEOPLE: i32 = 2_000;
const FILES: i32 = 4;

/// Reasons, consents, addresses and cities by chance, of which `seed` is the source: few addresses, so that they are shared.
const BY_CHANCE: &str = "
    WITH drawn AS (
        SELECT contact_id, hashint8extended(contact_id, $2) AS one, hashint8extended(contact_id, $2 + 1) AS other
        FROM contact WHERE institution_id = $1
    ), gates AS (
        UPDATE gate g
        SET blocks = CASE abs(one % 7) WHEN 0 THEN reason_bit('channel_refusal') WHEN 1 THEN reason_bit('general_refusal')
                                       WHEN 2 THEN reason_bit('restricted') | reason_bit('address_invalid') ELSE 0 END
                   | CASE WHEN other % 10 = 0 THEN reason_bit('no_address') ELSE 0 END,
            proof = CASE WHEN one % 3 = 0 THEN 1 WHEN one % 5 = 0 THEN 0 ELSE 2 END,
            consent_until = CASE WHEN one % 5 <> 0 THEN '9999-12-31'::date WHEN one % 2 = 0 THEN '1999-12-31'::date END,
            address_hash = CASE WHEN other % 10 <> 0 THEN int8send(abs(other / 1000 % 900)) END
        FROM drawn d
        WHERE g.institution_id = $1 AND g.contact_id = d.contact_id
    )
    UPDATE contact c
    SET bucket = abs(one / 100 % 10000)::smallint,
        city_key = CASE abs(other / 7 % 4) WHEN 0 THEN 'lyon' WHEN 1 THEN 'paris' WHEN 2 THEN 'nice' END
    FROM drawn d
    WHERE c.institution_id = $1 AND c.contact_id = d.contact_id";

fn everything() -> Audience {
    let nice = r#"{"leaf": "identity", "field": "city", "equals": "Nice"}"#;
    let lyon = r#"{"leaf": "identity", "field": "city", "equals": "Lyon"}"#;
    let targets = Targets {
        targets: vec![target("all", EVERYBODY), target("lyon", lyon)],
        exclude: vec![target("nice", nice)],
    };
    Audience { holdout: Some(Holdout { percent: 20, name: "season".to_owned() }), ..audience(targets) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_is_divided_exactly() {
    let database = Database::fresh().await;
    let mut connection = database.owner.connect().await.unwrap();
    let mut costs = BTreeSet::new();
    for seed in 0..FILES {
        let silo = database.institution(&format!("chance-{seed}")).await;
        proven(&mut connection, silo, PEOPLE).await;
        sqlx::query(BY_CHANCE).bind(silo.0).bind(i64::from(seed)).execute(&mut connection).await.unwrap();
        let (lists, undecided) = lists(&database, silo).await;
        let counted = count(&database, silo, everything()).await;
        let waterfall = &counted.waterfall;

        assert_eq!(waterfall.matched, i64::from(PEOPLE));
        assert_eq!(waterfall.planned + waterfall.excluded.values().sum::<i64>(), waterfall.matched);
        let everybody: BTreeSet<&str> =
            lists.values().flatten().map(|listed| listed.external_id.as_str()).collect();
        assert_eq!(everybody.len(), PEOPLE as usize, "everybody is in one list");
        assert_eq!(lists.values().map(Vec::len).sum::<usize>(), PEOPLE as usize, "and in no other");
        for (first, listed) in &lists {
            assert!(listed.iter().all(|listed| listed.blocks.first() == *first), "{first:?}");
            let row = match first {
                None => waterfall.planned,
                Some(reason) => waterfall.excluded.get(reason).copied().unwrap_or_default(),
            };
            assert_eq!(listed.len() as i64, row, "{first:?}");
        }
        let expected = without(&undecided);
        assert_eq!(counted.without, expected, "seed {seed}");
        costs.extend(expected.into_keys());
    }
    let expected = [Reason::ExcludedTarget, Reason::Holdout, Reason::NoAddress, Reason::SameAddress];
    assert!(expected.iter().all(|reason| costs.contains(reason)), "{costs:?}");
}

type Lists = BTreeMap<Option<Reason>, Vec<Listed>>;

/// The list behind each step, and every contact with its address and the reasons that do not depend on the others.
async fn lists(
    database: &Database,
    silo: model::ids::InstitutionId,
) -> (Lists, Vec<(Option<Vec<u8>>, Blocks)>) {
    let listing = database.app.scoped(silo, move |mut tx| async move {
        let mut lists = Lists::new();
        for first in Reason::ALL.iter().copied().map(Some).chain([None]) {
            lists.insert(first, everything().step(&mut tx, first).await?);
        }
        let members = everything().list(&mut tx).await?;
        tx.commit((lists, members)).await
    });
    let (lists, members) = listing.await.unwrap();
    let mut connection = database.owner.connect().await.unwrap();
    let addresses: Vec<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT address_hash FROM gate WHERE institution_id = $1 ORDER BY contact_id")
            .bind(silo.0)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let alone = members.iter().map(|member| member.blocks.without(Reason::SameAddress));
    (lists, addresses.into_iter().zip(alone).collect())
}

/// How many more would be written to without each rule: everything is decided once more without it.
fn without(people: &[(Option<Vec<u8>>, Blocks)]) -> BTreeMap<Reason, i64> {
    let reached = |unless: Option<Reason>| {
        let allowed = people
            .iter()
            .enumerate()
            .filter(|(_, (_, blocks))| unless.map_or(*blocks, |reason| blocks.without(reason)).is_empty());
        if unless == Some(Reason::SameAddress) {
            return allowed.count() as i64;
        }
        // One message an address; who has none shares none.
        let places: BTreeSet<_> = allowed.map(|(place, (address, _))| address.clone().ok_or(place)).collect();
        places.len() as i64
    };
    let planned = reached(None);
    let costs = Reason::ALL.iter().map(|reason| (*reason, reached(Some(*reason)) - planned));
    costs.filter(|(_, more)| *more > 0).collect()
}
