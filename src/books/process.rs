//! Who waits for an answer: a process, named so that another one can tell later whether it is still
//! there. Nothing but `/proc` is asked; where there is none, the deadline of the row decides.

use std::fs;
use std::sync::OnceLock;

/// This process: where its number means something (the boot and the namespace of process numbers),
/// its number, and its start, since numbers are used again.
pub(super) fn this() -> Option<&'static str> {
    static THIS: OnceLock<Option<String>> = OnceLock::new();
    THIS.get_or_init(|| {
        let (number, start) = look("self")?;
        Some(format!("{} {number} {start}", place()?))
    })
    .as_deref()
}

/// Whether a process, as `this` named it, has ended. `None` if that cannot be told from here: it
/// belongs to another machine, another container or the time before a reboot.
pub(super) fn has_ended(process: &str) -> Option<bool> {
    let mut words = process.rsplitn(3, ' ');
    let (start, number, its_place) = (words.next()?, words.next()?, words.next()?);
    if number.parse::<u32>().is_err() || place()? != its_place {
        return None;
    }
    Some(look(number).is_none_or(|(_, its_start)| its_start != start))
}

fn place() -> Option<&'static str> {
    static PLACE: OnceLock<Option<String>> = OnceLock::new();
    PLACE
        .get_or_init(|| {
            let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
            let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
            Some(format!("{} {}", boot.trim_end(), namespace.display()))
        })
        .as_deref()
}

/// Number and start of a running process; `None` if there is none, or only its remains.
fn look(process: &str) -> Option<(String, String)> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // `number (name) state ...`: the name may contain anything, the rest is words.
    let (number, _) = status.split_once(' ')?;
    let (_, rest) = status.rsplit_once(')')?;
    let mut words = rest.split_ascii_whitespace();
    if matches!(words.next()?, "Z" | "X") {
        return None;
    }
    // The start is field 22, and the state was field 3.
    let start = words.nth(18)?;
    Some((number.to_owned(), start.to_owned()))
}
