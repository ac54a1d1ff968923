//! Every name and call of a parsed template, held against the lists of what is allowed.
//!
//! The walk reads what the parser produced, because that is what will be rendered.

use handlebars::Template;
use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use serde_json::Value;

use crate::email::{Fault, Part};
use crate::engine::offset;
use crate::variables::{self, Presence, VARIABLES};

/// The faults of `template`, which was parsed from `source`.
pub(crate) fn check(part: Part, source: &str, template: &Template) -> Vec<Fault> {
    let mut walk =
        Walk { part, source, at: 0, items: Vec::new(), known_present: Vec::new(), faults: Vec::new() };
    walk.template(template);
    walk.faults
}

struct Walk<'a> {
    part: Part,
    source: &'a str,
    /// Where the element begins that is being looked at.
    at: usize,
    /// The names that the loops around give to their items.
    items: Vec<&'a str>,
    /// The optional variables that an `{{#if}}` around has found present.
    known_present: Vec<&'a str>,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn template(&mut self, template: &'a Template) {
        for (index, element) in template.elements.iter().enumerate() {
            // The parser gives no place to what follows `else` in the same tag: that counts as part of its block.
            let place = template.mapping.get(index);
            let at = place.map_or(self.at, |place| offset(self.source, place.0, place.1));
            let around = std::mem::replace(&mut self.at, at);
            let verdict = match element {
                TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(()),
                TemplateElement::Expression(call) => self.expression(call),
                TemplateElement::HelperBlock(block) => self.block(block),
                TemplateElement::HtmlExpression(_) => {
                    Err("this would switch escaping off; write {{name}}".to_owned())
                }
                TemplateElement::DecoratorExpression(_)
                | TemplateElement::DecoratorBlock(_)
                | TemplateElement::PartialExpression(_)
                | TemplateElement::PartialBlock(_)
                | _ => Err("partials and decorators are not available".to_owned()),
            };
            if let Err(message) = verdict {
                self.faults.push(Fault::new(at, message));
            }
            self.at = around;
        }
    }

    fn expression(&mut self, call: &'a HelperTemplate) -> Result<(), String> {
        let name = call.name.as_name().ok_or("a call inside a call is not available; write {{name}}")?;
        if call.params.is_empty() && call.hash.is_empty() {
            return self.value(name);
        }
        if name != "fallback" {
            return Err(format!(
                "{name} cannot be called here; write {{{{name}}}} or {{{{fallback name \"text\"}}}}"
            ));
        }
        let usage = "write {{fallback name \"text\"}}, with a text in quotation marks that is not empty";
        let [Parameter::Path(_), Parameter::Literal(Value::String(text))] = call.params.as_slice() else {
            return Err(usage.to_owned());
        };
        if text.trim().is_empty() || !call.hash.is_empty() {
            return Err(usage.to_owned());
        }
        if text.contains("://") {
            return Err("a fallback must not hold a link; write the link into the template".to_owned());
        }
        let variable = self.known(call.params[0].as_name().unwrap_or_default())?;
        match variable.presence {
            Presence::Optional => Ok(()),
            Presence::Always | Presence::List | Presence::Unsubscribe => {
                Err(format!("{} needs no fallback; write it as {{{{{0}}}}}", variable.name))
            }
        }
    }

    /// A name on its own, to be written out.
    fn value(&self, name: &str) -> Result<(), String> {
        if self.items.contains(&name) {
            return Ok(());
        }
        let variable = self.known(name)?;
        match variable.presence {
            Presence::Always => Ok(()),
            Presence::Unsubscribe if matches!(self.part, Part::Text | Part::Html) => Ok(()),
            Presence::Unsubscribe => Err(format!("{name} belongs into the text and the html part")),
            Presence::List => Err(format!(
                "{name} is a list; write {{{{#each {name} as |item|}}}}{{{{item}}}}{{{{/each}}}}"
            )),
            Presence::Optional if self.known_present.contains(&name) => Ok(()),
            Presence::Optional => Err(format!(
                "{name} may be missing; write {{{{fallback {name} \"…\"}}}}, or put it inside {{{{#if {name}}}}}"
            )),
        }
    }

    fn block(&mut self, block: &'a HelperTemplate) -> Result<(), String> {
        let name = block.name.as_name().unwrap_or_default();
        let usage = match name {
            "if" | "unless" => format!("write {{{{#{name} variable}}}}"),
            "each" => "write {{#each list as |item|}}".to_owned(),
            _ => return Err(format!("{{{{#{name}}}}} is not available; there are if, unless and each")),
        };
        let [Parameter::Path(_)] = block.params.as_slice() else { return Err(usage) };
        let subject = block.params[0].as_name().unwrap_or_default();
        if !block.hash.is_empty() {
            return Err(usage);
        }
        if name == "each" {
            return self.each(block, subject, &usage);
        }
        if block.block_param.is_some() {
            return Err(usage);
        }
        self.condition(subject)?;
        self.branch(block.template.as_ref(), (name == "if").then_some(subject));
        self.branch(block.inverse.as_ref(), (name == "unless").then_some(subject));
        Ok(())
    }

    fn branch(&mut self, body: Option<&'a Template>, present: Option<&'a str>) {
        let before = self.known_present.len();
        self.known_present.extend(present);
        if let Some(body) = body {
            self.template(body);
        }
        self.known_present.truncate(before);
    }

    fn condition(&self, subject: &str) -> Result<(), String> {
        let in_loop = !self.items.is_empty() && matches!(subject, "@first" | "@last");
        if in_loop || self.items.contains(&subject) { Ok(()) } else { self.known(subject).map(|_| ()) }
    }

    fn each(&mut self, block: &'a HelperTemplate, list: &'a str, usage: &str) -> Result<(), String> {
        let Some(BlockParam::Single(item)) = &block.block_param else { return Err(usage.to_owned()) };
        let item = item.as_name().ok_or(usage)?;
        if self.known(list)?.presence != Presence::List {
            return Err(format!("{list} is not a list; leave the loop out"));
        }
        let taken = VARIABLES.iter().any(|variable| variable.name.split('.').next() == Some(item));
        if taken || item == variables::LINKS || self.items.contains(&item) {
            return Err(format!("the name {item} is already taken; choose another one between the bars"));
        }
        self.items.push(item);
        self.branch(block.template.as_ref(), None);
        self.items.pop();
        self.branch(block.inverse.as_ref(), None);
        Ok(())
    }

    fn known(&self, name: &str) -> Result<&'static variables::Variable, String> {
        variables::find(name).ok_or_else(|| {
            let allowed: Vec<_> =
                VARIABLES.iter().map(|variable| variable.name).chain(self.items.iter().copied()).collect();
            format!("{name} is not a variable; there are {}", allowed.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::parse;

    fn faults(part: Part, source: &str) -> Vec<Fault> {
        check(part, source, &parse(source).unwrap())
    }

    fn only_fault(source: &str) -> String {
        let faults = faults(Part::Text, source);
        assert_eq!(faults.len(), 1, "{source}: {faults:?}");
        faults[0].message.clone()
    }

    #[test]
    fn an_unknown_name_is_found_wherever_it_stands_and_the_allowed_ones_are_listed() {
        for source in [
            "{{contact.firstname}}",
            "{{#if contact.firstname}}{{/if}}",
            "{{#unless contact.firstname}}{{/unless}}",
            "{{#if organisations}}{{contact.firstname}}{{/if}}",
            "{{#if organisations}}{{else}}{{contact.firstname}}{{/if}}",
            "{{#if organisations}}{{else if contact.firstname}}{{/if}}",
            "{{#each contact.firstname as |x|}}{{/each}}",
            "{{#each organisations as |x|}}{{contact.firstname}}{{/each}}",
            "{{fallback contact.firstname \"x\"}}",
        ] {
            let message = only_fault(source);
            assert!(
                message.starts_with("contact.firstname is not a variable; there are contact.first_name, "),
                "{message}"
            );
        }
        let message = only_fault("{{#each organisations as |o|}}{{p}}{{/each}}");
        assert!(message.ends_with(", o"), "{message}");
    }

    #[test]
    fn other_spellings_of_a_path_are_unknown_names() {
        for name in [
            "this.institution.name",
            "./institution.name",
            "../institution.name",
            "@root.institution.name",
            "institution/name",
            "institution.[name]",
            "institution",
            "contact",
            "this",
            "links",
            "links.0",
            "@first",
            "log",
        ] {
            assert!(only_fault(&format!("{{{{{name}}}}}")).contains("is not a variable"), "{name}");
        }
    }

    #[test]
    fn an_optional_value_needs_a_fallback_or_a_test_around_it() {
        let message = only_fault("Dear {{contact.first_name}}");
        assert!(message.contains("{{fallback contact.first_name \"…\"}}"), "{message}");
        for fine in [
            "{{fallback contact.first_name \"there\"}}",
            "{{#if contact.first_name}}{{contact.first_name}}{{/if}}",
            "{{#unless contact.first_name}}x{{else}}{{contact.first_name}}{{/unless}}",
            "{{#if contact.first_name}}{{#if contact.last_name}}{{contact.first_name}}{{contact.last_name}}{{/if}}{{/if}}",
            "{{#if contact.first_name}}a{{else if contact.last_name}}{{contact.last_name}}{{/if}}",
        ] {
            assert_eq!(faults(Part::Text, fine), [], "{fine}");
        }
        for bare in [
            "{{#if contact.first_name}}{{else}}{{contact.first_name}}{{/if}}",
            "{{#unless contact.first_name}}{{contact.first_name}}{{/unless}}",
            "{{#if contact.first_name}}{{/if}}{{contact.first_name}}",
            "{{#if contact.last_name}}{{contact.first_name}}{{/if}}",
        ] {
            assert!(only_fault(bare).contains("may be missing"), "{bare}");
        }
    }

    #[test]
    fn calls_have_one_form() {
        for (source, why) in [
            ("{{fallback contact.first_name}}", "write {{fallback"),
            ("{{fallback contact.first_name \"\"}}", "write {{fallback"),
            ("{{fallback contact.first_name 3}}", "write {{fallback"),
            ("{{fallback contact.first_name \"a\" \"b\"}}", "write {{fallback"),
            ("{{fallback contact.first_name \"a\" b=\"c\"}}", "write {{fallback"),
            ("{{fallback contact.first_name \"http://x\"}}", "must not hold a link"),
            ("{{fallback institution.name \"a\"}}", "needs no fallback"),
            ("{{lookup organisations 0}}", "cannot be called"),
            ("{{log \"x\"}}", "cannot be called"),
            ("{{if organisations \"x\"}}", "cannot be called"),
            ("{{#with contact}}{{/with}}", "is not available"),
            ("{{#if (not organisations)}}{{/if}}", "write {{#if variable}}"),
            ("{{#if contact.email includeZero=true}}{{/if}}", "write {{#if variable}}"),
            ("{{#if true}}{{/if}}", "write {{#if variable}}"),
            ("{{#each organisations}}{{/each}}", "as |item|"),
            ("{{#each organisations as |a b|}}{{/each}}", "as |item|"),
            ("{{#each organisations as |contact|}}{{/each}}", "already taken"),
            (
                "{{#each organisations as |o|}}{{#each organisations as |o|}}{{/each}}{{/each}}",
                "already taken",
            ),
            ("{{#each contact.email as |o|}}{{/each}}", "not a list"),
            ("{{organisations}}", "is a list"),
        ] {
            assert!(only_fault(source).contains(why), "{source}: {}", only_fault(source));
        }
    }

    #[test]
    fn the_unsubscribe_page_is_linked_from_the_bodies_only() {
        assert_eq!(faults(Part::Html, "{{unsubscribe_url}}"), []);
        assert_eq!(faults(Part::Subject, "{{unsubscribe_url}}").len(), 1);
    }

    #[test]
    fn a_fault_in_a_later_line_has_its_place() {
        assert_eq!(faults(Part::Text, "é\n  {{nobody}}")[0].at, 5);
        assert_eq!(faults(Part::Text, "é {{#if organisations}}{{else if nobody}}{{/if}}")[0].at, 3);
    }
}
