//! Prints problems as a compiler would.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin as Source, Renderer, Snippet};

use super::problem::{ConfigProblems, Origin, Problem};

pub(super) fn render(problems: &ConfigProblems) -> String {
    let file = problems.file.display().to_string();
    let renderer = Renderer::plain();
    let mut report = String::new();
    for problem in &problems.problems {
        report.push_str(&renderer.render(&[group(problem, &file)]));
        report.push_str("\n\n");
    }
    let count = problems.problems.len();
    let noun = if count == 1 { "problem" } else { "problems" };
    // Writing to a String cannot fail.
    let _ = write!(report, "{count} {noun} in the configuration {file}");
    report
}

fn group<'p>(problem: &'p Problem, file: &'p str) -> Group<'p> {
    let title = if problem.key.is_empty() {
        problem.message.clone()
    } else {
        format!("`{}` {}", problem.key, problem.message)
    };
    let title = Level::ERROR.primary_title(title);
    let mut group = match &problem.origin {
        Origin::Line {
            number,
            column,
            width,
            text,
        } => {
            let span = byte_range(text, *column, *width);
            title.element(
                Snippet::source(text)
                    .path(file)
                    .line_start(*number)
                    .annotation(AnnotationKind::Primary.span(span)),
            )
        }
        Origin::Variable(name) => {
            title.element(Level::NOTE.message(format!("set by the environment variable {name}")))
        }
        Origin::File => title.element(Source::path(file)),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    group
}

fn byte_range(text: &str, column: usize, width: usize) -> std::ops::Range<usize> {
    let byte_of = |character: usize| {
        text.char_indices()
            .nth(character)
            .map_or(text.len(), |(byte, _)| byte)
    };
    let first = column.saturating_sub(1);
    byte_of(first)..byte_of(first + width)
}
