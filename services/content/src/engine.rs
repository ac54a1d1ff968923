//! The template engine with its limits: parsing on a large stack, counted loops, capped output.

use std::cell::Cell;
use std::io::{self, Write};

use handlebars::{
    BlockContext, BlockParamHolder, Context, Handlebars, Helper, HelperDef, HelperResult, Output,
    RenderContext, RenderErrorReason, Renderable, ScopedJson, Template, no_escape,
};

use crate::email::{Fault, Part};

/// Stack of the thread that parses: room for far more than [`crate::scan`] lets through.
const PARSE_STACK: usize = 32 << 20;

/// Turns of all `{{#each}}` of one part together, at most.
pub(crate) const MAX_LOOPS: u32 = 10_000;

/// Why a part could not be rendered. Holds no text of the message and no personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Longer than a part may be.
    #[error("the {part} would be longer than {limit} bytes")]
    TooLong {
        /// Which part.
        part: Part,
        /// What is allowed, in bytes.
        limit: usize,
    },
    /// The lists are too long for the loops over them.
    #[error("the loops of the {part} would turn more than {MAX_LOOPS} times")]
    TooManyLoops {
        /// Which part.
        part: Part,
    },
    /// The engine refused. The check at compile time leaves no known way to come here.
    #[error("the {part} cannot be rendered (line {line}, column {column})")]
    Refused {
        /// Which part.
        part: Part,
        /// Counted from 1; 0 when unknown.
        line: usize,
        /// Counted from 1; 0 when unknown.
        column: usize,
    },
}

/// Parses a source that [`crate::scan::scan`] has passed.
pub(crate) fn parse(source: &str) -> Result<Template, Fault> {
    let parsed = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(PARSE_STACK);
        let parser = thread.spawn_scoped(scope, || Template::compile(source))?;
        parser.join().map_err(|_panic| io::Error::other("the parser gave up"))
    });
    match parsed {
        Err(_) => Err(Fault::new(0, "the template cannot be read; write it in a simpler form")),
        Ok(Err(error)) => {
            let (line, column) = error.pos().unwrap_or((1, 1));
            Err(Fault::new(
                offset(source, line, column),
                format!("the template cannot be read here: {}", error.reason()),
            ))
        }
        Ok(Ok(template)) => Ok(template),
    }
}

/// The byte offset of a place that the parser reports by line and column, both counted from 1.
pub(crate) fn offset(source: &str, line: usize, column: usize) -> usize {
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let inside: usize = source[start..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    start + inside
}

/// The engine for HTML: every value is escaped.
pub(crate) fn html_engine() -> Handlebars<'static> {
    engine()
}

/// The engine for the subject and the text part: values go out as they are.
pub(crate) fn plain_engine() -> Handlebars<'static> {
    let mut engine = engine();
    engine.register_escape_fn(no_escape);
    engine
}

fn engine() -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    for helper in ["with", "lookup", "raw", "log"] {
        engine.unregister_helper(helper);
    }
    engine.register_helper("each", Box::new(CountedEach));
    engine.register_helper("fallback", Box::new(Fallback));
    engine
}

/// Renders one registered template into at most `limit` bytes.
pub(crate) fn render(
    engine: &Handlebars<'_>,
    part: Part,
    name: &str,
    context: &Context,
    limit: usize,
) -> Result<String, RenderError> {
    LOOPS_LEFT.set(MAX_LOOPS);
    let mut out = LimitedWrite { bytes: Vec::with_capacity(limit.min(8 << 10)), limit, full: false };
    let rendered = engine.render_with_context_to_write(name, context, &mut out);
    if out.full {
        return Err(RenderError::TooLong { part, limit });
    }
    if LOOPS_LEFT.get() == 0 {
        return Err(RenderError::TooManyLoops { part });
    }
    let refused = |line, column| RenderError::Refused { part, line, column };
    rendered.map_err(|error| refused(error.line_no.unwrap_or(0), error.column_no.unwrap_or(0)))?;
    String::from_utf8(out.bytes).map_err(|_| refused(0, 0))
}

/// A buffer that refuses to grow beyond its limit, which ends the rendering.
struct LimitedWrite {
    bytes: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for LimitedWrite {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.limit {
            self.full = true;
            return Err(io::Error::other("the output limit is reached"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

thread_local! {
    /// Turns left for the part that this thread renders. A loop without output is stopped by nothing else, and the
    /// engine offers helpers no place of their own to count in.
    static LOOPS_LEFT: Cell<u32> = const { Cell::new(0) };
}

/// `{{#each list as |item|}}`: as the engine's own, but counted, and the names around the loop keep their meaning.
struct CountedEach;

impl HelperDef for CountedEach {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let missing = RenderErrorReason::ParamNotFoundForIndex("each", 0);
        let (Some(body), Some(name)) = (helper.template(), helper.block_param()) else {
            return Err(missing.into());
        };
        let Some(list) = helper.param(0).and_then(|list| list.value().as_array()) else {
            return Err(missing.into());
        };
        if let (true, Some(otherwise)) = (list.is_empty(), helper.inverse()) {
            return otherwise.render(registry, context, render, out);
        }
        let mut block = BlockContext::new();
        if let Some(around) = render.block() {
            block.base_path_mut().clone_from(around.base_path());
        }
        render.push_block(block);
        for (index, item) in list.iter().enumerate() {
            let left = LOOPS_LEFT.get().saturating_sub(1);
            LOOPS_LEFT.set(left);
            if left == 0 {
                return Err(RenderErrorReason::Other("too many turns".into()).into());
            }
            if let Some(block) = render.block_mut() {
                block.set_local_var("first", (index == 0).into());
                block.set_local_var("last", (index + 1 == list.len()).into());
                block.set_block_param(name, BlockParamHolder::value(item.clone()));
            }
            body.render(registry, context, render, out)?;
        }
        render.pop_block();
        Ok(())
    }
}

/// `{{fallback contact.first_name "there"}}`: the value, or else the text.
struct Fallback;

impl HelperDef for Fallback {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, handlebars::RenderError> {
        let value = helper.param(0).filter(|value| !value.value().is_null()).or_else(|| helper.param(1));
        let value = value.ok_or(RenderErrorReason::ParamNotFoundForIndex("fallback", 1))?;
        Ok(ScopedJson::Derived(value.value().clone()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(
        mut engine: Handlebars<'_>,
        source: &str,
        data: serde_json::Value,
        limit: usize,
    ) -> Result<String, RenderError> {
        engine.register_template("t", parse(source).unwrap());
        render(&engine, Part::Html, "t", &Context::from(data), limit)
    }

    #[test]
    fn each_keeps_the_names_around_it_and_knows_first_and_last() {
        let source = "{{#each l as |a|}}{{#unless @first}}, {{/unless}}{{#each l as |b|}}{{a}}{{b}}{{o.n}}{{/each}}{{#if @last}}.{{/if}}{{/each}}";
        let data = json!({"l": ["x", "y"], "o": {"n": "-"}});
        assert_eq!(run(plain_engine(), source, data, 100).unwrap(), "xx-xy-, yx-yy-.");
        assert_eq!(
            run(plain_engine(), "{{#each l as |a|}}a{{else}}none{{/each}}", json!({"l": []}), 9).unwrap(),
            "none"
        );
    }

    #[test]
    fn silent_loops_are_stopped() {
        let source = "{{#each l as |a|}}{{#each l as |b|}}{{#each l as |c|}}{{/each}}{{/each}}{{/each}}";
        let data = json!({ "l": vec!["x"; 200] });
        assert_eq!(
            run(plain_engine(), source, data, 100),
            Err(RenderError::TooManyLoops { part: Part::Html })
        );
    }

    #[test]
    fn output_ends_exactly_at_the_limit() {
        assert_eq!(run(plain_engine(), "1234", json!({}), 4).unwrap(), "1234");
        let too_long = Err(RenderError::TooLong { part: Part::Html, limit: 4 });
        assert_eq!(run(plain_engine(), "12345", json!({}), 4), too_long);
        assert_eq!(run(plain_engine(), "{{x}}", json!({"x": "y".repeat(1 << 20)}), 4), too_long);
    }

    #[test]
    fn fallbacks_are_escaped_like_values() {
        let data = || json!({ "a": null, "b": "<b>" });
        let source = "{{fallback a \"<a>\"}}{{fallback b \"x\"}}";
        assert_eq!(run(html_engine(), source, data(), 100).unwrap(), "&lt;a&gt;&lt;b&gt;");
        assert_eq!(run(plain_engine(), source, data(), 100).unwrap(), "<a><b>");
    }

    #[test]
    fn helpers_with_side_effects_or_free_look_up_are_gone() {
        for source in ["{{log \"x\"}}", "{{lookup l 0}}", "{{#with l}}{{/with}}", "{{#raw}}{{/raw}}"] {
            let refused = run(plain_engine(), source, json!({"l": ["x"]}), 100);
            assert!(matches!(refused, Err(RenderError::Refused { .. })), "{source}: {refused:?}");
        }
    }

    #[test]
    fn a_parse_error_has_its_place() {
        let source = "é\n{{#if}}{{/if}}é{{a b=}}";
        let fault = parse(source).unwrap_err();
        assert!(fault.at > 2 && fault.message.contains("cannot be read here"), "{fault:?}");
    }

    #[test]
    fn offsets_count_characters() {
        assert_eq!(offset("é\nàb", 2, 2), 5);
        assert_eq!(offset("x", 9, 9), 1);
    }
}
