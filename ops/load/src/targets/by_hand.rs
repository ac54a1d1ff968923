//! The hand-written side: one connection as the application's role, inside the same silo.

use std::time::Instant;

use model::ids::InstitutionId;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::QueryScalar;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres};
use store::Role;
use store::testing::{Database, theatre};

/// What precedes the settings of a statement, as `name = value` parted by commas, on a line of their own.
const SETTINGS: &str = "-- with ";

/// The connection.
pub struct ByHand {
    connection: PgConnection,
    silo: InstitutionId,
}

impl ByHand {
    /// Connects.
    pub async fn enter(database: &Database, silo: InstitutionId) -> anyhow::Result<Self> {
        let mut connection = database.options(Role::App).connect().await?;
        sqlx::query("SELECT set_config('rappel.institution', $1::text, false)")
            .bind(silo.0)
            .execute(&mut connection)
            .await?;
        Ok(Self { connection, silo })
    }

    /// The count, and the seconds that it took.
    pub async fn count(&mut self, statement: &str) -> anyhow::Result<(i64, f64)> {
        self.set(statement).await?;
        let query = self.query(format!("SELECT count(*) FROM ({statement}) AS matching"));
        let start = Instant::now();
        // All rows, though there is one: PostgreSQL refuses parallel workers to a statement of which only a part is fetched.
        let count: Vec<i64> = query.fetch_all(&mut self.connection).await?;
        Ok((count[0], start.elapsed().as_secs_f64()))
    }

    /// Their ids, in order.
    pub async fn contacts(&mut self, statement: &str) -> anyhow::Result<Vec<i64>> {
        self.set(statement).await?;
        let query =
            self.query(format!("SELECT contact_id FROM ({statement}) AS matching ORDER BY contact_id"));
        Ok(query.fetch_all(&mut self.connection).await?)
    }

    /// How the count is executed, line by line.
    pub async fn plan(&mut self, statement: &str) -> anyhow::Result<Vec<String>> {
        self.set(statement).await?;
        let explain = "EXPLAIN (ANALYZE, BUFFERS) SELECT count(*)";
        let query = self.query(format!("{explain} FROM ({statement}) AS matching"));
        Ok(query.fetch_all(&mut self.connection).await?)
    }

    /// The settings that the statement asks for, and no others.
    async fn set(&mut self, statement: &str) -> anyhow::Result<()> {
        sqlx::query("RESET ALL").execute(&mut self.connection).await?;
        let silo = [("rappel.institution".to_owned(), self.silo.0.to_string())];
        let asked =
            statement.lines().filter_map(|line| line.strip_prefix(SETTINGS)).flat_map(|line| line.split(','));
        let pairs = asked.filter_map(|pair| pair.split_once('='));
        let settings = pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        for (name, value) in silo.into_iter().chain(settings) {
            sqlx::query("SELECT set_config($1, $2, false)")
                .bind(name)
                .bind(value)
                .execute(&mut self.connection)
                .await?;
        }
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a file beside this one")]
    fn query<T>(&self, text: String) -> QueryScalar<'static, Postgres, T, PgArguments>
    where
        (T,): for<'row> sqlx::FromRow<'row, sqlx::postgres::PgRow>,
    {
        sqlx::query_scalar(AssertSqlSafe(text)).persistent(false).bind(self.silo.0).bind(theatre::today())
    }
}
