//! The file of a theatre, of any size: four organisations, ten seasons, and contacts with everything that is known of them.
//!
//! Every value follows from the contact's number, so a file of a size is the same in every run, and a small one is the beginning
//! of a large one. Towns, products and the number of activities are as uneven as real ones, and whatever may be missing is missing
//! for some. The statements are in `tests/data/theatre/`.

use chrono::NaiveDate;
use model::ids::InstitutionId;
use sqlx::PgConnection;

/// The day that the file leads up to: events lie ahead of it, activities do not.
///
/// # Panics
/// Never: it is a day.
#[must_use]
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day")
}

macro_rules! statements {
    ($($name:literal)*) => { [$(include_str!(concat!("../../../../tests/data/theatre/", $name, ".sql"))),*] };
}

const STATEMENTS: [&str; 24] = statements!(
    "00_set_indexes_aside"
    "01_chance"
    "02_organisations"
    "03_topics"
    "04_criteria"
    "05_products"
    "06_contacts"
    "07_criteria_of_contacts"
    "08_answers"
    "09_activities"
    "10_order_lines"
    "11_launches"
    "12_messages"
    "13_attempts"
    "14_hits"
    "15_recency"
    "16_gates"
    "17_build_indexes"
    "18_places"
    "19_indicators"
    "20_indicators_of_contacts"
    "21_saved_targets"
    "22_members"
    "23_scores"
);

/// Writes the file of `contacts` contacts, about ten times as many activities, and fresh statistics.
///
/// # Panics
/// The institution has a file already, or the database fails.
pub async fn fill(owner: &mut PgConnection, institution: InstitutionId, contacts: i64) {
    execute(owner, "SET work_mem = '256MB'").await;
    for statement in STATEMENTS {
        let mut query = sqlx::query(statement);
        if statement.contains("$1,") {
            query = query.bind(institution.0);
        }
        if statement.contains("$2::") {
            query = query.bind(contacts);
        }
        query.execute(&mut *owner).await.expect("a statement of tests/data/theatre");
    }
    execute(owner, "RESET work_mem").await;
    execute(owner, "VACUUM ANALYZE").await;
}

async fn execute(owner: &mut PgConnection, statement: &'static str) {
    sqlx::query(statement).execute(owner).await.expect("the owner may do this");
}
