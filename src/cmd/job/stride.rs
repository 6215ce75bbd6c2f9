//! How many records a thread takes at a time. What is taken together is booked together, with one
//! sync of the disk: that is worth it where answers come as quickly as the disk. Where they take
//! longer, records are taken one by one, and nothing is booked that is not about to be sent.

use std::time::Duration;

/// Answers to records that are taken together come within about this time.
const TIME: Duration = Duration::from_millis(20);
const MOST: usize = 32;

pub struct Stride {
    length: usize,
    most: usize,
}

impl Stride {
    /// Where nothing is booked together, records are taken one by one.
    pub fn new(books_together: bool) -> Self {
        Self { length: 1, most: if books_together { MOST } else { 1 } }
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// To ask so many records took so long.
    pub fn took(&mut self, count: usize, time: Duration) {
        // What was answered before tells nothing.
        let Some(one) = time.as_nanos().checked_div(count as u128) else { return };
        let fitting = TIME.as_nanos() / one.max(1);
        let longest = self.most.min(self.length * 2);
        self.length = usize::try_from(fitting).unwrap_or(longest).clamp(1, longest);
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, MOST, Stride};

    /// What the strides are where a record takes so many microseconds.
    #[track_caller]
    fn check(micros: &[u64], books_together: bool, expected: &[usize]) {
        let mut stride = Stride::new(books_together);
        let mut lengths = vec![stride.length()];
        for micros in micros {
            let count = stride.length();
            stride.took(count, Duration::from_micros(*micros) * u32::try_from(count).unwrap());
            lengths.push(stride.length());
        }
        assert_eq!(lengths, expected, "{micros:?}");
    }

    #[test]
    fn a_stride_is_as_long_as_answers_are_quick() {
        check(&[50; 7], true, &[1, 2, 4, 8, 16, 32, 32, MOST]);
        check(&[50; 3], false, &[1, 1, 1, 1]);
        check(&[2000; 5], true, &[1, 2, 4, 8, 10, 10]);
        check(&[10_100, 200_000, 20_001], true, &[1, 1, 1, 1]);
        check(&[0, 0, 200_000, 8000, 8000], true, &[1, 2, 4, 1, 2, 2]);
        let mut stride = Stride::new(true);
        stride.took(0, Duration::from_micros(1));
        assert_eq!(stride.length(), 1);
    }
}
