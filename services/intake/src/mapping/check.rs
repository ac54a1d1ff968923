//! A mapping as written, against the columns of its kind and the criteria of an institution.

use std::collections::BTreeSet;

use model::text::normalise_text;

use super::file::{MappingFile, RuleForm};
use super::pattern::Pattern;
use super::rule::Rule;
use super::{Mapping, Origin, Target};
use crate::column::CRITERION_PREFIX;
use crate::records::Criterion;
use crate::schema::{Name, Schema, shown};
use crate::{Kind, SourceName};

/// How a mapping names a criterion.
const CRITERION: &str = "criterion:";

/// What is wrong with a mapping, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct MappingFlaw {
    /// The key of the mapping, its parts separated by `/`.
    pub place: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl MappingFlaw {
    pub(super) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

impl TryFrom<MappingFile> for Mapping {
    type Error = MappingFlaw;

    fn try_from(file: MappingFile) -> Result<Self, MappingFlaw> {
        let kinds = || Kind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
        let kind = Kind::from_word(&file.kind).ok_or_else(|| {
            MappingFlaw::new("kind", format!("'{}' is none of {}", shown(&file.kind), kinds()))
        })?;
        let source =
            SourceName::parse(&file.source).map_err(|error| MappingFlaw::new("source", error.to_string()))?;
        let files = file.files.as_deref().map(Pattern::parse).transpose()?;
        let ignored = ignored(&file)?;
        let mapping = Self {
            kind,
            source,
            files,
            encoding: file.encoding,
            separator: file.separator,
            targets: targets(&file, Schema::of_kind(kind))?,
            ignored,
        };
        complete(&mapping)?;
        Ok(mapping)
    }
}

fn ignored(file: &MappingFile) -> Result<BTreeSet<String>, MappingFlaw> {
    let mut ignored = BTreeSet::new();
    for name in &file.ignore {
        if !ignored.insert(normalise_text(name.trim())) {
            return Err(MappingFlaw::new("ignore", format!("'{}' stands twice; keep one", shown(name))));
        }
    }
    Ok(ignored)
}

fn targets(file: &MappingFile, schema: Schema) -> Result<Vec<Target>, MappingFlaw> {
    let mut targets: Vec<Target> = Vec::new();
    let mut columns = BTreeSet::new();
    let ignored = ignored(file)?;
    for (column, becomes) in &file.columns.0 {
        let place = format!("columns/{}", shown(column));
        let key = normalise_text(column.trim());
        if ignored.contains(&key) {
            return Err(MappingFlaw::new(place, "the column is mapped and ignored; choose one"));
        }
        if !columns.insert(key) {
            return Err(MappingFlaw::new(place, "the column stands twice, in other capitals; keep one"));
        }
        if becomes.0.is_empty() {
            return Err(MappingFlaw::new(
                place,
                "the list is empty; name a field, or list the column under ignore",
            ));
        }
        for form in &becomes.0 {
            let RuleForm { to, .. } = form;
            let (name, spelling) = find(schema, to, &format!("{place}/to"))?;
            let from = Origin::Column { name: column.trim().to_owned(), rule: Rule::new(form, &place)? };
            add(&mut targets, Target { name, spelling, from }, &place)?;
        }
    }
    for (to, text) in &file.constants.0 {
        let place = format!("constants/{}", shown(to));
        let (name, spelling) = find(schema, to, &place)?;
        add(&mut targets, Target { name, spelling, from: Origin::Constant(text.trim().to_owned()) }, &place)?;
    }
    Ok(targets)
}

fn find(schema: Schema, to: &str, place: &str) -> Result<(Name, String), MappingFlaw> {
    let spelling = match to.strip_prefix(CRITERION) {
        Some(code) => format!("{CRITERION_PREFIX}{code}"),
        None => to.to_owned(),
    };
    match schema.find(&spelling) {
        Some(name) => Ok((name, spelling)),
        None => Err(MappingFlaw::new(place, schema.unknown(to).to_string())),
    }
}

fn add(targets: &mut Vec<Target>, target: Target, place: &str) -> Result<(), MappingFlaw> {
    if targets.iter().any(|other| other.spelling == target.spelling) {
        let reason = format!("'{}' is filled twice; one column or constant fills it", target.spelling);
        return Err(MappingFlaw::new(place, reason));
    }
    targets.push(target);
    Ok(())
}

/// A field that each row must have is filled from somewhere.
fn complete(mapping: &Mapping) -> Result<(), MappingFlaw> {
    let filled = |name: &str| mapping.targets.iter().any(|target| target.spelling == name);
    let missing: Vec<&str> = mapping
        .kind
        .columns()
        .iter()
        .filter(|column| column.required && !filled(column.name))
        .map(|column| column.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "nothing fills {}, which {} must have; map a column or add a constant",
        missing.join(", "),
        mapping.kind
    );
    Err(MappingFlaw::new("columns", reason))
}

/// See [`Mapping::check_criteria`].
pub(super) fn criteria(mapping: &Mapping, known: &[Criterion]) -> Result<(), Vec<MappingFlaw>> {
    let mut flaws = Vec::new();
    for target in &mapping.targets {
        let Name::Criterion(code) = &target.name else { continue };
        let place = match &target.from {
            Origin::Column { name, .. } => format!("columns/{}", shown(name)),
            Origin::Constant(_) => format!("constants/{CRITERION}{code}"),
        };
        let Some(definition) = known.iter().find(|criterion| criterion.code == *code) else {
            let codes: Vec<&str> = known.iter().map(|criterion| criterion.code.as_str()).collect();
            let reason = format!(
                "the criterion '{code}' is not defined; import its definition first. Known: {}",
                if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
            );
            flaws.push(MappingFlaw::new(place, reason));
            continue;
        };
        let values: Vec<&str> = match &target.from {
            Origin::Column { rule, .. } => rule.results().collect(),
            Origin::Constant(text) => vec![text],
        };
        for value in values.into_iter().filter(|value| !value.is_empty()) {
            if let Err(flaw) = definition.read(value) {
                let reason = format!("the criterion '{code}' cannot be '{}': {flaw}", shown(value));
                flaws.push(MappingFlaw::new(place.clone(), reason));
            }
        }
    }
    if flaws.is_empty() { Ok(()) } else { Err(flaws) }
}
