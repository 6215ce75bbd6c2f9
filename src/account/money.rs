//! Money as whole picodollars. The only way in is exact decimal text, the only way out is dollars
//! rounded up to six decimals; no float comes near it, and every sum saturates instead of wrapping.

use std::fmt;
use std::iter::Sum;

/// A millionth of a millionth of a dollar: every published rate is a whole number of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Picodollars(pub u128);

/// Why a text is no sum of money. `Display` names the text and says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoneyError {
    NotANumber(String),
    Negative(String),
    TooFine(String),
    TooLarge(String),
}

impl Picodollars {
    pub const ZERO: Self = Self(0);
    pub const DOLLAR: Self = Self(1_000_000_000_000);
    /// A million million dollars: more is a slip of the finger.
    const MOST: Self = Self(Self::DOLLAR.0 * 1_000_000_000_000);

    /// Exact dollars: `5`, `0.002`, `.5`, `1e-7`.
    pub fn from_dollars(text: &str) -> Result<Self, MoneyError> {
        Self::from_dollars_per(text, 0)
    }

    /// Dollars for `10^zeros` of something, as picodollars for one of it.
    pub fn from_dollars_per(text: &str, zeros: i32) -> Result<Self, MoneyError> {
        let number = text.strip_prefix('-');
        let decimal = Decimal::read(number.unwrap_or(text))
            .ok_or_else(|| MoneyError::NotANumber(text.to_owned()))?;
        if number.is_some() {
            return Err(MoneyError::Negative(text.to_owned()));
        }
        decimal.picodollars(zeros).map_err(|error| match error {
            OutOfRange::Fine => MoneyError::TooFine(text.to_owned()),
            OutOfRange::Large => MoneyError::TooLarge(text.to_owned()),
        })
    }

    /// Dollars that somebody published as a float: of its digits 15 mean something, the rest is
    /// the noise of binary (`1.2500000000000002e-07`). What is left is rounded up.
    pub fn from_published_float(text: &str) -> Result<Self, MoneyError> {
        match Self::from_dollars(text) {
            Err(MoneyError::TooFine(_)) => {}
            done => return done,
        }
        let decimal = Decimal::read(text).ok_or_else(|| MoneyError::NotANumber(text.to_owned()))?;
        decimal
            .rounded(15)
            .picodollars_rounded_up()
            .ok_or_else(|| MoneyError::TooLarge(text.to_owned()))
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count as u128))
    }

    /// Dollars to the last picodollar, without the sign: `0.00005`.
    pub fn exact(self) -> String {
        let digits = format!("{}.{:012}", self.0 / Self::DOLLAR.0, self.0 % Self::DOLLAR.0);
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl Sum for Picodollars {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::ZERO, Self::plus)
    }
}

/// Dollars without the sign, rounded up once, six decimals: `0.006050`.
impl fmt::Display for Picodollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millionths = self.0.div_ceil(1_000_000);
        f.pad(&format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber(text) => write!(f, "'{text}' is no sum of dollars; write 5 or 0.002"),
            Self::Negative(text) => write!(f, "'{text}' is negative; write a sum of 0 or more"),
            Self::TooFine(text) => write!(
                f,
                "'{text}' is finer than a picodollar; write at most 12 decimals of a dollar"
            ),
            Self::TooLarge(text) => {
                write!(f, "'{text}' is more than a million million dollars; write a smaller sum")
            }
        }
    }
}

impl std::error::Error for MoneyError {}

/// `digits * 10^exponent`, without trailing zeros.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u128,
    exponent: i32,
}

enum OutOfRange {
    Fine,
    Large,
}

impl Decimal {
    /// Digits with at most one point among them, and perhaps an exponent. More digits than any
    /// price has (38) are no number to us.
    fn read(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, read_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let mut digits: u128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| u128::from(byte - b'0'))?;
            digits = digits.checked_mul(10)?.checked_add(digit)?;
        }
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self { digits, exponent: exponent - places })
    }

    fn picodollars(self, zeros: i32) -> Result<Picodollars, OutOfRange> {
        if self.digits == 0 {
            return Ok(Picodollars::ZERO);
        }
        let shift = self.exponent + 12 - zeros;
        let power = 10u128.checked_pow(shift.unsigned_abs());
        if shift < 0 {
            return match power {
                Some(power) if self.digits.is_multiple_of(power) => {
                    Ok(Picodollars(self.digits / power))
                }
                _ => Err(OutOfRange::Fine),
            };
        }
        power
            .and_then(|power| self.digits.checked_mul(power))
            .map(Picodollars)
            .filter(|sum| *sum <= Picodollars::MOST)
            .ok_or(OutOfRange::Large)
    }

    /// The nearest number of so many significant digits.
    fn rounded(mut self, significant: u32) -> Self {
        let most = 10u128.pow(significant);
        while self.digits >= most * 10 {
            self = Self { digits: self.digits / 10, exponent: self.exponent + 1 };
        }
        if self.digits >= most {
            self = Self { digits: (self.digits + 5) / 10, exponent: self.exponent + 1 };
        }
        self
    }

    fn picodollars_rounded_up(self) -> Option<Picodollars> {
        match self.picodollars(0) {
            Ok(sum) => Some(sum),
            Err(OutOfRange::Large) => None,
            Err(OutOfRange::Fine) => Some(Picodollars(
                10u128
                    .checked_pow((self.exponent + 12).unsigned_abs())
                    .map_or(1, |power| self.digits.div_ceil(power)),
            )),
        }
    }
}

/// A number of at most three digits with a sign: no more than a float can have.
fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, picodollars: u128) {
        assert_eq!(Picodollars::from_dollars(text), Ok(Picodollars(picodollars)));
    }

    #[test]
    fn dollars_are_read_exactly() {
        check("5", 5_000_000_000_000);
        check("0", 0);
        check("0.002", 2_000_000_000);
        check(".5", 500_000_000_000);
        check("5.", 5_000_000_000_000);
        check("1e-7", 100_000);
        check("4E-07", 400_000);
        check("1.5625e-05", 15_625_000);
        check("6.3e-07", 630_000);
        check("0.000000000001", 1);
        check("0.0020000000000000000000000000000000000000", 2_000_000_000);
        check("1e+2", 100_000_000_000_000);
        check("0e-999", 0);
        check("1000000000000", Picodollars::MOST.0);
    }

    #[test]
    fn what_is_no_sum_of_dollars_is_refused() {
        let not = |text: &str| {
            assert_eq!(
                Picodollars::from_dollars(text),
                Err(MoneyError::NotANumber(text.to_owned()))
            );
        };
        for text in ["", ".", "e5", "nan", "NaN", "inf", "+5", "--5", "5 ", " 5", "$5", "5,0"] {
            not(text);
        }
        for text in ["1_000", "1.2.3", "1e", "1e-", "1e5e5", "1e1000", "0x5", "٥", "5/day"] {
            not(text);
        }
        not(&"9".repeat(60));
        let check = |text: &str, error: fn(String) -> MoneyError| {
            assert_eq!(Picodollars::from_dollars(text), Err(error(text.to_owned())));
        };
        check("-1", MoneyError::Negative);
        check("-0", MoneyError::Negative);
        check("-nan", MoneyError::NotANumber);
        check("0.0000000000001", MoneyError::TooFine);
        check("1e-999", MoneyError::TooFine);
        check("1000000000000.01", MoneyError::TooLarge);
        check("1e999", MoneyError::TooLarge);
    }

    #[test]
    fn printed_dollars_are_rounded_up_once() {
        let check = |picodollars: u128, text: &str| {
            assert_eq!(Picodollars(picodollars).to_string(), text);
        };
        check(0, "0.000000");
        check(1, "0.000001");
        check(1_000_000, "0.000001");
        check(1_000_001, "0.000002");
        check(6_050_000_000, "0.006050");
        check(999_999_999_999, "1.000000");
        check(12_345_678_000_000, "12.345678");
        check(u128::MAX, "340282366920938463463374607.431769");
    }

    #[test]
    fn a_published_float_loses_the_noise_of_binary() {
        let check = |text: &str, picodollars: u128| {
            assert_eq!(Picodollars::from_published_float(text), Ok(Picodollars(picodollars)));
        };
        check("4e-07", 400_000);
        check("1.2500000000000002e-07", 125_000);
        check("1.2499999999999999e-07", 125_000);
        check("8.000000000000001e-08", 80_000);
        check("1.59263611e-07", 159_264);
        check("1e-20", 1);
        check("0.000283333333333", 283_333_334);
    }

    #[test]
    fn sums_saturate() {
        let most = Picodollars(u128::MAX);
        assert_eq!(most.plus(Picodollars(1)), most);
        assert_eq!(most.times(2), most);
        assert_eq!([most, most].into_iter().sum::<Picodollars>(), most);
    }
}
