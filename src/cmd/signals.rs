//! SIGINT and SIGTERM: told to whoever waits for a reply; otherwise they end the program.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use signal_hook::consts::SIGXFSZ;
pub use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator;
use signal_hook::low_level::raise;
use signal_hook::{SigId, flag};

/// Says whether what it began may take its time.
type Listener = Box<dyn Fn(i32) -> bool + Send>;

/// How long a listener may take to react before the program ends without it: it is stuck, as when
/// nobody reads our output.
const PATIENCE: Duration = Duration::from_secs(3);

/// From its making on, signals are heard.
#[derive(Clone)]
pub struct Signals(Arc<Shared>);

struct Shared {
    /// Nobody listens: a signal ends the program on the spot.
    idle: Arc<AtomicBool>,
    last: AtomicI32,
    listener: Mutex<Option<Listener>>,
    changed: Condvar,
}

impl Signals {
    /// At a terminal an idle program dies of the signal, so that the shell's loop around it stops
    /// as well; elsewhere it exits with the signal's code.
    pub fn watch(at_terminal: bool) -> anyhow::Result<Self> {
        let idle = Arc::new(AtomicBool::new(true));
        // A file that grows over its limit is an error that we tell, like a disk that is full.
        flag::register(SIGXFSZ, Arc::default()).context("signals cannot be watched")?;
        for signal in [SIGINT, SIGTERM] {
            end_when(&idle, signal, at_terminal).context("signals cannot be watched")?;
        }
        let mut heard =
            iterator::Signals::new([SIGINT, SIGTERM]).context("signals cannot be watched")?;
        let (last, listener, changed) = Default::default();
        let signals = Self(Arc::new(Shared { idle, last, listener, changed }));
        let shared = Arc::clone(&signals.0);
        thread::spawn(move || heard.forever().for_each(|signal| shared.pass_on(signal)));
        Ok(signals)
    }

    /// Has `listener` told of every signal. It has to be done with soon.
    pub fn tell(&self, listener: impl Fn(i32) + Send + 'static) {
        self.hear(move |signal| {
            listener(signal);
            false
        });
    }

    /// The same, with a listener that says whether its end may take its time.
    pub fn hear(&self, listener: impl Fn(i32) -> bool + Send + 'static) {
        self.0.last.store(0, Ordering::SeqCst);
        *self.0.lock() = Some(Box::new(listener));
        self.0.idle.store(false, Ordering::SeqCst);
    }

    /// Until [`Signals::rest`], has `before` done before a signal ends the program.
    pub fn prepare_end(&self, before: impl Fn() + Send + 'static) {
        let idle = Arc::clone(&self.0.idle);
        self.tell(move |signal| {
            before();
            idle.store(true, Ordering::SeqCst);
            let _ = raise(signal);
        });
    }

    /// Nobody is told any more, and until [`Signals::rest`] nothing ends the program.
    pub fn hold(&self) {
        *self.0.lock() = None;
        self.0.changed.notify_all();
    }

    /// Signals end the program again.
    pub fn rest(&self) {
        self.0.idle.store(true, Ordering::SeqCst);
    }

    /// Has `work` come to its end before a signal ends the program, unless it is stuck.
    pub fn hold_during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.tell(|_| {});
        let done = work();
        self.hold();
        self.rest();
        if let Some(signal) = self.last() {
            let _ = raise(signal);
        }
        done
    }

    /// The signal that came since somebody listens.
    pub fn last(&self) -> Option<i32> {
        Some(self.0.last.load(Ordering::SeqCst)).filter(|signal| *signal != 0)
    }
}

fn end_when(idle: &Arc<AtomicBool>, signal: i32, at_terminal: bool) -> std::io::Result<SigId> {
    if at_terminal {
        flag::register_conditional_default(signal, Arc::clone(idle))
    } else {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(idle))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Listener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass_on(&self, signal: i32) {
        self.last.store(signal, Ordering::SeqCst);
        let listener = self.lock();
        let Some(tell) = listener.as_ref() else { return };
        if tell(signal) {
            return;
        }
        let (_listener, waited) = self
            .changed
            .wait_timeout_while(listener, PATIENCE, |listener| listener.is_some())
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            self.idle.store(true, Ordering::SeqCst);
            let _ = raise(signal);
        }
    }
}
