//! The database as its owner sees it: everything, across institutions. For questions of tests only.

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection as _, FromRow};
use tokio::runtime::{Builder, Runtime};

/// A connection pool with its own runtime, so that tests read as plain sequences.
#[derive(Debug)]
pub struct Owner {
    runtime: Runtime,
    pool: PgPool,
    options: PgConnectOptions,
}

impl Owner {
    pub fn of(options: PgConnectOptions) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let entered = runtime.enter();
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options.clone());
        drop(entered);
        Self { runtime, pool, options }
    }

    /// One number. `None` while the server is away.
    pub fn try_number(&self, question: &'static str) -> Option<i64> {
        self.runtime.block_on(sqlx::query_scalar(question).fetch_one(&self.pool)).ok()
    }

    /// One number.
    #[track_caller]
    pub fn number(&self, question: &'static str) -> i64 {
        self.runtime
            .block_on(sqlx::query_scalar(question).fetch_one(&self.pool))
            .unwrap_or_else(|error| panic!("{question}: {error}"))
    }

    /// One number about one thing.
    #[track_caller]
    pub fn number_of(&self, question: &'static str, id: &str) -> i64 {
        let answer = self.runtime.block_on(sqlx::query_scalar(question).bind(id).fetch_one(&self.pool));
        answer.unwrap_or_else(|error| panic!("{question} ({id}): {error}"))
    }

    /// Every line of an answer about one thing.
    #[track_caller]
    pub fn texts_of(&self, question: &'static str, id: &str) -> Vec<String> {
        let answer = self.runtime.block_on(sqlx::query_scalar(question).bind(id).fetch_all(&self.pool));
        answer.unwrap_or_else(|error| panic!("{question} ({id}): {error}"))
    }

    /// Every row of an answer.
    #[track_caller]
    pub fn rows<T>(&self, question: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        let rows = self.runtime.block_on(sqlx::query_as(question).fetch_all(&self.pool));
        rows.unwrap_or_else(|error| panic!("{question}: {error}"))
    }

    /// Damage, and set-up that no command offers.
    #[track_caller]
    pub fn execute(&self, statement: &'static str) {
        self.runtime
            .block_on(sqlx::query(statement).execute(&self.pool))
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Several statements on one connection of its own, for what temporary tables need.
    pub fn apart<T>(&self, work: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect_with(&self.options).await.unwrap();
            let result = work(&mut connection).await;
            connection.close().await.unwrap();
            result
        })
    }

    /// Does something while a lock is held, as another writer might hold it.
    pub fn holding<T>(&self, lock: &'static str, work: impl FnOnce() -> T) -> T {
        let mut connection = self.runtime.block_on(PgConnection::connect_with(&self.options)).unwrap();
        self.runtime.block_on(sqlx::query("BEGIN").execute(&mut connection)).unwrap();
        self.runtime.block_on(sqlx::query(lock).execute(&mut connection)).unwrap();
        let result = work();
        self.runtime.block_on(sqlx::query("COMMIT").execute(&mut connection)).unwrap();
        self.runtime.block_on(connection.close()).unwrap();
        result
    }

    /// Ends the pool, so that the database can go.
    pub fn close(&self) {
        self.runtime.block_on(self.pool.close());
    }
}
