//! A request in one piece: its head waits for its body, so that a short one is one packet and one
//! record of TLS, and wakes the server once. The HTTP library writes the two apart.

use std::{mem, time};

use ureq::Error;
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// More than this is not worth the copying.
const MOST: usize = 8 << 10;

/// A timeout is lengthened by at most so small a part of it.
const FINENESS: u128 = 128;

#[derive(Debug)]
pub(super) struct Gather;

impl<In: Transport> Connector<In> for Gather {
    type Out = Gathered<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Gathered<In>>, Error> {
        Ok(chained.map(|inner| Gathered { inner, held: Vec::new(), answered: false }))
    }
}

#[derive(Debug)]
pub(super) struct Gathered<In> {
    inner: In,
    held: Vec<u8>,
    /// Something came since it was last asked whether the connection is open.
    answered: bool,
}

impl<In: Transport> Gathered<In> {
    fn send_held(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut left = self.held.as_slice();
        while !left.is_empty() {
            let output = self.inner.buffers().output();
            let (piece, behind) = left.split_at(left.len().min(output.len()));
            output[..piece.len()].copy_from_slice(piece);
            self.inner.transmit_output(piece.len(), timeout)?;
            left = behind;
        }
        self.held.clear();
        Ok(())
    }
}

impl<In: Transport> Transport for Gathered<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = coarse(timeout);
        if self.held.is_empty() && amount > MOST {
            return self.inner.transmit_output(amount, timeout);
        }
        self.held.extend_from_slice(&self.inner.buffers().output()[..amount]);
        if self.held.len() > MOST { self.send_held(timeout) } else { Ok(()) }
    }

    /// Who waits for an answer has asked all there is to ask.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = coarse(timeout);
        self.send_held(timeout)?;
        self.answered = true;
        self.inner.await_input(timeout)
    }

    /// Asked when the connection is put aside and again when it is taken up. To look takes three
    /// calls of the system, and the second look sees all that the first would.
    fn is_open(&mut self) -> bool {
        let is_put_aside = mem::take(&mut self.answered);
        self.held.is_empty() && (is_put_aside || self.inner.is_open())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// A little longer, the same for all that have about as long: a socket is told its timeout each
/// time that it is another, which takes a call of the system.
fn coarse(timeout: NextTimeout) -> NextTimeout {
    let Duration::Exact(after) = timeout.after else { return timeout };
    let micros = after.as_micros();
    let step = (micros / FINENESS).checked_ilog2().map_or(1, |power| 1 << power);
    let micros = u64::try_from(micros.next_multiple_of(step)).unwrap_or(u64::MAX);
    let after = Duration::Exact(time::Duration::from_micros(micros));
    NextTimeout { after, ..timeout }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    /// Keeps what is written, write by write.
    #[derive(Debug)]
    struct Kept {
        buffers: LazyBuffers,
        written: Vec<Vec<u8>>,
        looks: usize,
    }

    impl Transport for Kept {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
            self.written.push(self.buffers.output()[..amount].to_vec());
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            self.looks += 1;
            true
        }
    }

    /// What leaves, and in pieces of which lengths, before an answer is waited for and then.
    #[track_caller]
    fn check(writes: &[usize], before: &[usize], then: &[usize]) {
        let kept =
            Kept { buffers: LazyBuffers::new(1024, 16 << 10), written: Vec::new(), looks: 0 };
        let mut transport = Gathered { inner: kept, held: Vec::new(), answered: false };
        let timeout = NextTimeout::default();
        let mut all = Vec::new();
        for (number, length) in writes.iter().enumerate() {
            let text = vec![b'a' + u8::try_from(number).unwrap(); *length];
            transport.buffers().output()[..*length].copy_from_slice(&text);
            transport.transmit_output(*length, timeout).unwrap();
            all.extend(text);
        }
        let lengths = |kept: &Kept| kept.written.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(&transport.inner), before, "{writes:?}");
        transport.await_input(timeout).unwrap();
        assert_eq!(lengths(&transport.inner), then, "{writes:?}");
        assert_eq!(transport.inner.written.concat(), all, "{writes:?}");
        for looks in [0, 1, 2] {
            assert!(transport.is_open());
            assert_eq!(transport.inner.looks, looks);
        }
    }

    #[test]
    fn timeouts_are_lengthened_a_little_at_most() {
        for (micros, expected) in [
            (0, 0),
            (1, 1),
            (127, 127),
            (300, 300),
            (301, 302),
            (1_000_000, 1_003_520),
            (599_999_000, 603_979_776),
            (599_800_000, 603_979_776),
        ] {
            let after = Duration::Exact(time::Duration::from_micros(micros));
            let coarse = coarse(NextTimeout { after, ..NextTimeout::default() });
            assert_eq!(coarse.after.as_micros(), expected, "{micros}");
            assert!(expected <= u128::from(micros) * (FINENESS + 1) / FINENESS);
        }
        assert!(coarse(NextTimeout::default()).after.is_not_happening());
    }

    #[test]
    fn what_is_short_leaves_together_and_nothing_stays() {
        check(&[], &[], &[]);
        check(&[200], &[], &[200]);
        check(&[200, 300], &[], &[500]);
        check(&[200, 300, 7], &[], &[507]);
        check(&[200, MOST], &[200 + MOST], &[200 + MOST]);
        check(&[200, MOST, 9], &[200 + MOST], &[200 + MOST, 9]);
        check(&[MOST + 1, 9], &[MOST + 1], &[MOST + 1, 9]);
        check(&[9000, 9000, 10, 10], &[9000, 9000], &[9000, 9000, 20]);
    }
}
