//! How far a job has come, in one line. Pure: the clock is a parameter.

use std::time::Duration;

use crate::account::bill::Bill;
use crate::account::money::Picodollars;

/// How wide the bar is.
const BAR: u64 = 20;

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

    /// For a terminal: `[#####...............] 25 of 100, ...`.
    pub fn bar(&self, elapsed: Duration) -> String {
        let full = (BAR * self.done()).checked_div(self.requests).unwrap_or(BAR);
        let (full, empty) = ("#".repeat(as_size(full)), ".".repeat(as_size(BAR - full.min(BAR))));
        format!("[{full}{empty}] {}", self.line(elapsed))
    }

    /// `25 of 100 done, 1 failed, 900 tokens, $0.001200 of at most $0.120000, 3 min 20 s left`.
    pub fn line(&self, elapsed: Duration) -> String {
        let tokens = self.prompt_tokens.saturating_add(self.reply_tokens);
        let worst = self.worst.map(|worst| format!(" of at most ${worst}")).unwrap_or_default();
        let left = self.time_left(elapsed).map(|left| format!(", {left} left"));
        format!(
            "{} of {} done, {} failed, {tokens} tokens, {}${}{worst}{}",
            self.done(),
            self.requests,
            self.failed,
            self.about(),
            self.cost,
            left.unwrap_or_default()
        )
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
    fn time_left(&self, elapsed: Duration) -> Option<String> {
        let asked = self.answered + self.failed;
        let each = elapsed.as_millis().checked_div(u128::from(asked))?;
        let left = each.saturating_mul(u128::from(self.left()));
        let seconds = left.div_ceil(1000);
        Some(match seconds {
            0..60 => format!("{seconds} s"),
            60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
            _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        })
    }
}

fn as_size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(0)
}
