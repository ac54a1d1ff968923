//! Key files: outside the database, readable by this installation's user alone (CO-22).
//!
//! `state/keys/token.N.key`, `address.N.key`, `checkpoint.N.key` (32 octets each) and `dkim.pem` (RSA-2048, PKCS#8). The highest N is
//! current, the others still recognise what they made. `checkpoint.N.pub` is the public part of a signing key, for whoever keeps
//! the checkpoints.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use model::ambient::Entropy;
use model::checkpoint::PublicKey;
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};

/// Keys that sign checkpoints of the evidence seal; only the command that does so reads them.
const CHECKPOINT: &str = "checkpoint";

/// The keys of this installation that its roles work with.
#[derive(Debug)]
pub struct Keys {
    /// For tokens in links, Message-ID and envelope senders.
    pub token: KeyRing,
    /// For address hashes.
    pub address: KeyRing,
    /// PKCS#8 PEM of the signing key, when there is one.
    pub dkim_pem: Option<secrecy::SecretString>,
}

/// Makes the keys that are missing; never replaces one.
///
/// # Errors
/// When the folder cannot be written.
pub fn init(state: &Path, entropy: &dyn Entropy) -> anyhow::Result<Vec<PathBuf>> {
    let folder = state.join("keys");
    fs::create_dir_all(&folder).with_context(|| format!("key folder {}", folder.display()))?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    let mut made = Vec::new();
    for kind in ["token", "address", CHECKPOINT] {
        let path = folder.join(format!("{kind}.1.key"));
        if numbered(&folder, kind)?.is_empty() {
            let mut key = [0; KEY_BYTES];
            entropy.fill(&mut key);
            write_secret(&path, &key)?;
            made.push(path);
        }
    }
    for (id, key) in ring(&folder, CHECKPOINT)?.iter() {
        let path = public_file(state, id);
        if !path.exists() {
            fs::write(&path, PublicKey::of(key).to_text() + "\n")?;
            made.push(path);
        }
    }
    let path = folder.join("dkim.pem");
    if !path.exists() {
        write_secret(&path, dkim_pem(entropy)?.as_bytes())?;
        made.push(path);
    }
    Ok(made)
}

/// Reads every key that the roles work with.
///
/// # Errors
/// When a key is missing or damaged; says which, and that `rappel keys` makes them.
pub fn load(state: &Path) -> anyhow::Result<Keys> {
    let folder = state.join("keys");
    let dkim = folder.join("dkim.pem");
    Ok(Keys {
        token: ring(&folder, "token")?,
        address: ring(&folder, "address")?,
        dkim_pem: fs::read_to_string(&dkim).ok().map(Into::into),
    })
}

/// The keys that sign checkpoints.
///
/// # Errors
/// As [`load`].
pub fn checkpoint(state: &Path) -> anyhow::Result<KeyRing> {
    ring(&state.join("keys"), CHECKPOINT)
}

/// Where the public part of a checkpoint key lies.
pub fn public_file(state: &Path, id: KeyId) -> PathBuf {
    state.join("keys").join(format!("{CHECKPOINT}.{}.pub", id.0))
}

fn ring(folder: &Path, kind: &str) -> anyhow::Result<KeyRing> {
    let mut keys = Vec::new();
    for (number, path) in numbered(folder, kind)? {
        let bytes = fs::read(&path).with_context(|| format!("key {}", path.display()))?;
        let bytes: [u8; KEY_BYTES] = bytes
            .try_into()
            .ok()
            .with_context(|| format!("key {} is damaged: it must hold {KEY_BYTES} octets", path.display()))?;
        keys.push((KeyId(number), SecretKey::new(bytes)));
    }
    keys.sort_by_key(|(id, _)| *id);
    let Some(current) = keys.pop() else {
        bail!("no {kind} key in {}: run `rappel keys` once", folder.display());
    };
    Ok(KeyRing::new(current, keys)?)
}

/// The files `kind.N.key` with their numbers.
fn numbered(folder: &Path, kind: &str) -> anyhow::Result<Vec<(u8, PathBuf)>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("key folder {}: run `rappel keys` once", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(kind)?.strip_prefix('.')?.strip_suffix(".key")?.parse().ok());
        found.extend(number.map(|number| (number, path)));
    }
    Ok(found)
}

fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("key {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// `ring` signs with RSA and cannot make RSA keys; this is the only use of the `rsa` crate.
fn dkim_pem(entropy: &dyn Entropy) -> anyhow::Result<String> {
    let key = rsa::RsaPrivateKey::new(&mut Randomness(entropy), 2048)?;
    Ok(key.to_pkcs8_pem(LineEnding::LF)?.to_string())
}

/// Our source of randomness, as the `rsa` crate wants to see it.
struct Randomness<'a>(&'a dyn Entropy);

impl rsa::rand_core::RngCore for Randomness<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Randomness<'_> {}
