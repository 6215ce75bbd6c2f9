//! How far a job has come, in one line. Pure: the clock is a parameter.

use std::time::Duration;

use crate::account::bill::Bill;
use crate::account::money::Picodollars;

/// How wide the bar is, at most and at least.
const WIDEST_BAR: usize = 20;
const NARROWEST_BAR: usize = 5;

#[derive(Clone, Debug)]
pub struct Tally {
    pub requests: u64,
    /// The most that all of them can cost.
    pub worst: Option<Picodollars>,
    /// Answered before, and taken over.
    pub kept: u64,
    pub answered: u64,
    pub failed: u64,
    prompt_tokens: u64,
    reply_tokens: u64,
    pub cost: Picodollars,
    /// Every bill is the server's.
    exact: bool,
}

impl Tally {
    pub fn new(requests: u64, worst: Option<Picodollars>) -> Self {
        Self {
            requests,
            worst,
            kept: 0,
            answered: 0,
            failed: 0,
            prompt_tokens: 0,
            reply_tokens: 0,
            cost: Picodollars::ZERO,
            exact: true,
        }
    }

    pub fn bill(&mut self, bill: &Bill) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(bill.usage.prompt);
        self.reply_tokens = self.reply_tokens.saturating_add(bill.usage.reply);
        self.cost = self.cost.plus(bill.cost);
        self.exact &= bill.exact;
    }

    fn done(&self) -> u64 {
        self.kept + self.answered + self.failed
    }

    /// Records that nothing was sent for.
    pub fn left(&self) -> u64 {
        self.requests.saturating_sub(self.done())
    }

    /// For a terminal: `[#####...............] 25 of 100 done, ...`. In a narrow one the bar goes
    /// first, then words; how far it has come, what failed, the money and the time stay.
    pub fn bar(&self, elapsed: Duration, width: usize) -> String {
        let line = self.line(elapsed);
        let room = width.saturating_sub(line.len() + "[] ".len()).min(WIDEST_BAR);
        if room >= NARROWEST_BAR {
            return format!("[{}] {line}", self.marks(room));
        }
        let shorter = [line, self.words(elapsed), self.figures(elapsed), self.least(elapsed)];
        let [.., least] = &shorter;
        let fits = shorter.iter().find(|line| line.len() <= width).unwrap_or(least);
        fits.chars().take(width).collect()
    }

    fn marks(&self, width: usize) -> String {
        let done = u128::from(self.done()) * width as u128;
        let full = done.checked_div(u128::from(self.requests));
        let full = full.map_or(width, |full| usize::try_from(full).unwrap_or(width)).min(width);
        "#".repeat(full) + &".".repeat(width - full)
    }

    /// `25 of 100 done, 1 failed, 900 tokens, $0.001200 of at most $0.120000, 3 min 20 s left`.
    pub fn line(&self, elapsed: Duration) -> String {
        let tokens = self.prompt_tokens.saturating_add(self.reply_tokens);
        self.told(elapsed, &format!(", {} failed, {tokens} tokens", self.failed))
    }

    /// The same without what goes without saying.
    fn words(&self, elapsed: Duration) -> String {
        self.told(elapsed, &self.failed(", "))
    }

    fn told(&self, elapsed: Duration, middle: &str) -> String {
        let Self { requests, cost, .. } = self;
        let worst = self.worst.map(|worst| format!(" of at most ${worst}")).unwrap_or_default();
        let left = self.seconds_left(elapsed).map(|left| format!(", {} left", in_words(left)));
        let left = left.unwrap_or_default();
        let (done, about) = (self.done(), self.about());
        format!("{done} of {requests} done{middle}, {about}${cost}{worst}{left}")
    }

    /// `25/100, 1 failed, $0.001200/$0.120000, 3m20s`.
    fn figures(&self, elapsed: Duration) -> String {
        let worst = self.worst.map(|worst| format!("/${worst}")).unwrap_or_default();
        let money = format!(", {}${}{worst}", self.about(), self.cost);
        let left = self.seconds_left(elapsed).map(|left| format!(", {}", in_letters(left)));
        let (done, failed) = (self.done(), self.failed(", "));
        format!("{done}/{}{failed}{money}{}", self.requests, left.unwrap_or_default())
    }

    /// `25/100 1 failed $0.01/$0.12 3m20s`.
    fn least(&self, elapsed: Duration) -> String {
        let worst = self.worst.map(|worst| format!("/${}", in_cents(worst))).unwrap_or_default();
        let money = format!(" {}${}{worst}", self.about(), in_cents(self.cost));
        let left = self.seconds_left(elapsed).map(|left| format!(" {}", in_letters(left)));
        let (done, failed) = (self.done(), self.failed(" "));
        format!("{done}/{}{failed}{money}{}", self.requests, left.unwrap_or_default())
    }

    fn failed(&self, before: &str) -> String {
        match self.failed {
            0 => String::new(),
            failed => format!("{before}{failed} failed"),
        }
    }

    /// `99 answered, 1 failed; 900 prompt + 700 reply tokens, $0.001200`.
    pub fn summary(&self) -> String {
        let Self { prompt_tokens, reply_tokens, .. } = self;
        let about = self.about();
        let kept = match self.kept {
            0 => String::new(),
            kept => format!("{kept} answered before, "),
        };
        format!(
            "{kept}{} answered, {} failed; {about}{prompt_tokens} prompt + {about}{reply_tokens} \
             reply tokens, {about}${}",
            self.answered, self.failed, self.cost
        )
    }

    fn about(&self) -> &'static str {
        if self.exact { "" } else { "~" }
    }

    /// As long again, for each record that is left, as it took for each that was asked.
    fn seconds_left(&self, elapsed: Duration) -> Option<u128> {
        let asked = u128::from(self.answered + self.failed);
        let all = elapsed.as_millis().saturating_mul(u128::from(self.left()));
        (asked > 0).then(|| all.div_ceil(asked * 1000))
    }
}

fn in_words(seconds: u128) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

fn in_letters(seconds: u128) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{}s", seconds / 60, seconds % 60),
        _ => format!("{}h{}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// Rounded up once.
fn in_cents(money: Picodollars) -> String {
    let cents = money.0.div_ceil(10_000_000_000);
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Picodollars, Tally};

    fn tally(answered: u64, failed: u64, requests: u64) -> Tally {
        let worst = Some(Picodollars(120_000_000_000));
        let cost = Picodollars(1_200_000_000);
        let (prompt_tokens, reply_tokens) = (900, 0);
        let new = Tally::new(requests, worst);
        Tally { answered, failed, prompt_tokens, reply_tokens, cost, ..new }
    }

    #[test]
    fn the_line_shrinks_with_the_window() {
        let elapsed = Duration::from_secs(50);
        let check = |width, tally: &Tally, expected: &str| {
            let bar = tally.bar(elapsed, width);
            assert_eq!(bar, expected, "{width}");
            assert!(bar.len() <= width, "{width}");
        };
        let tally = tally(24, 1, 100);
        let line = "25 of 100 done, 1 failed, 900 tokens, $0.001200 of at most $0.120000, \
                    2 min 30 s left";
        check(108, &tally, &format!("[#####...............] {line}"));
        check(93, &tally, &format!("[#....] {line}"));
        check(92, &tally, line);
        let words = "25 of 100 done, 1 failed, $0.001200 of at most $0.120000, 2 min 30 s left";
        check(79, &tally, words);
        check(59, &tally, "25/100, 1 failed, $0.001200/$0.120000, 2m30s");
        check(39, &tally, "25/100 1 failed $0.01/$0.12 2m30s");
        check(10, &tally, "25/100 1 f");
    }

    #[test]
    fn the_time_left_is_not_rounded_away() {
        for (answered, requests, millis, seconds) in [
            (0, 100, 500, None),
            (76_000, 100_000, 38_000, Some(12)),
            (99_999, 100_000, 50_000, Some(1)),
            (100, 100, 500, Some(0)),
        ] {
            let left = tally(answered, 0, requests).seconds_left(Duration::from_millis(millis));
            assert_eq!(left, seconds, "{answered} of {requests}");
        }
    }
}
