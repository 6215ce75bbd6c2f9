//! Adding rows up. Exact: every sum is wider than a million million of the widest rows.

use super::entry::{Row, State};

/// What a group of rows adds up to. Amounts are picodollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub requests: u64,
    /// What was billed.
    pub spent: u128,
    /// Requests still under way.
    pub reserved: Open,
    /// Requests that died without an answer.
    pub unsettled: Open,
    pub prompt: u128,
    pub cached: u128,
    pub cache_written: u128,
    pub reply: u128,
    pub reasoning: u128,
    /// Of the requests that were answered: what they could have cost, and what they did.
    pub worst_case: u128,
    pub billed: u128,
    /// Of the answered requests whose tokens the server has counted: prompt tokens as estimated and
    /// as billed.
    pub estimated_prompt: u128,
    pub billed_prompt: u128,
}

/// Requests without a bill, and their worst case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    pub requests: u64,
    pub amount: u128,
}

impl Sum {
    pub fn add(&mut self, row: &Row) {
        self.requests += u64::from(row.entry.requests);
        match row.state {
            State::Settled => self.spent += row.amount(),
            State::Reserved => self.reserved.add(row),
            State::Unsettled => self.unsettled.add(row),
        }
        let Some(bill) = row.settlement.bill else { return };
        // What was refused, or never reached a server, says nothing about estimates.
        let Some(usage) = bill.usage else { return };
        if bill.cost == 0 && usage.prompt + usage.reply == 0 {
            return;
        }
        self.prompt += u128::from(usage.prompt);
        self.cached += u128::from(usage.cached);
        self.cache_written += u128::from(usage.cache_written);
        self.reply += u128::from(usage.reply);
        self.reasoning += u128::from(usage.reasoning);
        self.worst_case += row.entry.worst_case;
        self.billed += bill.cost;
        if !usage.counted_here {
            self.estimated_prompt += u128::from(row.entry.prompt_tokens);
            self.billed_prompt += u128::from(usage.prompt);
        }
    }

    /// What a budget counts: billed, or booked at the worst case.
    pub fn booked(&self) -> u128 {
        self.spent + self.reserved.amount + self.unsettled.amount
    }
}

impl Open {
    fn add(&mut self, row: &Row) {
        self.requests += u64::from(row.entry.requests);
        self.amount += row.amount();
    }
}
