//! A row for any table, made from what the catalogue says of its columns.

use model::ids::InstitutionId;
use sqlx::{ConnectOptions as _, PgConnection};
use store::Role;
use store::testing::Database;

use crate::catalogue::{self, Column};

/// Two institutions, each with one row in every table.
pub struct Neighbours {
    pub database: Database,
    pub owner: PgConnection,
    pub here: InstitutionId,
    pub there: InstitutionId,
}

impl Neighbours {
    pub async fn new() -> Self {
        let database = Database::fresh().await;
        let (here, there) = (database.institution("here").await, database.institution("there").await);
        let mut owner = database.owner.connect().await.unwrap();
        // Each came with the first version of its policy: here it has one row like every other table.
        sqlx::query("DELETE FROM policy").execute(&mut owner).await.unwrap();
        for table in catalogue::silo_tables(&mut owner).await {
            let insert = insertion(&mut owner, &table).await;
            for institution in [here, there] {
                assert_eq!(catalogue::run(&mut owner, &insert, &table, institution.0).await.unwrap(), 1);
            }
        }
        Self { database, owner, here, there }
    }

    /// A connection under a role of the product, in a silo or in none.
    pub async fn enter(&self, role: Role, silo: Option<InstitutionId>) -> PgConnection {
        let mut connection = self.database.options(role).connect().await.unwrap();
        if let Some(silo) = silo {
            set_silo(&mut connection, &silo.to_string()).await;
        }
        connection
    }

    /// Everything that the other institution has in a table, as one value that changes with it.
    pub async fn theirs(&mut self, table: &str) -> String {
        let all = catalogue::statement(
            "SELECT coalesce(string_agg(t::text, '|' ORDER BY t::text), '') FROM {table} t WHERE institution_id = $1",
            table,
        );
        sqlx::query_scalar(all).bind(self.there.0).fetch_one(&mut self.owner).await.unwrap()
    }
}

/// Sets the silo for the session, as a scoped transaction does for itself.
pub async fn set_silo(connection: &mut PgConnection, silo: &str) {
    sqlx::query("SELECT set_config('rappel.institution', $1, false)")
        .bind(silo)
        .execute(connection)
        .await
        .unwrap();
}

/// `INSERT INTO {table} …` for the institution $1.
pub async fn insertion(owner: &mut PgConnection, table: &str) -> String {
    let columns = catalogue::needed_columns(owner, table).await;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let values: Vec<&str> = columns.iter().map(value).collect();
    format!("INSERT INTO {{table}} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

fn value(column: &Column) -> &'static str {
    match (column.name.as_str(), column.kind.as_str()) {
        ("institution_id", _) => "$1",
        (_, "smallint" | "integer" | "bigint" | "double precision") => "1",
        (_, "text") => "'x'",
        (_, "boolean") => "true",
        (_, "uuid") => "gen_random_uuid()",
        (_, "bytea") => "'\\x01'",
        (_, "date") => "'2000-01-01'",
        (_, "timestamp with time zone") => "'2000-01-01'",
        (_, "jsonb") => "'{}'",
        (name, kind) => panic!("teach this test a value of type {kind}, for {name}"),
    }
}
