//! Processes that die in the middle, and ledgers of other versions.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

/// Everything a killed process was told is booked is booked, and the sums are right.
#[test]
fn a_killed_process_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let mut dice = Dice(1);
    let mut told: Vec<i64> = Vec::new();
    for _ in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "books::tests::crash::process", "--ignored", "--nocapture"])
            .env("LEDGER_OF_TEST", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let booked = |line: std::io::Result<String>| {
            line.unwrap().strip_prefix("booked ").and_then(|id| id.parse::<i64>().ok())
        };
        let count = usize::try_from(dice.below(20)).unwrap();
        told.extend(lines.by_ref().filter_map(booked).take(count));
        child.kill().unwrap();
        // What it still said before it died.
        told.extend(lines.filter_map(booked));
        child.wait().unwrap();

        let home = Home { directory: tempfile::tempdir().unwrap(), ledger: open(&path) };
        assert_eq!(home.booked(None, None), home.added_up(None, None));
        let sound: String = home
            .ledger
            .connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
    let mut found = Vec::new();
    open(&path).rows(Span::default(), NOON, |row| found.push(row.id.0)).unwrap();
    told.retain(|id| !found.contains(id));
    assert_eq!(told, [0; 0]);
}

fn open(path: &Path) -> Ledger {
    // As a report would, so that readers too can follow a process that died while writing.
    let ledger = Ledger::read(path).unwrap();
    ledger.unwrap_or_else(|| Ledger::open(path).unwrap())
}

#[test]
#[ignore = "the process that the test above kills"]
#[allow(clippy::print_stdout)]
fn process() {
    let Some(path) = std::env::var_os("LEDGER_OF_TEST") else { return };
    loop {
        let mut ledger = Ledger::open(path.as_ref()).unwrap();
        match ledger.reserve(&entry(NOON, 1), &[]).unwrap() {
            Reservation::Booked(id) => {
                println!("\nbooked {}", id.0);
                ledger.settle(id, &billed(1)).unwrap();
            }
            Reservation::Refused(refusal) => panic!("{refusal:?}"),
        }
    }
}

/// The files as they are on the disk in the middle of a transaction, with a log and with a journal.
#[test]
fn half_a_transaction_is_undone_by_the_next_who_looks() {
    for mode in ["wal", "delete"] {
        let mut home = home();
        home.book(NOON, 1);
        let writer = Connection::open(home.path()).unwrap();
        if mode == "delete" {
            home.ledger =
                Ledger { connection: Connection::open_in_memory().unwrap(), ..home.ledger };
        }
        writer.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(())).unwrap();
        // No memory for pages: they go to the disk at once.
        let spill = "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE";
        writer.execute_batch(spill).unwrap();
        for _ in 0..1000 {
            writer
                .execute_batch(
                    "INSERT INTO request (time, booked, deadline, command, tag, model, host,
                       estimated_prompt, estimated_reply, estimate_exact, price, price_source,
                       worst_case, state)
                     SELECT time, booked, deadline, command, tag, model, host, estimated_prompt,
                       estimated_reply, estimate_exact, price, price_source, 1000, state
                     FROM request WHERE id = 1",
                )
                .unwrap();
        }
        for open in [
            |path: &Path| Ledger::read(path).unwrap().unwrap(),
            |path: &Path| Ledger::open(path).unwrap(),
        ] {
            let copy = copy(&home, open);
            assert_eq!(copy.booked(None, None), (0, 1));
            assert_eq!(copy.added_up(None, None), (0, 1));
        }
    }
}

/// All files of a ledger, copied while somebody writes them.
fn copy(home: &Home, open: fn(&Path) -> Ledger) -> Home {
    let directory = tempfile::tempdir().unwrap();
    let mut size = 0;
    for file in fs::read_dir(home.directory.path()).unwrap() {
        let (from, name) = (file.as_ref().unwrap().path(), file.as_ref().unwrap().file_name());
        size += fs::copy(from, directory.path().join(name)).unwrap();
    }
    assert!(size > 100_000, "{size}");
    let ledger = open(&directory.path().join("ledger.db"));
    Home { directory, ledger }
}

/// A ledger that is on a network file system goes through the same steps with a journal.
#[test]
fn a_journal_does_what_a_log_does() {
    let mut home = home();
    home.settle_down();
    for _ in 0..20 {
        let id = home.book(NOON, 5);
        home.bill(id, 3);
        home.book(NOON, 1);
        assert!(!home.directory.path().join("ledger.db-wal").exists());
    }
    assert_eq!(home.booked(None, None), (60, 20));
    // Here it gets its log again; nobody is asked to leave for it.
    Ledger::open(&home.path()).unwrap();
    home.book(NOON, 1);
    assert!(home.directory.path().join("ledger.db-wal").exists());
    assert_eq!(home.booked(None, None), (60, 21));
}

#[test]
fn a_file_system_is_found_by_the_longest_place() {
    let mounts = "\
        22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        23 22 0:50 / /home rw - nfs4 server:/home rw\n\
        24 23 0:51 / /home/me/local\\040disk rw shared:2 master:3 - btrfs /dev/sdb rw\n\
        25 22 0:52 / /mnt rw - ext4 /dev/sdc rw\n\
        26 25 0:53 / /mnt rw - fuse.sshfs server: rw\n";
    for (path, expected) in [
        ("/var/ledger.db", "ext4"),
        ("/homestead/ledger.db", "ext4"),
        ("/home/me/ledger.db", "nfs4"),
        ("/home/me/local disk/ledger.db", "btrfs"),
        ("/home/me/local disks/ledger.db", "nfs4"),
        ("/mnt/ledger.db", "fuse.sshfs"),
    ] {
        assert_eq!(journal::file_system(mounts, Path::new(path)), Some(expected), "{path}");
    }
    assert_eq!(journal::file_system("", Path::new("/")), None);
    assert_eq!(journal::file_system("22 1 0:21 / /", Path::new("/")), None);
}

/// The sums of older versions go on in this one: what was reserved before is settled after. And an
/// older program that is still running writes nothing past the sums.
#[test]
fn an_older_ledger_keeps_its_sums() {
    // Those of version 3 know the columns, and keep the sums up.
    for version in 1..3 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let mut older = Connection::open(&path).unwrap();
        file::bring_up_to_date(&mut older, &path, &file::STEPS[..version]).unwrap();
        let insert = format!(
            "INSERT INTO request (time, booked, deadline, process, command, tag, model, host,
               estimated_prompt, estimated_reply, estimate_exact, price, price_source, worst_case,
               state)
             VALUES ({NOON}, {NOON}, {NOON}, 'p', 'chat', 't', 'm', 'h', 1, 1, 1, 'p', 's', 7,
               'reserved')"
        );
        let settle = "UPDATE request SET process = NULL, state = 'settled', cost = 1";
        let mut inserted = older.prepare(&insert).unwrap();
        let mut settled = older.prepare(settle).unwrap();
        inserted.execute([]).unwrap();
        let mut home = Home { ledger: Ledger::open(&path).unwrap(), directory };
        assert!(inserted.execute([]).is_err());
        assert!(settled.execute([]).is_err());
        let moved = "UPDATE request SET booked = max(booked, 1), behind = 1 WHERE behind <= 1";
        assert!(older.execute(moved, []).is_err());
        home.bill(RowId(1), 5);
        home.book(NOON + DAY, 3);
        for tag in [None, Some("t")] {
            for since in [None, Some(NOON), Some(NOON + DAY)] {
                assert_eq!(home.booked(since, tag), home.added_up(since, tag), "{since:?} {tag:?}");
            }
        }
        assert_eq!(home.booked(None, None), (5, 3));
        let connection = &home.ledger.connection;
        let sound: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        assert!(connection.execute("UPDATE request SET state = 'gone'", []).is_err());
    }
}

/// What was reserved before requests could be booked together is one each.
#[test]
fn a_row_of_version_3_is_one_request() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let mut older = Connection::open(&path).unwrap();
    file::bring_up_to_date(&mut older, &path, &file::STEPS[..3]).unwrap();
    let insert = "INSERT INTO request (time, booked, deadline, command, tag, model, host,
        estimated_prompt, estimated_reply, estimate_exact, price, price_source, worst_case, state)
      VALUES (1, 1, 1, 'chat', '', 'm', 'h', 1, 1, 1, 'p', 's', 7, 'reserved')";
    let mut inserted = older.prepare(insert).unwrap();
    inserted.execute([]).unwrap();
    let ledger = Ledger::open(&path).unwrap();
    // A program of that version that is still running goes on.
    inserted.execute([]).unwrap();
    let mut requests = Vec::new();
    ledger.rows(Span::default(), NOON, |row| requests.push(row.entry.requests)).unwrap();
    assert_eq!(requests, [1, 1]);
}

/// A step that a later version might take: its new column is there, the rows are as they were, and
/// this version then leaves the ledger alone.
#[test]
fn an_older_ledger_is_brought_up_to_date() {
    let mut home = home();
    home.book(NOON, 5);
    let steps =
        [file::STEPS, &["ALTER TABLE request ADD COLUMN position INTEGER NOT NULL DEFAULT 0"]]
            .concat();
    let path = home.path();
    file::bring_up_to_date(&mut home.ledger.connection, &path, &steps).unwrap();
    file::bring_up_to_date(&mut home.ledger.connection, &path, &steps).unwrap();
    let row: (i64, i64) = home
        .ledger
        .connection
        .query_row("SELECT worst_case, position FROM request", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(row, (5, 0));
    assert_eq!(Ledger::open(&path).map(|_| ()), Err(Error::Newer { path: path.clone() }));

    // A step that fails leaves the ledger as it was.
    let mut home = self::home();
    home.book(NOON, 5);
    let path = home.path();
    let steps = [file::STEPS, &["CREATE TABLE half (x); no such statement"]].concat();
    assert!(file::bring_up_to_date(&mut home.ledger.connection, &path, &steps).is_err());
    let ledger = Ledger::open(&path).unwrap();
    let query = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
    let halves: i64 = ledger.connection.query_row(query, [], |row| row.get(0)).unwrap();
    assert_eq!(halves, 0);
}

/// Whatever a bad disk makes of the file: an answer or an error, in finite time.
#[test]
fn damage_anywhere_is_survived() {
    let mut home = home();
    for tag in 0..40 {
        home.book_tagged(NOON + tag, 1, Some(&tag.to_string()));
    }
    home.settle_down();
    let sound = fs::read(home.path()).unwrap();
    let path = home.path();
    drop(home.ledger);
    let mut dice = Dice(3);
    let mut roll = |end: usize| usize::try_from(dice.below(end as u64)).unwrap();
    let mut errors = 0;
    for _ in 0..150 {
        let mut damaged = sound.clone();
        for _ in 0..=roll(30) {
            let place = roll(damaged.len());
            damaged[place] = u8::try_from(roll(256)).unwrap();
        }
        damaged.truncate(damaged.len() - roll(2) * roll(damaged.len()));
        fs::write(&path, &damaged).unwrap();
        for beside in ["ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(home.directory.path().join(beside));
        }
        let result = Ledger::open(&path).and_then(|mut ledger| {
            ledger.rows(Span::default(), NOON, |_| ())?;
            let limits = [budget(50, Some(NOON), None), budget(50, None, Some("7"))];
            ledger.reserve(&entry(NOON, 1), &limits)?;
            ledger.settle(RowId(7), &billed(1))
        });
        errors += usize::from(result.is_err());
    }
    assert!(errors > 50, "{errors}");
}
