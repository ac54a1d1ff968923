//! A folder into which a box office puts its files, and the mappings that read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use servers::Program;

use super::command::{RAPPEL, Ran, rappel};
use super::files::{File, house};
use super::product::Product;
use super::roles::log_of;
use super::wait;

pub const RUNS: &str = "SELECT count(*) FROM import_run";
pub const CONTACTS: &str = "SELECT count(*) FROM contact";
pub const ON_THE_WAY: &str = "SELECT count(*) FROM watched_file WHERE NOT settled";

pub const HOUSE: &str = "masques";

/// How a box office writes its contacts. The institution has to define the criterion.
pub fn contacts() -> Value {
    json!({
        "kind": "contacts",
        "source": "tickets",
        "files": "contacts-*.csv",
        "encoding": "windows-1252",
        "separator": ";",
        "columns": {
            "Numéro": "external_id",
            "Nom": "last_name",
            "Mél": "email",
            "Genre": {"to": "criterion:genre", "list_separator": ",", "values": {"Opéra": "opera", "Jazz": "jazz"}}
        },
        "constants": {"kind": "individual"},
        "ignore": ["Remarque"]
    })
}

fn orders() -> Value {
    json!({
        "kind": "order_lines",
        "source": "tickets",
        "files": "orders-*.csv",
        "columns": {
            "Ligne": "external_id",
            "Client": "purchaser",
            "Produit": "product",
            "Date": {"to": "ordered_on", "date": "DD/MM/YYYY"},
            "Montant": {"to": "amount", "decimal": ","}
        },
        "constants": {"organisation": "OPERA", "state": "sold", "quantity": "1"}
    })
}

/// A house whose mappings are saved, and the folder into which its box office puts files.
pub struct Inbox<'a> {
    pub product: &'a Product,
    pub folder: PathBuf,
}

impl<'a> Inbox<'a> {
    pub fn of(product: &'a mut Product) -> Self {
        product.settings.more = "[imports]\nlook_every_ms = 20\n".to_owned();
        product.settings.write();
        product.institution(HOUSE);
        product.import(HOUSE, &house());
        let criteria = File::new("criteria", "code,name,type,choices\ngenre,Genre,several_of,opera|jazz\n");
        product.import(HOUSE, &[criteria]);
        let folder = product.folder().join("inbox");
        fs::create_dir(&folder).unwrap();
        let inbox = Self { product, folder };
        inbox.save("contacts", &contacts()).said();
        inbox.save("orders", &orders()).said();
        inbox
    }

    pub fn save(&self, name: &str, mapping: &Value) -> Ran {
        let file = self.product.folder().join(format!("{name}.json"));
        fs::write(&file, mapping.to_string()).unwrap();
        let file = file.display().to_string();
        self.product.rappel(&["mapping", "--institution", HOUSE, "save", name, &file])
    }

    /// Puts a file into the folder, in the box office's encoding.
    pub fn put(&self, name: &str, text: &str) {
        let octets: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1")).collect();
        fs::write(self.folder.join(name), octets).unwrap();
    }

    /// Starts a watcher, and waits until it is ready.
    pub fn watch(&self, log: &str) -> Program {
        let mut arguments = self.arguments();
        arguments.extend(["--settings".to_owned(), self.product.settings.path().display().to_string()]);
        let (folder, path) = (self.product.folder(), log_of(&self.product.folder(), log));
        let program = Program::start(Path::new(RAPPEL), arguments, Vec::new(), &folder, &path).unwrap();
        wait::until("a watcher is ready", || self.log(log).contains("ready: watching"));
        program
    }

    /// What a watcher has said.
    pub fn log(&self, log: &str) -> String {
        fs::read_to_string(log_of(&self.product.folder(), log)).unwrap_or_default()
    }

    /// Asks a watcher to stop, and fails when it does not call that a success.
    pub fn stop(mut watcher: Program) {
        watcher.terminate();
        assert_eq!(watcher.success_within(Duration::from_secs(30)).unwrap(), Some(true));
    }

    /// Puts a file into the folder as it should be done: whole at once.
    pub fn put_whole(&self, name: &str, text: &str) {
        self.put("on-its-way.part", text);
        fs::rename(self.folder.join("on-its-way.part"), self.folder.join(name)).unwrap();
    }

    fn arguments(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        ["import", "--institution", HOUSE, "--mapping", "contacts", "--mapping", "orders", "--watch", &folder]
            .map(str::to_owned)
            .to_vec()
    }

    pub fn once(&self, fail_points: &str) -> Ran {
        let mut arguments = self.arguments();
        arguments.push("--once".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if fail_points.is_empty() {
            return self.product.rappel(&arguments);
        }
        rappel(Some(&self.product.settings.path()), &[("FAILPOINTS", fail_points)], &arguments)
    }

    /// The names in a folder of the inbox, hidden ones too.
    pub fn names(&self, folder: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        entries
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect()
    }

    pub fn report(&self, place: &str) -> Value {
        let path = self.folder.join(format!("{place}.report.json"));
        serde_json::from_str(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{place}: {error}")))
            .unwrap()
    }

    pub fn number(&self, question: &'static str) -> i64 {
        self.product.owner.number(question)
    }
}

pub fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A file of one contact.
pub fn contact(id: &str) -> String {
    format!("Numéro;Nom;Mél;Genre;Remarque\n{id};Plantagenet;{id}@planted.example;Opéra, jazz;x\n")
}
