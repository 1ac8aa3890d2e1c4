//! What an operator of the invented province would hand the gateway as files.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;
use lienthong_core::calendar::WorkCalendar;
use lienthong_core::observation::Window;

use super::kinds::KINDS;
use super::life::Life;
use super::{InventError, Province, YEAR, offices};

/// Version of the invented files.
const VERSION: &str = "gia-lap-1";

/// Dossiers of a service of which the gateway sees so many in a hundred.
const COVERED: [(u16, u64); 3] = [(3, 96), (10, 100), (17, 20)];

/// Days of the window in which a province looks at its services each day.
const LAST_DAYS: i64 = 30;

/// How many days after the year a result may still be due.
const DUE_LATER: i64 = 60;

/// The years that the invented dossiers need and `calendar` does not know, as if somebody had
/// announced them: in an invented province no holiday can be wrong.
#[must_use]
pub fn calendar_file(calendar: &WorkCalendar, today: Date) -> String {
    let later = |days: i64| today.checked_add(days.days()).unwrap_or(today);
    let years = later(-YEAR).year()..=later(DUE_LATER).year();
    let known = |year: &i16| calendar.years().any(|it| it == *year);
    let mut text = format!("version = \"{VERSION}\"\n");
    for year in years.filter(|year| !known(year)) {
        let _ = write!(
            text,
            "\n[[year]]\nyear = {year}\nannounced = true\nsource = \"giả lập\"\n\
             certainty = \"seen\"\n"
        );
    }
    text
}

impl Province<'_> {
    /// Test codes of the services whose code is not known, to lie over the shipped list.
    #[must_use]
    pub fn list_file(&self) -> String {
        let mut text = format!("version = \"{VERSION}\"\n");
        for kind in KINDS.iter().filter(|kind| kind.is_invented()) {
            let (number, code) = (kind.number, kind.code);
            let _ = write!(
                text,
                "\n[[service]]\nnumber = {number}\ncodes = [{{ code = \"{code}\", role = \"main\", \
                 certainty = \"unverified\", note = \"mã thử nghiệm, không có thật\" }}]\n"
            );
        }
        text
    }

    /// The commune that closes within the invented year, and one of which that is not verified.
    #[must_use]
    pub fn agencies_file(&self) -> String {
        let (code, successor) = (offices::CLOSED, offices::SUCCESSOR);
        let (last, doubtful) = (self.moments.unit_ends, offices::DOUBTFUL);
        let entry = |code: &str, certainty: &str| {
            format!(
                "\n[[agency]]\ncode = \"{code}\"\nname = \"Xã giả lập\"\nlast_day = \"{last}\"\n\
                 successor = \"{successor}\"\nsource = \"giả lập\"\ncertainty = \"{certainty}\"\n"
            )
        };
        let entries = [entry(code, "seen"), entry(doubtful, "unverified")].concat();
        format!("version = \"{VERSION}\"\n{entries}")
    }

    /// How many dossiers some services had in each calendar month of the year, of which the
    /// gateway saw a part: months add up to every longer window that begins and ends with one.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn totals_file(&self) -> Result<String, InventError> {
        let windows = self.months()?;
        let mut seen = COVERED.map(|_| vec![0_u64; windows.len()]);
        for life in self.lives() {
            let life = life?;
            let covered = COVERED.iter().zip(&mut seen);
            for (_, seen) in covered.filter(|((number, _), _)| *number == life.kind.number) {
                for (window, seen) in windows.iter().zip(seen.iter_mut()) {
                    *seen += u64::from(came_in(&life, *window));
                }
            }
        }
        let mut text = String::new();
        for ((number, percent), seen) in COVERED.iter().zip(seen) {
            for (window, seen) in windows.iter().zip(seen) {
                let (first, last) = (window.first(), window.last());
                let all = seen * 100 / percent;
                let _ = write!(
                    text,
                    "[[total]]\nservice = {number}\nfirst_day = \"{first}\"\nlast_day = \"{last}\"\n\
                     dossiers = {all}\nsource = \"số liệu giả lập\"\n\n"
                );
            }
        }
        Ok(text)
    }

    /// The calendar months of the year, the first and the last as far as they are in it, and
    /// one of them in two parts, so that the last 30 days can be added up as well.
    fn months(&self) -> Result<Vec<Window>, InventError> {
        let (mut first, end) = (self.window.first(), self.window.last());
        let before = end.checked_sub(LAST_DAYS.days());
        let before = before.map_err(|_| InventError::NoDay)?;
        let mut months = Vec::new();
        while first <= end {
            let mut last = first.last_of_month().min(end);
            if (first..last).contains(&before) {
                last = before;
            }
            let month = Window::new(first, last).map_err(|_| InventError::NoDay)?;
            months.push(month);
            first = last.tomorrow().map_err(|_| InventError::NoDay)?;
        }
        Ok(months)
    }
}

fn came_in(life: &Life, window: Window) -> bool {
    window.begins() <= life.received && life.received < window.ends()
}
