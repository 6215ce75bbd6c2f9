"""A job of many records against a server with failures of all kinds, killed twice and resumed
twice: each record has its one line, and the ledger is what the server saw."""

import collections
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from home import CAP, PROMPT, Home
from server import INPUT, OUTPUT, Server

RECORDS = int(os.environ.get("GPT_ATTACK_RECORDS", "12000"))
AT_ONCE = 32
FAULTS = (500, 503, "hang up", "break", 400)


class Faults:
    """One request in fifty fails; of those that are refused, one record always."""

    def __init__(self):
        self.dice = random.Random(6)
        self.made = collections.Counter()

    def __call__(self, request):
        name = request["messages"][-1]["content"]
        fault = None
        if hash_of(name) % 250 == 0:
            fault = 400
        elif self.dice.random() < 0.016:
            fault = self.dice.choice(FAULTS[:4])
        elif self.made[429] < 5 and self.dice.random() < 5 / RECORDS:
            fault = 429
        if fault:
            self.made[fault] += 1
        return fault


def hash_of(name):
    return int(name.split()[-1]) * 2654435761 % 2**32


def a_job_killed_twice_and_resumed_twice(gpt):
    """The server is quick enough for records to be booked ahead."""
    return killed_twice(gpt, RECORDS, 2048)


def a_job_with_a_budget_killed_twice(gpt):
    """Each record is booked when it is about to be sent."""
    return killed_twice(gpt, RECORDS // 2, 0, "--budget", "1000000/total")


def killed_twice(gpt, records, ahead, *args):
    with Home(gpt) as home:
        prompt_tokens, _ = home.estimate()
        faults = Faults()
        server = Server(prompt_tokens, faults)
        home.env["OPENAI_BASE_URL"] = server.url
        source, out = (os.path.join(home.path, name) for name in ("in.jsonl", "out.jsonl"))
        with open(source, "w") as file:
            for number in range(records):
                # Numbers of six digits are two tokens, wherever they stand.
                record = {"id": f"r{number}", "prompt": f"{PROMPT} {number + 100_000}"}
                file.write(json.dumps(record) + "\n")

        def start():
            job = ("--jsonl", "--json", "-q", "-j", str(AT_ONCE), "--resume", out, *args)
            return subprocess.Popen(
                [gpt, "chat", "--max-tokens", str(CAP), *job],
                env=home.env,
                stdin=open(source),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

        for part in (1, 2):
            job = start()
            with server.changed:
                enough = lambda: len(server.seen) > records * part // 3
                assert server.changed.wait_for(enough, timeout=600)
            job.send_signal(signal.SIGKILL)
            job.communicate()
            assert job.returncode == -signal.SIGKILL, "it was over before it was killed"
            # What was on its way is billed, then the server rests.
            time.sleep(0.2)
        job = start()
        printed, _ = job.communicate(timeout=900)
        assert printed == b"" and job.returncode in (0, 6, 8, 9), job.returncode

        lines = [json.loads(line) for line in open(out)]
        assert [line["id"] for line in lines] == [f"r{number}" for number in range(records)]
        assert all((line["error"] is None) == (line["reply"] == "hi") for line in lines)
        failed = sum(line["error"] is not None for line in lines)
        always = sum(hash_of(str(number + 100_000)) % 250 == 0 for number in range(records))
        assert failed >= always

        rows = sqlite3.connect(home.ledger)
        sent = len(server.seen)
        attempts, unsettled, booked = rows.execute(
            "SELECT sum(max(attempts, requests)), sum(requests * (state != 'settled')), "
            "sum(spent + reserved) FROM request"
        ).fetchone()
        spent = rows.execute("SELECT sum(spent) FROM request").fetchone()[0]
        server.stop()
        # What was killed between its reservation and its sending is booked all the same, and who
        # was killed did not count how often.
        # The numbers of the records are not on the server's bill.
        worst = rows.execute("SELECT max(worst_case / requests) FROM request").fetchone()[0]
        lost = (faults.made["break"] + faults.made["hang up"]) * (worst - prompt_tokens * INPUT - CAP * OUTPUT)
        most = server.total() + 2 * (AT_ONCE + ahead) * worst + lost
        assert spent <= server.total() <= booked <= most, (spent, server.total(), booked, most)
        left = faults.made["break"] + faults.made["hang up"] + 2 * (AT_ONCE + ahead)
        assert unsettled <= left, (unsettled, left)
        assert abs(attempts - sent) <= 2 * (AT_ONCE * 3 + ahead), (attempts, sent)
        made = ", ".join(f"{count} x {fault}" for fault, count in faults.made.items())
        return (
            f"{records} records, {sent} requests ({made}), {failed} failed in the end, "
            f"{unsettled} unsettled"
        )


ATTACKS = [a_job_killed_twice_and_resumed_twice, a_job_with_a_budget_killed_twice]
