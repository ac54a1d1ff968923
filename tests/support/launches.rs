//! Counting, launching, steering and watching campaigns, as a person does.

use serde_json::Value;

use super::campaign::Campaign;
use super::command::Ran;
use super::product::Product;
use super::wait;

/// A launch of one institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    pub institution: String,
    pub occurrence: String,
}

impl Product {
    /// The waterfall that a launch would freeze.
    pub fn count(&self, campaign: &Campaign) -> Value {
        self.about("count", campaign).json()
    }

    /// Launches, confirmed by the number that a count gives, and returns the frozen waterfall.
    pub fn launch(&self, campaign: &Campaign) -> (Launch, Value) {
        let planned = self.count(campaign)["planned"].to_string();
        let launched = self.about_with("launch", campaign, &["--confirm", &planned]).json();
        let occurrence = launched["occurrence"].to_string();
        (Launch { institution: campaign.institution.clone(), occurrence }, launched["waterfall"].clone())
    }

    /// `count`, `launch` or another command about a campaign file, with its answer as JSON.
    pub fn about(&self, command: &str, campaign: &Campaign) -> Ran {
        self.about_with(command, campaign, &[])
    }

    /// The same, and something more is said.
    pub fn about_with(&self, command: &str, campaign: &Campaign, more: &[&str]) -> Ran {
        let path = campaign.write(&self.folder()).display().to_string();
        let arguments = [command, "--institution", &campaign.institution, "--json", &path];
        self.rappel(&[&arguments[..], more].concat())
    }

    /// Why a contact may be contacted, or not.
    pub fn why(&self, institution: &str, contact: &str, more: &[&str]) -> Value {
        let about = ["why", "--institution", institution, "--source", "tickets", "--contact", contact];
        self.rappel(&[&about[..], more].concat()).json()
    }

    /// `pause`, `resume`, `cancel` or `status`.
    pub fn control(&self, command: &str, launch: &Launch) -> Ran {
        self.rappel(&[command, "--institution", &launch.institution, &launch.occurrence])
    }

    /// Where the messages of a launch stand, as people see it.
    pub fn status(&self, launch: &Launch) -> Value {
        self.control("status", launch).json()["messages"].clone()
    }

    /// Waits until every message of every launch is final, and returns the status of one.
    #[track_caller]
    pub fn settled(&self, launch: &Launch) -> Value {
        wait::until("every launch is done", || self.open_launches() == Some(0));
        self.status(launch)
    }

    /// Launches with messages that are not final; `None` while the database is away.
    pub fn open_launches(&self) -> Option<i64> {
        let open = self.owner.try_number("SELECT count(*) FROM launch WHERE state NOT IN (3, 4)")?;
        Some(open - self.caused.paused)
    }
}
