//! The message templates that come with the program, each with the values that show it.

use serde::Deserialize;

use crate::{EmailContent, RecipientContext};

/// A content and a recipient to render it for.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The folder under `templates/email`.
    pub name: &'static str,
    /// What a marketer would start from.
    pub content: EmailContent,
    /// Made-up values.
    pub recipient: RecipientContext,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    from_name: String,
    reply_to: String,
    preheader: Option<String>,
    recipient: RecipientContext,
}

macro_rules! sample {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../templates/email/", $name, "/subject.hbs")),
            include_str!(concat!("../../../templates/email/", $name, "/text.hbs")),
            include_str!(concat!("../../../templates/email/", $name, "/html.hbs")),
            include_str!(concat!("../../../templates/email/", $name, "/sample.json")),
        )
    };
}

const EMAILS: &[(&str, &str, &str, &str, &str)] = &[sample!("season_news")];

/// Every email template that comes with the program.
///
/// # Errors
/// When a `sample.json` is not of the right shape; a test makes sure that none is.
pub fn emails() -> Result<Vec<Sample>, serde_json::Error> {
    let read = |(name, subject, text, html, values): &(&'static str, &str, &str, &str, &str)| {
        let values: Values = serde_json::from_str(values)?;
        let content = EmailContent {
            subject: (*subject).to_owned(),
            preheader: values.preheader,
            text: (*text).to_owned(),
            html: (*html).to_owned(),
            from_name: values.from_name,
            reply_to: values.reply_to,
        };
        Ok(Sample { name, content, recipient: values.recipient })
    };
    EMAILS.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::CompiledContent;

    #[test]
    fn every_email_template_compiles_and_renders_with_its_sample() {
        for sample in emails().unwrap() {
            let compiled = CompiledContent::compile(&sample.content)
                .unwrap_or_else(|findings| panic!("{}: {findings:?}", sample.name));
            assert!(
                compiled.links().len() >= 3,
                "{} has too few links to tell a person from a scanner",
                sample.name
            );
            let rendered =
                compiled.render(&sample.recipient, &|no| format!("https://t.example/{no}")).unwrap();
            assert!(!rendered.text.contains("{{") && !rendered.html.contains("{{"), "{}", sample.name);
            for no in compiled.links().iter().map(|link| link.no) {
                let address = format!("https://t.example/{no}");
                assert!(
                    rendered.text.contains(&address) && rendered.html.contains(&address),
                    "{}: {no}",
                    sample.name
                );
            }
            assert!(rendered.text.contains(&sample.recipient.unsubscribe_url), "{}", sample.name);
        }
    }

    #[test]
    fn every_folder_of_templates_is_in_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/email");
        let mut folders: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        folders.sort();
        assert_eq!(folders, emails().unwrap().iter().map(|sample| sample.name).collect::<Vec<_>>());
    }
}
