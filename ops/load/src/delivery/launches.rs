//! Institutions with people, and launches to all of them.

use anyhow::Context as _;
use model::vocabulary::LaunchState;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use super::stage::{PUBLIC_URL, SENDER_DOMAIN, Stage, glance};

/// An institution whose people are all reachable.
#[derive(Clone, Copy, Debug)]
pub struct House {
    code: &'static str,
    id: i32,
    /// How many they are.
    pub people: u32,
}

/// A launch to everybody of a house.
#[derive(Clone, Copy, Debug)]
pub struct Launch {
    house: House,
    occurrence: i32,
}

impl House {
    /// Makes it.
    pub async fn of(stage: &mut Stage, code: &'static str, people: u32) -> anyhow::Result<Self> {
        let who = ["institution", "--code", code, "--name", "Théâtre", "--zone", "Europe/Paris"];
        let unset = ["--unset-email", "--unset-sms", "--unset-phone", "--unset-post"]
            .map(|channel| [channel, "explicit"]);
        stage.rappel(&[&who[..], unset.as_flattened(), &["--track-unless-refused"]].concat())?;
        let id: i32 = sqlx::query_scalar("SELECT institution_id FROM institution WHERE code = $1")
            .bind(code)
            .fetch_one(&mut stage.owner)
            .await?;
        for statement in [
            "INSERT INTO organisation (institution_id, source, external_id, name, as_of, content_hash)
             VALUES ($1, 'bench', 'HALL', 'The Hall', '2000-01-01', $2)",
            include_str!("people.sql"),
        ] {
            sqlx::query(statement).bind(id).bind(i64::from(people)).execute(&mut stage.owner).await?;
        }
        sqlx::query("VACUUM ANALYZE").execute(&mut stage.owner).await?;
        Ok(Self { code, id, people })
    }

    /// Launches to everybody, under a key of its own. Whoever holds the outbox decides when it is dispatched.
    pub fn launch(self, stage: &Stage, key: &str) -> anyhow::Result<Launch> {
        let file = stage.write("campaign.json", &campaign(key)?.to_string())?;
        let file = file.display().to_string();
        let said = stage.rappel(&["launch", "--institution", self.code, "--json", &file])?;
        let launched: Value = serde_json::from_str(&said)?;
        let planned = &launched["waterfall"]["planned"];
        anyhow::ensure!(*planned == self.people, "{planned} of {} are planned", self.people);
        let occurrence = launched["occurrence"].as_i64().context("a launch has a number")?;
        Ok(Launch { house: self, occurrence: occurrence.try_into()? })
    }
}

impl Launch {
    /// Waits until every message has its result.
    pub async fn done(self, stage: &mut Stage) -> anyhow::Result<()> {
        while self.state(&mut stage.owner).await? != LaunchState::Done {
            glance().await;
        }
        Ok(())
    }

    /// Stops it for good.
    pub async fn cancel(self, stage: &mut Stage) -> anyhow::Result<()> {
        let (house, occurrence) = (self.house.code, self.occurrence.to_string());
        stage.rappel(&["cancel", "--institution", house, &occurrence])?;
        Ok(())
    }

    async fn state(self, owner: &mut PgConnection) -> anyhow::Result<LaunchState> {
        let state: i16 =
            sqlx::query_scalar("SELECT state FROM launch WHERE institution_id = $1 AND occurrence_id = $2")
                .bind(self.house.id)
                .bind(self.occurrence)
                .fetch_one(owner)
                .await?;
        Ok(LaunchState::try_from(state)?)
    }
}

/// While it lives nothing can be put on its way: no process can write to the outbox.
#[derive(Debug)]
pub struct Hold(PgConnection);

impl Hold {
    /// Takes hold.
    pub async fn of(stage: &Stage) -> anyhow::Result<Self> {
        let mut connection = stage.another_owner().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        sqlx::query("LOCK TABLE outbox IN SHARE MODE").execute(&mut connection).await?;
        Ok(Self(connection))
    }

    /// Lets go.
    pub async fn release(self) -> anyhow::Result<()> {
        Ok(self.0.close().await?)
    }
}

/// The sample that comes with the product, to everybody.
fn campaign(key: &str) -> anyhow::Result<Value> {
    Ok(json!({
        "key": key,
        "name": "Bench",
        "purpose": "marketing",
        "organisation": "HALL",
        "target": {"leaf": "identity", "field": "kind", "equals": "individual"},
        "content": content::samples::emails()?.remove(0).content,
        "sender": {
            "from_address": format!("news@{SENDER_DOMAIN}"),
            "public_url": PUBLIC_URL,
            "mail_domain": SENDER_DOMAIN,
            "bounce_domain": format!("bounce.{SENDER_DOMAIN}"),
        },
        "by": "bench",
    }))
}
