"""Ledgers that are foreign, damaged, newer, full or out of reach, and clocks that jump: a clear
error, and nothing lost."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import tempfile

from home import Home, dollars
from server import Server

NOBODY = 65534


class Scene:
    """A home, a server, and a budget with room for ten calls."""

    def __init__(self, gpt, path=None):
        self.home = Home(gpt, path=path)
        prompt_tokens, self.worst = self.home.estimate()
        self.server = Server(prompt_tokens)
        self.home.env["OPENAI_BASE_URL"] = self.server.url
        self.budget = ("--budget", f"{dollars(10 * self.worst)}/day")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server.stop()
        self.home.__exit__(*error)

    def refuses(self, words, **options):
        """With a budget: exit 1, nothing sent. Without one: a warning, and it goes on."""
        sent = len(self.server.seen)
        code, _, err = self.home.run(*self.home.ask(*self.budget), **options)
        assert code == 1, (code, err)
        assert words in err and "nothing was sent" in err, err
        assert len(self.server.seen) == sent
        code, out, err = self.home.run(*self.home.ask(), **options)
        assert (code, out) == (0, "hi\n"), (code, err)
        assert "warning: this call is not booked" in err and words in err, err
        assert len(self.server.seen) == sent + 1

    def calls(self, *args, **options):
        code, _, err = self.home.run(*self.home.ask(*self.budget, *args), **options)
        assert code in (0, 4), err
        return code == 0


def files_that_are_no_ledger(gpt):
    """Text, noise, another program's database, one of a later version: left as they were."""
    with Scene(gpt) as scene:
        path = scene.home.ledger
        for content in (b"my diary\n", os.urandom(10_000)):
            write(path, content)
            scene.refuses("something else")
            assert read(path) == content
        os.remove(path)
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE bookmarks (url TEXT)")
        before = digest(path)
        scene.refuses("something else")
        assert digest(path) == before
        os.remove(path)
        assert scene.calls()
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99")
        before = digest(path)
        scene.refuses("later version")
        assert digest(path) == before


def a_ledger_that_is_damaged(gpt):
    with Scene(gpt) as scene:
        for _ in range(3):
            assert scene.calls()
        fold(scene.home.ledger)
        whole = read(scene.home.ledger)
        write(scene.home.ledger, whole[:4096] + os.urandom(len(whole) - 4096))
        scene.refuses("damaged")
        write(scene.home.ledger, whole)
        assert len(scene.home.booked()) == 1


def a_ledger_of_an_older_version(gpt):
    """An empty file is version 0, and becomes a ledger; other versions there are none yet."""
    with Scene(gpt) as scene:
        write(scene.home.ledger, b"")
        assert scene.calls()
        assert sum(scene.home.booked().values()) == scene.worst


def a_ledger_that_others_could_read(gpt):
    with Scene(gpt) as scene:
        assert scene.calls()
        os.chmod(scene.home.ledger, 0o644)
        assert scene.calls()
        assert stat.S_IMODE(os.stat(scene.home.ledger).st_mode) == 0o600


def a_ledger_behind_a_link(gpt):
    """Two names, one ledger: what is spent by one counts by the other."""
    with Scene(gpt) as scene:
        link = scene.home.ledger + ".link"
        os.symlink(scene.home.ledger, link)
        for count in range(12):
            name = link if count % 2 else scene.home.ledger
            assert scene.calls(env={"GPT_LEDGER": name}) == (count < 10)
        assert len(scene.server.seen) == 10


def a_directory_that_cannot_be_written(gpt):
    if os.geteuid() != 0:
        return "skipped: needs root to become nobody"
    # Nobody may run only what everybody can reach.
    public = tempfile.mkdtemp(prefix="gpt-public-")
    os.chmod(public, 0o755)
    program = shutil.copy(gpt, public)
    try:
        with Scene(program) as scene:
            os.chmod(scene.home.path, 0o555)
            scene.refuses("cannot open the ledger", user=NOBODY)
            assert os.listdir(scene.home.path) == []
    finally:
        shutil.rmtree(public)


def a_full_disk(gpt):
    """Full before the call: not booked, not sent. Full during it: booked at its worst case."""
    disk = tempfile.mkdtemp(prefix="gpt-disk-")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        os.rmdir(disk)
        return "skipped: a tmpfs cannot be mounted here"
    filler = os.path.join(disk, "filler")
    try:
        with Scene(gpt, path=os.path.join(disk, "home")) as scene:
            os.mkdir(scene.home.path)
            fill(filler)
            scene.refuses("")
            os.remove(filler)
            assert scene.calls()
            fill(filler)
            scene.refuses("the disk is full")
            os.remove(filler)

            def full_while_it_answers(_):
                scene.server.behave = lambda _: None
                fill(filler)

            scene.server.behave = full_while_it_answers
            code, out, err = scene.home.run(*scene.home.ask(*scene.budget))
            assert (code, out) == (0, "hi\n"), err
            assert "stays booked at its worst case" in err, err
            os.remove(filler)
            assert sum(scene.home.booked().values()) == 2 * scene.worst
            assert sum(scene.calls() for _ in range(12)) == 8
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        os.rmdir(disk)


def clocks_that_jump(gpt):
    """Set back, nothing is forgotten; a new day begins only when the clock says so."""
    if not shutil.which("faketime"):
        return "skipped: no faketime (the unit tests of src/books move the clock themselves)"

    def at(time):
        return {"prefix": ["faketime", "-f", f"@{time}"], "env": {"DONT_FAKE_MONOTONIC": "1"}}

    with Scene(gpt) as scene:
        for day in ("2027-03-01", "2027-03-02"):
            assert sum(scene.calls(**at(f"{day} 12:00:00")) for _ in range(11)) == 10
        for time in ("2027-03-01 12:00:00", "2026-01-01 00:00:00", "2001-01-01 00:00:00"):
            assert not scene.calls(**at(time)), f"more was spent at {time}"
        assert not scene.calls(**at("2027-03-02 23:59:58"))
        assert scene.calls(**at("2027-03-03 00:00:01"))
        assert sum(scene.home.booked().values()) == 21 * scene.worst


def days_begin_at_local_midnight(gpt):
    """Half and quarter hours, and a day that has no midnight because clocks go forward."""
    if not shutil.which("faketime"):
        return "skipped: no faketime"
    turns = [
        ("Asia/Kathmandu", "2026-05-01 23:59:58", "2026-05-02 00:00:01"),
        ("Asia/Kolkata", "2026-05-01 23:59:58", "2026-05-02 00:00:01"),
        ("America/New_York", "2026-07-01 23:59:58", "2026-07-02 00:00:01"),
        ("America/New_York", "2026-11-01 23:59:58", "2026-11-02 00:00:01"),
        ("America/Asuncion", "2024-10-05 23:59:58", "2024-10-06 01:00:01"),
    ]
    for zone, before, after in turns:
        with Scene(gpt) as scene:
            # The given time is that of the zone the program runs in.
            def at(time):
                return {"prefix": ["faketime", "-f", f"@{time}", "env", f"TZ={zone}"]}

            assert sum(scene.calls(**at(before)) for _ in range(11)) == 10, zone
            assert not scene.calls(**at(before)), zone
            assert scene.calls(**at(after)), zone


def counting_never_opens_the_ledger(gpt):
    with Home(gpt) as home:
        if shutil.which("strace"):
            trace = ["strace", "-f", "-e", "trace=file,network", "-o", home.path + "/trace"]
            code, _, err = home.run("tokens", home.gpt, prefix=trace)
            assert code == 0, err
            calls = read(home.path + "/trace").decode()
            assert "ledger" not in calls and "socket" not in calls, calls
            os.remove(home.path + "/trace")
        write(home.ledger, b"my diary\n")
        code, _, err = home.run("tokens", home.gpt, env={"GPT_BUDGET": "0/day"})
        assert (code, err) == (0, ""), err
        assert read(home.ledger) == b"my diary\n"
        if not shutil.which("strace"):
            return "without strace, by a ledger that would fail"


def fold(path):
    """Brings what is still in the log into the file itself."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def digest(path):
    return hashlib.sha256(read(path)).digest()


def fill(path):
    """Leaves no byte free."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


ATTACKS = [
    files_that_are_no_ledger,
    a_ledger_that_is_damaged,
    a_ledger_of_an_older_version,
    a_ledger_that_others_could_read,
    a_ledger_behind_a_link,
    a_directory_that_cannot_be_written,
    a_full_disk,
    clocks_that_jump,
    days_begin_at_local_midnight,
    counting_never_opens_the_ledger,
]
