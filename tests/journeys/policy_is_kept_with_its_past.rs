//! A policy is chosen for each channel, capped by the pack of the country, changed by a person with a reason, and its past can be
//! told (design, section 2; LA-40).

use serde_json::Value;

use crate::support::product;

fn shown(text: &str) -> Value {
    serde_json::from_str(text).expect("the policy is one JSON value")
}

#[test]
fn a_policy_changes_by_name_with_reason_and_the_earlier_one_can_be_told() {
    product::run_commands(|product| {
        product.institution("odeon");
        let policy = |more: &[&str]| product.rappel(&[&["policy", "--institution", "odeon"], more].concat());
        let first = shown(&policy(&["show"]).said());
        assert_eq!(first.as_array().map(Vec::len), Some(1));
        assert_eq!(first[0]["chosen"]["unset"]["email"], "explicit");
        assert_eq!(first[0]["by"], "command line");

        let by = ["--by", "Ada Lovelace", "--why", "our subscribers know us"];
        let refused = |change: &[&str]| policy(&[&["change"], change, &by[..]].concat()).refusal();
        for (change, words) in [
            (&["--unset-email", "maybe"][..], "--unset-email: maybe"),
            (&["--unset-sms", "refusals_only", "--unset-reason", "soon"], "unset_reason"),
            (&["--unset-post", "soft_opt_in"], "unset_post: the FR pack does not allow soft_opt_in"),
            (&["--retention-months", "37"], "retention_months: the FR pack allows 1 to 36"),
            (&["--click-tracking", "always"], "--click-tracking: always"),
            (&["--unset-email", "explicit"], "nothing was changed"),
        ] {
            let said = refused(change);
            assert!(said.contains(words), "{said}");
        }
        let anonymous =
            policy(&["change", "--unset-email", "soft_opt_in", "--by", " ", "--why", "because"]).refusal();
        assert!(anonymous.contains("by:"), "{anonymous}");
        assert_eq!(
            product.owner.number("SELECT count(*) FROM policy"),
            1,
            "what was refused changed nothing"
        );

        let yesterday = product.now().date_naive();
        product.advance(chrono::TimeDelta::days(2));
        let said = policy(
            &[&["change", "--unset-email", "soft_opt_in", "--retention-months", "24"], &by[..]].concat(),
        )
        .said();
        assert!(said.contains("version 2") && said.contains("looser"), "{said}");
        let all = shown(&policy(&["show"]).said());
        assert_eq!(all.as_array().map(Vec::len), Some(2));
        assert_eq!(all[0]["chosen"]["unset"]["email"], "soft_opt_in");
        assert_eq!(
            (&all[0]["by"], &all[0]["why"]),
            (&"Ada Lovelace".into(), &"our subscribers know us".into())
        );
        let then = shown(&policy(&["show", "--on", &yesterday.to_string()]).said());
        assert_eq!((&then["version"], &then["chosen"]["retention_months"]), (&1.into(), &36.into()));
        let tightened =
            policy(&[&["change", "--unset-post", "explicit", "--click-tracking", "off"], &by[..]].concat())
                .said();
        assert!(tightened.contains("version 3") && !tightened.contains("looser"), "{tightened}");
    });
}
