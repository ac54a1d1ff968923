//! Random files in random orders, repeated at random and cut into random chunks, give one and the same file of contacts.

use intake::Kind;
use model::ambient::Entropy as _;
use store::testing::{Database, SeededEntropy};

use crate::support::World;

const HISTORIES: usize = 8;
const ORDERS: usize = 3;

/// Numbers from a seed.
struct Dice(SeededEntropy);

impl Dice {
    fn roll(&self, sides: usize) -> usize {
        usize::try_from(self.0.uuid().as_u64_pair().1 % sides as u64).unwrap()
    }

    fn pick<'a>(&self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    fn shuffle<T>(&self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.roll(end + 1));
        }
    }
}

#[derive(Clone)]
struct File {
    kind: Kind,
    as_of: String,
    csv: String,
}

#[tokio::test]
async fn the_order_of_files_does_not_matter() {
    let database = Database::fresh().await;
    for history in 0..HISTORIES {
        let dice = Dice(SeededEntropy::new(&format!("history {history}")));
        let files = random_files(&dice);
        let mut first: Option<Vec<String>> = None;
        for order in 0..ORDERS {
            let mut world = World::inside(database.clone(), &format!("h{history}o{order}")).await;
            let mut files = files.clone();
            dice.shuffle(&mut files);
            for file in &files {
                world.chunk_rows = Some(1 + dice.roll(7));
                for _ in 0..=dice.roll(2) {
                    world.import_as_of(file.kind, &file.as_of, &file.csv).await;
                }
            }
            world.check_projections().await;
            let state = state(&world).await;
            assert!(!state.iter().any(|line| line.starts_with("waiting")), "every parent came: {state:#?}");
            assert!(state.len() > 40, "history {history} says little:\n{}", state.join("\n"));
            let names: Vec<String> =
                files.iter().map(|file| format!("{} {}", file.kind, file.as_of)).collect();
            match &first {
                None => first = Some(state),
                Some(first) => assert_eq!(&state, first, "history {history}, order {order}: {names:?}"),
            }
        }
    }
}

/// Several versions of each kind. The first file of each kind names everything that the others refer to, so that in the end
/// nothing waits.
fn random_files(dice: &Dice) -> Vec<File> {
    let mut files = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let versions = match kind {
            Kind::Wordings | Kind::CollectionPoints | Kind::Criteria | Kind::Indicators => 1,
            Kind::Organisations
            | Kind::Places
            | Kind::Contacts
            | Kind::Products
            | Kind::OrderLines
            | Kind::Activities
            | Kind::Balances
            | Kind::IndicatorValues
            | Kind::Authorisations => 1 + dice.roll(4),
        };
        let whole: Vec<String> = (0..size(kind)).map(|n| random_row(kind, n, dice)).collect();
        for version in 0..versions {
            let as_of = format!("2026-03-{:02}T00:00:00Z", 1 + dice.roll(9));
            // A later file says some rows again, some differently, and is silent about others.
            let rows: Vec<String> = whole
                .iter()
                .enumerate()
                .filter_map(|(n, row)| match (version, dice.roll(3)) {
                    (0, _) | (_, 0) => Some(row.clone()),
                    (_, 1) => Some(random_row(kind, n, dice)),
                    (_, _) => None,
                })
                .collect();
            files.push(File { kind, as_of, csv: format!("{}\n{}\n", header(kind), rows.join("\n")) });
        }
    }
    files
}

const fn size(kind: Kind) -> usize {
    match kind {
        Kind::Wordings | Kind::CollectionPoints | Kind::Criteria | Kind::Organisations => 2,
        Kind::Contacts => 6,
        Kind::Products => 4,
        Kind::Balances | Kind::Indicators | Kind::Places => 3,
        Kind::OrderLines | Kind::Activities | Kind::Authorisations => 8,
        Kind::IndicatorValues => 12,
    }
}

const fn header(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisations => "external_id,name",
        Kind::Wordings => "external_id,text,channels,valid_months,language",
        Kind::CollectionPoints => "external_id,name,organisation,kind,policy_url,notice_version",
        Kind::Criteria => "code,name,type,choices",
        Kind::Indicators => "code,name,type",
        Kind::Places => "country,postal_code,latitude,longitude",
        Kind::Contacts => {
            "external_id,kind,last_name,birth_date,email,created_on,legacy_recency,criterion.c0,criterion.c1"
        }
        Kind::Products => "external_id,organisation,name,valid_on,state",
        Kind::OrderLines => {
            "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,amount,opt_out_wording"
        }
        Kind::Activities => "external_id,contact,kind,organisation,product,happened_on,amount",
        Kind::Balances => "external_id,contact,organisation,amount,due_on",
        Kind::IndicatorValues => "contact,indicator,organisation,value",
        Kind::Authorisations => {
            "contact,organisation,topic,channel,answer,happened_at,wording,collection_point,form_id,as_of"
        }
    }
}

fn random_row(kind: Kind, n: usize, dice: &Dice) -> String {
    let number = |sides| dice.roll(sides);
    let contact = || format!("C{}", dice.roll(6));
    let day = || format!("2025-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28));
    match kind {
        Kind::Organisations => format!("O{n},Name {}", number(3)),
        Kind::Wordings => format!("W{n},Text {n},{},{},en", ["email", "sms|email"][n], ["36", ""][n]),
        Kind::CollectionPoints => {
            format!("P{n},Point,{},web_form,https://www.example.org/privacy,1", ["", "O1"][n])
        }
        Kind::Criteria => ["c0,Genre,several_of,opera|jazz|dance", "c1,Visits,number,"][n].to_owned(),
        Kind::Indicators => ["i0,Visits,number", "i1,Last visit,date", "i2,Profile,text"][n].to_owned(),
        Kind::Places => format!("{},7500{n},48.{},2.{}", ["FR", "BE"][n % 2], number(3), number(3)),
        Kind::Contacts => {
            let email = dice.pick(&["", "a@example.org", "b@example.org", "c@example.org"]);
            let (birth, created) =
                (dice.pick(&["", "1990-02-03", "2015-02-03"]), dice.pick(&["", "2020-01-01"]));
            let (legacy, genre) =
                (dice.pick(&["", "20250601", "20270101"]), dice.pick(&["", "opera", "jazz|opera"]));
            format!(
                "C{n},individual,N{},{birth},{email},{created},{legacy},{genre},{}",
                number(3),
                dice.pick(&["", "4"])
            )
        }
        Kind::Products => match number(3) {
            0 => format!("T{n},O{},Name,,", number(2)),
            _ => format!(
                "T{n},O{},Name,2026-{:02}-15,{}",
                number(2),
                5 + number(6),
                dice.pick(&["", "postponed", "cancelled"])
            ),
        },
        Kind::OrderLines => {
            let state = dice.pick(&["option", "reserved", "sold", "sold", "returned", "cancelled"]);
            let (purchaser, wording) = match number(4) {
                0 => (String::new(), ""),
                _ => (contact(), dice.pick(&["", "W0"])),
            };
            let attends = if purchaser.is_empty() || number(2) == 0 { contact() } else { String::new() };
            format!(
                "L{n},O{},T{},{purchaser},{attends},{state},{},{}.50,{wording}",
                number(2),
                number(4),
                day(),
                number(9)
            )
        }
        Kind::Activities => {
            let what = dice.pick(&["sale", "reservation", "waiting_list", "payment", "person_contact"]);
            let (at, product) = (dice.pick(&["", "O0", "O1"]), dice.pick(&["", "T0", "T1", "T2"]));
            format!("A{n},{},{what},{at},{product},{},", contact(), day())
        }
        Kind::Balances => format!("B{n},{},{},-{}.00,", contact(), dice.pick(&["", "O0"]), number(9)),
        Kind::IndicatorValues => random_value(n, dice),
        Kind::Authorisations => random_answer(dice, &contact()),
    }
}

/// The row's number says about whom, which and for whom; now and then the value goes.
fn random_value(n: usize, dice: &Dice) -> String {
    let indicator = n % 3;
    let value = match (dice.roll(3), indicator) {
        (0, _) => String::new(),
        (_, 0) => format!("{}.5", dice.roll(9)),
        (_, 1) => format!("2025-{:02}-01", 1 + dice.roll(12)),
        (_, _) => dice.pick(&["Fidèle", "FIDÈLE", "curieux"]).to_owned(),
    };
    format!("C{},i{indicator},{},{value}", n % 4, ["", "O0", "O1"][n / 4])
}

fn random_answer(dice: &Dice, contact: &str) -> String {
    let (organisation, topic) = (dice.pick(&["", "", "O0", "O1"]), dice.pick(&["", "", "letter"]));
    let channel = dice.pick(&["general", "email", "email", "sms"]);
    let as_of = dice.pick(&["", "2026-02-10T00:00:00Z", "2026-02-20T00:00:00Z"]);
    let at = format!("2026-02-{:02}T10:00:00Z", [5, 15, 25][dice.roll(3)]);
    let (answer, evidence) = match dice.roll(6) {
        0 | 1 => (
            "yes",
            format!("2026-01-{:02}T10:00:00Z,W{},P{},F1", 5 + dice.roll(20), dice.roll(2), dice.roll(2)),
        ),
        2 => ("yes", ",,,".to_owned()),
        3 => ("no", ",,,".to_owned()),
        4 if as_of.is_empty() => ("no", format!("{at},,,")),
        _ => ("unset", ",,,".to_owned()),
    };
    format!("{contact},{organisation},{topic},{channel},{answer},{evidence},{as_of}")
}

/// Everything that files say, by names instead of keys.
async fn state(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for sql in STATE {
        all.extend(world.lines(sql).await);
    }
    all
}

const STATE: [&str; 17] = [
    "SELECT concat_ws(' ', 'place', country, postal_code, latitude, longitude, as_of, content_hash)
     FROM place WHERE institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'indicator', code, name, value_type, as_of, content_hash) FROM indicator WHERE institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'computed', c.external_id, d.code, coalesce(o.external_id, '*'), v.v_text, v.v_num, v.v_date, v.as_of,
            v.content_hash)
     FROM indicator_value v JOIN contact c USING (institution_id, contact_id) JOIN indicator d USING (institution_id, indicator_id)
     LEFT JOIN organisation o ON o.institution_id = v.institution_id AND o.organisation_id = v.organisation_id
     WHERE v.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'removed', c.external_id, d.code, coalesce(o.external_id, '*'), v.as_of, v.content_hash)
     FROM indicator_removal v JOIN contact c USING (institution_id, contact_id) JOIN indicator d USING (institution_id, indicator_id)
     LEFT JOIN organisation o ON o.institution_id = v.institution_id AND o.organisation_id = v.organisation_id
     WHERE v.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'organisation', external_id, name, as_of, content_hash) FROM organisation WHERE institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'contact', external_id, last_name, birthday, email_key, created_on, as_of, content_hash)
     FROM contact WHERE institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'value', c.external_id, d.code, v.item, v.v_text, v.v_num)
     FROM criterion_value v JOIN contact c USING (institution_id, contact_id) JOIN criterion d USING (institution_id, criterion_id)
     WHERE v.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'product', p.external_id, o.external_id, p.valid_on, p.state, p.as_of, p.content_hash)
     FROM product p JOIN organisation o USING (institution_id, organisation_id) WHERE p.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'line', c.external_id, l.line_id, l.role, o.external_id, p.external_id, l.state, l.ordered_on, l.amount,
            l.opt_out_wording IS NULL, l.as_of, l.content_hash)
     FROM order_line l JOIN contact c USING (institution_id, contact_id) JOIN product p USING (institution_id, product_id)
     JOIN organisation o ON o.institution_id = l.institution_id AND o.organisation_id = l.organisation_id
     WHERE l.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'activity', c.external_id, a.activity_id, a.kind, a.role, o.external_id, p.external_id, a.happened_on,
            a.amount, a.voided, a.counts_on, a.content_hash)
     FROM activity a JOIN contact c USING (institution_id, contact_id)
     LEFT JOIN product p ON p.institution_id = a.institution_id AND p.product_id = a.product_id
     LEFT JOIN organisation o ON o.institution_id = a.institution_id AND o.organisation_id = a.organisation_id
     WHERE a.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'recency', c.external_id, r.active_on, 'created', r.created_on)
     FROM recency r JOIN contact c USING (institution_id, contact_id) WHERE r.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'balance', c.external_id, b.balance_id, b.amount, b.organisation_id = 0, b.as_of)
     FROM balance b JOIN contact c USING (institution_id, contact_id) WHERE b.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'answer', c.external_id, coalesce(o.external_id, '*'), coalesce(t.code, '*'), a.channel, a.answer, a.proof,
            a.channels, a.expires_on, a.happened_at)
     FROM authorisation a JOIN contact c USING (institution_id, contact_id)
     LEFT JOIN organisation o ON o.institution_id = a.institution_id AND o.organisation_id = a.organisation_id
     LEFT JOIN topic t ON t.institution_id = a.institution_id AND t.topic_id = a.topic_id
     WHERE a.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'gate', c.external_id, g.channel, g.blocks, g.proof, g.consent_until, g.of_age_on, g.suppressed_until,
            g.address_hash IS NULL)
     FROM gate g JOIN contact c USING (institution_id, contact_id) WHERE g.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'scope', c.external_id, s.channel, coalesce(o.external_id, '*'), coalesce(t.code, '*'), s.blocks, s.proof,
            s.consent_until, s.soft_opt_in)
     FROM gate_scope s JOIN contact c USING (institution_id, contact_id)
     LEFT JOIN organisation o ON o.institution_id = s.institution_id AND o.organisation_id = s.organisation_id
     LEFT JOIN topic t ON t.institution_id = s.institution_id AND t.topic_id = s.topic_id
     WHERE s.institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'waiting', kind, parent_kind, parent_id) FROM waiting_row WHERE institution_id = $1 ORDER BY 1",
    "SELECT concat_ws(' ', 'evidence', c.external_id, count(*)) FROM consent_record r JOIN contact c USING (institution_id, contact_id)
     WHERE r.institution_id = $1 GROUP BY c.external_id ORDER BY 1",
];
