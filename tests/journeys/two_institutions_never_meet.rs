//! Two institutions with the same people, ids and campaigns: neither learns or loses anything by the other.

use serde_json::json;

use super::in_both_arrangements;
use crate::support::campaign::Campaign;
use crate::support::client::ONE_CLICK;
use crate::support::files::{Person, address, house_of};
use crate::support::product::Product;
use crate::support::wait;

in_both_arrangements! { a_refusal_in_one_is_none_in_the_other }

fn a_refusal_in_one_is_none_in_the_other(product: &mut Product) {
    let houses = ["masques", "odeon"];
    let launches = houses.map(|house| {
        product.institution(house);
        product.import(house, &house_of(&[Person::new("anna"), Person::new("bruno")]));
        product.launch(&Campaign::news(house, "season")).0
    });
    for launch in &launches {
        assert_eq!(
            product.settled(launch)["accepted"],
            json!(2),
            "the same address in another institution is nobody's double"
        );
    }

    let mine = "SELECT institution_id::bigint FROM institution WHERE code = $1";
    let first = product.owner.number_of(mine, "masques");
    let mails = product.all_mail_to(&address("anna"));
    assert_eq!(mails.len(), 2);
    let mail = mails.iter().find(|mail| mail.text.contains("Maison masques")).expect("each says who sends");
    assert_eq!(product.client().post(&mail.unsubscribe_url(), ONE_CLICK).status, 200);
    let refusing = product.owner.rows::<(i32,)>("SELECT institution_id FROM refusal");
    assert_eq!(refusing.iter().map(|(id,)| i64::from(*id)).collect::<Vec<_>>(), [first]);
    wait::until("the refusal is settled", || {
        product.owner.number("SELECT count(*) FROM refusal WHERE settled_at IS NULL") == 0
    });

    for (house, planned) in [("masques", 1), ("odeon", 2)] {
        assert_eq!(product.count(&Campaign::news(house, "later"))["planned"], json!(planned), "{house}");
    }

    // Numbers of one institution say nothing in the other.
    let [of_masques, of_odeon] = launches;
    for command in ["status", "pause", "resume", "cancel"] {
        let stranger = product.rappel(&[command, "--institution", "odeon", &of_masques.occurrence]);
        assert!(stranger.refusal().contains("there is no launch"), "{command}");
    }
    assert_eq!(product.status(&of_odeon)["state"], json!("done"));
}
