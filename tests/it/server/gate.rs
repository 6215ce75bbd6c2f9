//! Where the scripted server's replies wait until the test lets them pass.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::PATIENCE;

/// A door in the server that the test holds: replies wait at it on a condition, not on time.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<Door>, Condvar)>);

#[derive(Default)]
struct Door {
    open: bool,
    permits: usize,
    arrived: usize,
}

impl Gate {
    pub fn new() -> Gate {
        Gate::default()
    }

    /// Lets everyone pass, now and later.
    pub fn open(&self) {
        self.door().open = true;
        self.0.1.notify_all();
    }

    /// Lets one pass.
    pub fn step(&self) {
        self.door().permits += 1;
        self.0.1.notify_all();
    }

    /// Waits until `count` replies in all have come to the gate.
    #[track_caller]
    pub fn wait_arrived(&self, count: usize) {
        let (door, timeout) = self
            .0
            .1
            .wait_timeout_while(self.door(), PATIENCE, |door| door.arrived < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "{} of {count} came to the gate", door.arrived);
    }

    pub(super) fn pass(&self) {
        let mut door = self.door();
        door.arrived += 1;
        self.0.1.notify_all();
        while !door.open && door.permits == 0 {
            door = self.0.1.wait(door).unwrap_or_else(PoisonError::into_inner);
        }
        if !door.open {
            door.permits -= 1;
        }
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
