//! Which mapping reads which file.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use intake::{Mapping, SourceName};

use super::Watch;
use crate::commands::import::load_mapping;

/// A mapping and the name under which it was saved.
pub(super) struct Reader {
    pub(super) name: SourceName,
    pub(super) mapping: Arc<Mapping>,
}

/// The mappings of a watcher.
pub(super) struct Readers(Vec<Reader>);

impl Watch {
    /// The mappings as they are saved now: whoever saves one anew need not tell the watchers.
    pub(super) async fn readers(&self) -> anyhow::Result<Readers> {
        let mut readers = Vec::new();
        for name in &self.mappings {
            let mapping = Arc::new(load_mapping(&self.store, self.silo, name.as_str()).await?);
            mapping.files().with_context(|| {
                format!("--mapping: {name} does not say which files it reads; add files, as contacts-*.csv")
            })?;
            readers.push(Reader { name: name.clone(), mapping });
        }
        Ok(Readers(readers))
    }
}

impl Readers {
    pub(super) fn any_reads(&self, file: &str) -> bool {
        self.0.iter().any(|reader| reader.reads(file))
    }

    /// The one mapping that reads a file.
    pub(super) fn of(&self, file: &str) -> anyhow::Result<&Reader> {
        let readers: Vec<&Reader> = self.0.iter().filter(|reader| reader.reads(file)).collect();
        let [reader] = readers[..] else {
            let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
            bail!("{file} is meant by several mappings: {}; make their files differ", names.join(", "))
        };
        Ok(reader)
    }
}

impl Reader {
    fn reads(&self, file: &str) -> bool {
        self.mapping.files().is_some_and(|pattern| pattern.matches(file))
    }
}
