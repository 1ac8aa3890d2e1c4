//! How cells look: dark on white, and nothing told by colour alone.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The formats of a workbook.
#[derive(Debug)]
pub(super) struct Styles {
    /// Title of the report.
    pub(super) title: Format,
    /// Heading of a table.
    pub(super) heading: Format,
    /// A line under the title.
    pub(super) note: Format,
    /// Name before a value on the sheet about the report.
    pub(super) label: Format,
    /// Value on the sheet about the report.
    pub(super) fact: Format,
    /// Head of a column.
    pub(super) head: Format,
    /// A text.
    pub(super) text: Format,
    /// A text that begins like a formula.
    pub(super) guarded: Format,
    /// A code, a day: in the middle.
    pub(super) code: Format,
    /// A count.
    pub(super) count: Format,
    /// A share.
    pub(super) percent: Format,
    /// A text in a column of numbers.
    pub(super) right: Format,
    /// A day.
    pub(super) day: Format,
    /// A moment.
    pub(super) moment: Format,
    /// A verdict.
    pub(super) verdict: Format,
    /// The verdict that asks for something to be done.
    pub(super) alarm: Format,
}

/// The font in whose digits widths of columns are told: one that, or a font with its
/// measures, is on every machine.
pub(super) fn measured() -> Format {
    Format::new().set_font_name("Arial").set_font_size(10)
}

impl Styles {
    /// The formats.
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name("Arial").set_font_size(9);
        let body = plain
            .clone()
            .set_align(FormatAlign::Top)
            .set_text_wrap()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x8C_8C_8C));
        let middle = body.clone().set_align(FormatAlign::Center);
        let right = body.clone().set_align(FormatAlign::Right);
        Self {
            title: plain.clone().set_bold().set_font_size(14),
            heading: plain.clone().set_bold().set_font_size(12),
            note: plain
                .clone()
                .set_font_color(Color::RGB(0x33_33_33))
                .set_align(FormatAlign::Top)
                .set_text_wrap(),
            label: body.clone().set_bold(),
            fact: body.clone().set_align(FormatAlign::Left),
            head: body
                .clone()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0xE7_EC_F3)),
            guarded: body.clone().set_quote_prefix(),
            code: middle.clone(),
            count: right.clone().set_num_format("#,##0"),
            percent: right.clone().set_num_format("0.00%"),
            day: middle.clone().set_num_format("dd/mm/yyyy"),
            moment: middle.clone().set_num_format("dd/mm/yyyy hh:mm"),
            verdict: middle.clone(),
            alarm: middle
                .set_bold()
                .set_font_color(Color::RGB(0x9C_00_06))
                .set_background_color(Color::RGB(0xFD_E9_E7)),
            right,
            text: body,
        }
    }

    /// The format of a value with its own number format.
    pub(super) fn value(&self, format: &str) -> Format {
        self.right.clone().set_num_format(format)
    }
}
