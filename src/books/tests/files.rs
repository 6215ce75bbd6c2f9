//! The file: its modes, and what is refused and left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_ledger_is_private_and_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state/gpt/ledger.db");
    let mut ledger = Ledger::open(&path).unwrap();
    ledger.reserve(&entry(NOON, 1), &[]).unwrap();
    drop(ledger);
    let home = path.parent().unwrap();
    for name in names(home) {
        assert_eq!(mode(&home.join(name)), 0o600);
    }
    assert_eq!(mode(home), 0o700);
    assert_eq!(mode(home.parent().unwrap()), 0o700);
}

#[test]
fn a_ledger_that_others_can_read_is_made_private() {
    let mut home = home();
    home.book(NOON, 1);
    for loose in [0o644, 0o666, 0o660, 0o604, 0o700] {
        for name in names(home.directory.path()) {
            set_mode(&home.directory.path().join(name), loose);
        }
        Ledger::open(&home.path()).unwrap();
        for name in names(home.directory.path()) {
            assert_eq!(mode(&home.directory.path().join(name)), loose & 0o700);
        }
    }
}

#[test]
fn reading_makes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Ledger::read(&directory.path().join("none/ledger.db")).unwrap().is_none());
    assert!(Ledger::read(&directory.path().join("ledger.db")).unwrap().is_none());
    assert_eq!(names(directory.path()), [""; 0]);
    // What a process leaves that was killed before it could write.
    fs::write(directory.path().join("ledger.db"), "").unwrap();
    assert!(Ledger::read(&directory.path().join("ledger.db")).unwrap().is_none());
    assert_eq!(fs::read(directory.path().join("ledger.db")).unwrap(), b"");
    Ledger::open(&directory.path().join("ledger.db")).unwrap();
    assert!(Ledger::read(&directory.path().join("ledger.db")).unwrap().is_some());
}

#[test]
fn names_mean_nothing_but_files() {
    let directory = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory", "%41", "a b", "?immutable=1", "é", "#"] {
        let path = directory.path().join(name);
        Ledger::open(&path).unwrap();
        assert_eq!(names(directory.path()), [name]);
        assert!(Ledger::read(&path).unwrap().is_some());
        fs::remove_file(path).unwrap();
    }
    std::os::unix::fs::symlink("target.db", directory.path().join("link.db")).unwrap();
    Ledger::open(&directory.path().join("link.db")).unwrap();
    assert_eq!(names(directory.path()), ["link.db", "target.db"]);
    assert_eq!(mode(&directory.path().join("target.db")), 0o600);
}

#[track_caller]
fn check_refused(path: &Path, expected: &Error) {
    let before = path.is_file().then(|| (fs::read(path).unwrap(), mode(path)));
    let neighbours = names(path.parent().unwrap());
    assert_eq!(Ledger::open(path).map(|_| ()).as_ref(), Err(expected));
    assert_eq!(Ledger::read(path).map(|_| ()).as_ref(), Err(expected));
    assert_eq!(path.is_file().then(|| (fs::read(path).unwrap(), mode(path))), before);
    assert_eq!(names(path.parent().unwrap()), neighbours);
}

#[test]
fn what_is_no_ledger_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let not_ours = Error::NotALedger { path: path.clone() };

    fs::write(&path, "my diary\n").unwrap();
    set_mode(&path, 0o600);
    check_refused(&path, &not_ours);
    fs::write(&path, vec![0; 8192]).unwrap();
    check_refused(&path, &not_ours);
    fs::remove_file(&path).unwrap();

    // A database of somebody's, then one that says whose; then one with a log not yet merged.
    let database = Connection::open(&path).unwrap();
    database.execute_batch("CREATE TABLE places (url TEXT)").unwrap();
    set_mode(&path, 0o644);
    check_refused(&path, &not_ours);
    database.execute_batch("PRAGMA application_id = 1").unwrap();
    check_refused(&path, &not_ours);
    database.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    database.execute_batch("INSERT INTO places VALUES ('x')").unwrap();
    check_refused(&path, &not_ours);
    let copy = directory.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(directory.path().join("ledger.db-wal"), directory.path().join("copy.db-wal")).unwrap();
    check_refused(&copy, &Error::NotALedger { path: copy.clone() });

    // Not even files.
    let why = || "it is not a file".to_owned();
    let taken = directory.path().join("taken");
    fs::create_dir(&taken).unwrap();
    check_refused(&taken, &Error::CannotOpen { path: taken.clone(), why: why() });
    let null = Path::new("/dev/null");
    check_refused(null, &Error::CannotOpen { path: null.to_owned(), why: why() });
}

#[test]
fn a_later_ledger_is_refused() {
    let home = home();
    let later = format!("PRAGMA user_version = {}", file::STEPS.len() + 1);
    home.ledger.connection.execute_batch(&later).unwrap();
    check_refused(&home.path(), &Error::Newer { path: home.path() });
    home.ledger.connection.execute_batch("PRAGMA user_version = -1").unwrap();
    check_refused(&home.path(), &Error::Newer { path: home.path() });
}

#[test]
fn a_damaged_ledger_is_said_to_be_one() {
    let mut home = home();
    for _ in 0..200 {
        home.book(NOON, 1);
    }
    home.settle_down();
    let (path, bytes) = (home.path(), fs::read(home.path()).unwrap());
    drop(home.ledger);
    for damage in [&bytes[..bytes.len() / 2], &[&bytes[..4096], &vec![0xff; bytes.len()]].concat()]
    {
        fs::write(&path, damage).unwrap();
        let result = Ledger::open(&path)
            .and_then(|mut ledger| ledger.reserve(&entry(NOON, 1), &[budget(9, None, None)]));
        assert!(matches!(result, Err(Error::Corrupt { .. })), "{result:?}");
        // The head of the file may say by now that there is a log.
        assert!(fs::read(&path).unwrap()[100..] == damage[100..]);
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut home = home();
    home.book(NOON, 1);
    let pages: i64 =
        home.ledger.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let limit = |_: &rusqlite::Row| Ok(());
    home.ledger.connection.pragma_update_and_check(None, "max_page_count", pages, limit).unwrap();
    let mut booked = 1;
    let error = loop {
        match home.ledger.reserve(&entry(NOON, 1), &[budget(1000, None, None)]) {
            Ok(_) => booked += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, Error::DiskFull { path: home.path() });
    assert_eq!(home.booked(None, None), (0, booked));
    // Settling takes room as well, but a little is left in the pages.
    home.bill(RowId(1), 7);
    assert_eq!(home.booked(None, None), (7, booked - 1));
}

#[test]
fn a_read_only_directory_is_read_and_not_written() {
    let mut home = home();
    home.book(NOON, 1);
    home.settle_down();
    let path = home.path();
    let directory = home.directory.path();
    drop(home.ledger);
    set_mode(directory, 0o500);
    if fs::write(directory.join("probe"), "").is_ok() {
        return; // root may do anything
    }
    let refused = || Error::CannotOpen { path: path.clone(), why: error::READ_ONLY.to_owned() };
    let result = Ledger::open(&path).and_then(|mut ledger| ledger.reserve(&entry(NOON, 1), &[]));
    assert_eq!(result, Err(refused()));
    set_mode(&path, 0o400);
    assert_eq!(Ledger::open(&path).map(|_| ()), Err(refused()));
    let rows = || {
        let mut rows = 0;
        let ledger = Ledger::read(&path).unwrap().unwrap();
        ledger.rows(Span::default(), NOON, |_| rows += 1).unwrap();
        rows
    };
    assert_eq!(rows(), 1);

    // The same when there is a log, and when there was one and it is gone.
    set_mode(directory, 0o700);
    set_mode(&path, 0o600);
    Ledger::open(&path).unwrap().reserve(&entry(NOON, 1), &[]).unwrap();
    let log = directory.join("ledger.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    set_mode(directory, 0o500);
    set_mode(&path, 0o400);
    assert_eq!(rows(), 2);
    set_mode(directory, 0o700);
    set_mode(&path, 0o600);
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version").unwrap();
    assert!(!log.exists());
    set_mode(directory, 0o500);
    assert_eq!(rows(), 2);
    set_mode(directory, 0o700);
}

#[test]
fn errors_say_what_why_and_what_to_do() {
    let path = || PathBuf::from("/l.db");
    let why = || "why".to_owned();
    let id = RowId(7);
    for (error, expected) in [
        (
            Error::CannotOpen { path: path(), why: why() },
            "cannot open the ledger /l.db: why; make it writable, or name another path",
        ),
        (
            Error::NotALedger { path: path() },
            "cannot use the ledger /l.db: the file is something else, and was left alone; \
             name another path",
        ),
        (
            Error::Newer { path: path() },
            "cannot use the ledger /l.db: a later version of gpt has written it; \
             use that version, or name another path",
        ),
        (
            Error::Busy { path: path() },
            "cannot use the ledger /l.db: other processes keep it locked; try again",
        ),
        (
            Error::DiskFull { path: path() },
            "cannot write the ledger /l.db: the disk is full; make room",
        ),
        (
            Error::Corrupt { path: path(), why: why() },
            "cannot use the ledger /l.db: it is damaged (why); restore it from a backup, \
             or move it away to begin a new one",
        ),
        (Error::Failed { path: path(), why: why() }, "cannot use the ledger /l.db: why"),
        (
            Error::TooMuch,
            "cannot book the request: it would cost more than $9.2 million; lower the rate",
        ),
        (
            Error::NoSuchRow { id },
            "cannot settle request 7: the ledger has no such request; gpt spend lists those that \
             are unsettled",
        ),
        (
            Error::UnderWay { id },
            "cannot settle request 7: it is still under way; wait for its end, or end it",
        ),
        (
            Error::OutOfSight { id, minutes: 21 },
            "cannot settle request 7: its process cannot be seen from here, and may be at work for \
             another 21 min",
        ),
        (
            Error::AlreadySettled { id },
            "cannot settle request 7: the server's bill has settled it already",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}

/// With them SQLite would look through the whole ledger for each row that is taken out.
#[test]
fn nothing_looks_for_rows_that_refer_to_others() {
    let home = home();
    let keys: i64 =
        home.ledger.connection.pragma_query_value(None, "foreign_keys", |row| row.get(0)).unwrap();
    assert_eq!(keys, 0);
}
