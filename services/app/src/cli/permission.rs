//! Policy, and why.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// The policy of an institution: what it chose within its country's pack.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// What to do with it.
    #[command(subcommand)]
    pub what: PolicyCommand,
}

/// What can be done with a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Every version with who and why, and what the last one comes to under the law of today.
    Show {
        /// Only the version in force on this day (YYYY-MM-DD), under the law of that day.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
    /// Change what is named; the rest stays. Loosening affects new launches only.
    Change(PolicyChangeArgs),
}

/// A new version of a policy.
#[derive(Debug, Args)]
pub struct PolicyChangeArgs {
    /// What an unset answer means for marketing by email: refusals_only, soft_opt_in or explicit.
    #[arg(long)]
    pub unset_email: Option<String>,
    /// The same by text message.
    #[arg(long)]
    pub unset_sms: Option<String>,
    /// The same by voice call.
    #[arg(long)]
    pub unset_phone: Option<String>,
    /// The same by letter.
    #[arg(long)]
    pub unset_post: Option<String>,
    /// The privacy officer's reason for refusals_only on email or sms, its day first: "2026-01-05, ...".
    #[arg(long)]
    pub unset_reason: Option<String>,
    /// Months without activity after which a contact is not kept; the pack's figure or less.
    #[arg(long)]
    pub retention_months: Option<u32>,
    /// Whether links are tracked: unless_refused, only_if_granted or off.
    #[arg(long)]
    pub click_tracking: Option<String>,
    /// The person who changes it.
    #[arg(long)]
    pub by: String,
    /// Why.
    #[arg(long)]
    pub why: String,
}

/// One contact's permission.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// The system that the contact's id belongs to.
    #[arg(long)]
    pub source: String,
    /// The contact's id there.
    #[arg(long)]
    pub contact: String,
    /// email, sms, phone or post.
    #[arg(long, default_value = "email")]
    pub channel: String,
    /// marketing, consent_renewal or contract_notice.
    #[arg(long, default_value = "marketing")]
    pub purpose: String,
    /// In whose name; the whole institution when absent.
    #[arg(long)]
    pub organisation: Option<String>,
    /// About which topic of that scope.
    #[arg(long)]
    pub topic: Option<String>,
    /// As of the end of this day (YYYY-MM-DD), with what was known then; default: now.
    #[arg(long)]
    pub on: Option<NaiveDate>,
    /// The occurrence id that `launch` printed: what that launch decided, and why.
    #[arg(long, conflicts_with_all = ["channel", "purpose", "organisation", "topic", "on"])]
    pub launch: Option<i32>,
}
