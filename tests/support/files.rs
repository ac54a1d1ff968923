//! The files that other systems export: a small house, its people, and what they answered.
//!
//! Every person's name and address contains one of [`PLANTED`], so that a log can be searched for personal data.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// What no log, body or spool may contain, in any case.
pub const PLANTED: &[&str] = &["planted.example", "plantagenet", "zébulon"];

/// When the files were true: an hour before the business clock starts.
pub const AS_OF: &str = "2026-03-02T08:00:00Z";

static WRITTEN: AtomicU32 = AtomicU32::new(1);

/// One CSV file of one kind.
#[derive(Clone, Debug)]
pub struct File {
    pub kind: &'static str,
    pub source: &'static str,
    pub as_of: String,
    pub text: String,
}

impl File {
    pub fn new(kind: &'static str, text: impl Into<String>) -> Self {
        Self { kind, source: "tickets", as_of: AS_OF.to_owned(), text: text.into() }
    }

    /// Writes it under a name of its own.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number}.csv", self.kind));
        fs::write(&path, &self.text).unwrap();
        path
    }
}

/// What a person said about email, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, on a signed form.
    Yes,
    /// No, to the whole institution.
    No,
    /// Nobody asked.
    Unset,
}

/// One contact of the file.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub email: Option<String>,
    pub answer: Answer,
    pub born: &'static str,
    pub known_since: &'static str,
}

impl Person {
    /// Somebody who said yes and is reached at `<id>@planted.example`.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let email = Some(address(&id));
        Self { id, email, answer: Answer::Yes, born: "1980-05-17", known_since: "2025-06-01" }
    }

    /// Somebody for whom the sink plays `script` (`perm`, `tempfail`, `slow-8`, …).
    pub fn scripted(script: &str, number: usize) -> Self {
        Self::new(format!("{script}-{number}"))
    }

    pub fn answering(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    pub fn at(self, email: &str) -> Self {
        Self { email: Some(email.to_owned()), ..self }
    }

    pub fn without_address(self) -> Self {
        Self { email: None, ..self }
    }

    pub fn born(self, born: &'static str) -> Self {
        Self { born, ..self }
    }

    pub fn known_since(self, known_since: &'static str) -> Self {
        Self { known_since, ..self }
    }
}

/// Where a person of this id is reached.
pub fn address(id: &str) -> String {
    format!("{id}@planted.example")
}

/// Two organisations, their wordings, a box office, a record and an evening. Import them first.
pub fn house() -> Vec<File> {
    vec![
        File::new("organisations", "external_id,name\nOPERA,Opéra des Masques\nCLUB,Club des Masques\n"),
        File::new(
            "wordings",
            "external_id,text,channels,valid_months,language\n\
             NEWS,\"Yes, send me the programme by email.\",email,24,en\n\
             SALE,\"We write to customers about similar offers. Tick to refuse.\",email,,en\n",
        ),
        File::new(
            "collection_points",
            "external_id,name,organisation,kind,policy_url,notice_version\n\
             DESK,Box office,,counter,https://masques.example/privacy,2025-01\n",
        ),
        File::new(
            "products",
            "external_id,organisation,name,category,valid_on,state\n\
             RECORD,CLUB,Record,record,,\nGALA,OPERA,Gala,opera,2026-04-11,scheduled\n",
        ),
    ]
}

/// The contacts and their answers.
pub fn people(people: &[Person]) -> Vec<File> {
    let mut contacts = String::from(
        "external_id,kind,roles,first_name,last_name,birth_date,language,email,postal_code,city,country,created_on\n",
    );
    let mut answers = String::from(
        "contact,organisation,topic,channel,answer,happened_at,wording,collection_point,form_id\n",
    );
    for Person { id, email, answer, born, known_since } in people {
        let email = email.as_deref().unwrap_or_default();
        contacts.push_str(&format!(
            "{id},individual,customer,Zébulon,Plantagenet-{id},{born},fr,{email},75011,Paris,FR,{known_since}\n"
        ));
        match answer {
            Answer::Yes => {
                answers.push_str(&format!("{id},,,email,yes,2025-09-01T12:00:00+02:00,NEWS,DESK,F-{id}\n"));
            }
            Answer::No => answers.push_str(&format!("{id},,,email,no,,,,\n")),
            Answer::Unset => {}
        }
    }
    vec![File::new("contacts", contacts), File::new("authorisations", answers)]
}

/// The house and these people.
pub fn house_of(persons: &[Person]) -> Vec<File> {
    [house(), people(persons)].concat()
}
