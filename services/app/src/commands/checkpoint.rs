//! Checkpoints of the evidence seal: written to files that leave this installation, and read back to verify with.

use std::fs;
use std::io::Write as _;

use anyhow::Context as _;
use model::ambient::Clock as _;
use model::checkpoint::{Checkpoint, PublicKey, Statement};

use super::app_store;
use crate::ambient::MachineClock;
use crate::cli::{CheckpointArgs, EvidenceArgs};
use crate::keys;
use crate::say::say;
use crate::settings::Settings;

/// Signs where the seal ends now.
pub async fn write(settings: &Settings, args: &CheckpointArgs) -> anyhow::Result<()> {
    let keys = keys::checkpoint(&settings.state)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let head = store.seal_head(silo).await?.with_context(|| {
        format!("nothing of {} is sealed yet; `rappel schedule` does it", args.institution)
    })?;
    let statement = Statement {
        institution: args.institution.clone(),
        epoch: head.epoch,
        records: head.records,
        hash: head.hash,
        taken_at: MachineClock.now(),
    };
    let path = args.out.join(file_name(&statement));
    let mut text = serde_json::to_string_pretty(&statement.sign(keys.current()))?;
    text.push('\n');
    // Never over an earlier one.
    let mut file = fs::File::create_new(&path).with_context(|| format!("checkpoint {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    say!("{}", path.display())?;
    Ok(())
}

/// As in `hall.12.20260101T000000Z.checkpoint.json`.
fn file_name(statement: &Statement) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let code: String = statement.institution.chars().map(plain).collect();
    format!("{code}.{}.{}.checkpoint.json", statement.epoch, statement.taken_at.format("%Y%m%dT%H%M%SZ"))
}

/// What the checkpoint says, when there is one and it can be believed.
pub fn read(
    settings: &Settings,
    institution: &str,
    args: &EvidenceArgs,
) -> anyhow::Result<Option<Statement>> {
    let Some(path) = &args.checkpoint else { return Ok(None) };
    let text = fs::read_to_string(path).with_context(|| format!("checkpoint {}", path.display()))?;
    let checkpoint: Checkpoint =
        serde_json::from_str(&text).with_context(|| format!("{} is no checkpoint", path.display()))?;
    let key_file =
        args.public_key.clone().unwrap_or_else(|| keys::public_file(&settings.state, checkpoint.key()));
    let key = fs::read_to_string(&key_file)
        .with_context(|| format!("public key {}; name it with --public-key", key_file.display()))?;
    let key =
        PublicKey::from_text(&key).with_context(|| format!("{} holds no public key", key_file.display()))?;
    let statement = checkpoint.verified(institution, &key).with_context(|| path.display().to_string())?;
    Ok(Some(statement))
}
