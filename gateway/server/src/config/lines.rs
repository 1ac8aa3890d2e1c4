//! The line of a problem, without what must not be shown.
//!
//! A file that does not parse gives no values to hide one by one, so of a line
//! with an error in its syntax nothing after the equals sign is shown.

use std::ops::Range;

use super::problem::Origin;

const HIDDEN: &str = "\"***\"";

/// Bytes of a line, shown as they are or hidden as a whole.
struct Piece<'t> {
    source: Range<usize>,
    text: &'t str,
    hidden: bool,
}

impl Piece<'_> {
    fn width(&self) -> usize {
        if self.hidden {
            HIDDEN.len()
        } else {
            self.text.chars().count()
        }
    }
}

/// The line on which `bytes` begin. The `concealed` bytes, sorted by their
/// start, are hidden.
pub(super) fn shown_line(text: &str, bytes: &Range<usize>, concealed: &[Range<usize>]) -> Origin {
    let line = line_around(text, bytes.start);
    let pieces = pieces(text, &line, concealed, bytes.end);
    let before = |at: usize, hidden_counts: bool| -> usize {
        let width = |piece: &Piece<'_>| {
            if piece.source.end <= at {
                piece.width()
            } else if piece.source.start >= at || (piece.hidden && !hidden_counts) {
                0
            } else if piece.hidden {
                piece.width()
            } else {
                text[piece.source.start..at].chars().count()
            }
        };
        pieces.iter().map(width).sum()
    };
    let start = before(bytes.start, false);
    let end = before(bytes.end.min(line.end), true);
    Origin::Line {
        number: text[..line.start].matches('\n').count() + 1,
        column: start + 1,
        width: end.saturating_sub(start).max(1),
        text: pieces
            .iter()
            .map(|piece| if piece.hidden { HIDDEN } else { piece.text })
            .collect(),
    }
}

/// The line of an error in the syntax.
pub(super) fn unparsed_line(text: &str, at: usize) -> Origin {
    let at = text.floor_char_boundary(at);
    let line = line_around(text, at);
    let whole = &text[line.clone()];
    // Inside a text of several lines, nothing tells a key from a secret.
    let in_long_text = ["\"\"\"", "'''"]
        .iter()
        .any(|quotes| text[..line.end].contains(quotes));
    let is_header = whole.starts_with('[') && !whole.contains(['"', '\'', '=']);
    let shown = match whole.split_once('=') {
        _ if in_long_text => HIDDEN.to_owned(),
        Some((key, _)) => format!("{key}= {HIDDEN}"),
        None if is_header => whole.to_owned(),
        None => HIDDEN.to_owned(),
    };
    let start = text[line.start..at]
        .chars()
        .count()
        .min(shown.chars().count().saturating_sub(1));
    Origin::Line {
        number: text[..line.start].matches('\n').count() + 1,
        column: start + 1,
        width: 1,
        text: shown,
    }
}

fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline);
    start..start + text[start..end].trim_end_matches('\r').len()
}

/// The line in pieces; what comes after `told` may be left out.
fn pieces<'t>(
    text: &'t str,
    line: &Range<usize>,
    concealed: &[Range<usize>],
    told: usize,
) -> Vec<Piece<'t>> {
    let plain = |source: Range<usize>| Piece {
        text: &text[source.clone()],
        source,
        hidden: false,
    };
    let mut pieces = Vec::new();
    let mut at = line.start;
    for hidden in concealed {
        let source = hidden.start.max(at)..hidden.end.min(line.end);
        if !source.is_empty() {
            pieces.push(plain(at..source.start));
            at = source.end;
            pieces.push(Piece {
                text: "",
                source,
                hidden: true,
            });
        }
    }
    // A comment beside a secret often holds an older one.
    let told = at.max(told).min(line.end);
    let comment = text[told..line.end].find('#');
    let end = comment.map_or(line.end, |comment| told + comment);
    let end = at + text[at..end].trim_end().len();
    pieces.push(plain(at..end));
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(origin: Origin) -> (usize, usize, usize, String) {
        match origin {
            Origin::Line {
                number,
                column,
                width,
                text,
            } => (number, column, width, text),
            Origin::Variable(_) | Origin::File => panic!("no line"),
        }
    }

    fn find(text: &str, part: &str) -> Range<usize> {
        let start = text.find(part).unwrap();
        start..start + part.len()
    }

    #[test]
    fn a_line_is_shown_with_what_it_is_about() {
        let text = "[portal]\r\nusername = \"đồng bộ\"\r\nprofile = \"p9\"\r\n";
        let shown = line(shown_line(text, &find(text, "\"p9\""), &[]));
        assert_eq!(shown, (3, 11, 4, "profile = \"p9\"".to_owned()));
        let shown = line(shown_line(text, &find(text, "\"đồng bộ\""), &[]));
        assert_eq!(shown, (2, 12, 9, "username = \"đồng bộ\"".to_owned()));
    }

    #[test]
    fn a_hidden_value_takes_its_comment_with_it_and_moves_what_follows() {
        let text = "a = { password = \"hunter2\", x = 1, key_pass = \"tiger\" } # was lion\n";
        let hidden = [find(text, "\"hunter2\""), find(text, "\"tiger\"")];
        let shown = line(shown_line(text, &find(text, "1"), &hidden));
        let expected = "a = { password = \"***\", x = 1, key_pass = \"***\" }";
        assert_eq!(
            shown,
            (1, find(expected, "1").start + 1, 1, expected.to_owned())
        );
        let shown = line(shown_line(text, &hidden[1], &hidden));
        assert_eq!(
            (shown.1, shown.2),
            (find(expected, "key_pass").start + 12, 5)
        );
    }

    #[test]
    fn a_hidden_text_of_several_lines_is_hidden_on_each() {
        let text = "password = \"\"\"hunter\ntwo\"\"\" # x\nnext = 1\n";
        let hidden = [find(text, "\"\"\"hunter\ntwo\"\"\"")];
        assert_eq!(
            line(shown_line(text, &hidden[0], &hidden)),
            (1, 12, 5, "password = \"***\"".into())
        );
        let second = find(text, "two").start;
        assert_eq!(
            line(shown_line(text, &(second..second), &hidden)).3,
            "\"***\""
        );
        assert_eq!(
            line(shown_line(text, &find(text, "next"), &hidden)).3,
            "next = 1"
        );
    }

    #[test]
    fn a_line_that_does_not_parse_shows_its_key_only() {
        let text = "password = \"hunter2\nx = 1\n[list\n\"hunter2\" \"b\"\n";
        let shown = |part: &str| line(unparsed_line(text, text.find(part).unwrap()));
        assert_eq!(
            shown("hunter2"),
            (1, 13, 1, "password = \"***\"".to_owned())
        );
        assert_eq!(shown("[list").3, "[list");
        assert_eq!(shown("\"b\"").3, "\"***\"");
        let long = "password = \"\"\"\naHVudGVyMg==\n";
        assert_eq!(line(unparsed_line(long, long.len() - 3)).3, "\"***\"");
        assert_eq!(line(unparsed_line("", 0)), (1, 1, 1, "\"***\"".to_owned()));
    }

    proptest! {
        #[test]
        fn whatever_is_hidden_is_in_no_line(
            text in "[a-zđ=#\" \n]{0,40}", from in 0_usize..41, length in 1_usize..9,
            at in 0_usize..41,
        ) {
            let from = text.floor_char_boundary(from.min(text.len()));
            let mut full = text.clone();
            let secret = "S".repeat(length);
            full.insert_str(from, &secret);
            let at = full.floor_char_boundary(at.min(full.len()));
            let hidden = from..from + length;
            let origin = shown_line(&full, &(at..full.len()), &[hidden]);
            prop_assert!(!line(origin).3.contains('S'));
        }
    }
}
