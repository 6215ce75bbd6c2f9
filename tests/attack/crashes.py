"""kill -9 at random moments: the ledger opens, and what reached the server is in the books."""

import random
import signal
import sqlite3
import time

from home import Home
from server import Server

KILLS = 200


def kill_9_of_random_processes_at_random_moments(gpt):
    dice = random.Random(9)
    with Home(gpt) as home:
        prompt_tokens, _ = home.estimate()
        server = Server(prompt_tokens, lambda request: time.sleep(dice.random() / 50))
        home.env["OPENAI_BASE_URL"] = server.url
        usual = time_of_a_call(home)
        server.seen.clear()
        server.billed.clear()
        died = 0
        for kill in range(KILLS):
            names = [f"k{kill}-{place}" for place in range(3)]
            crowd = [
                home.start(*home.ask("--budget", "100/day", "--tag", name, "-o", f"user={name}"))
                for name in names
            ]
            time.sleep(dice.random() * 2 * usual)
            victim = dice.choice(crowd)
            victim.send_signal(signal.SIGKILL)
            for process in crowd:
                process.communicate(timeout=60)
            died += victim.returncode == -signal.SIGKILL
            booked = home.booked()
            for name in names:
                cost = server.billed.get(name, 0)
                assert booked.get(name, 0) >= cost, f"{name}: {booked.get(name)} < {cost}"
            survivors = [process for process in crowd if process is not victim]
            assert all(process.returncode == 0 for process in survivors), "a bystander failed"
        server.stop()
        assert sum(home.booked().values()) >= server.total()
        check = sqlite3.connect(home.ledger).execute("PRAGMA integrity_check").fetchone()
        assert check == ("ok",), check
        reached = sum(1 for request in server.seen)
        return f"{KILLS} kills, {died} of them in time; {reached} requests reached the server"


def time_of_a_call(home):
    started = time.monotonic()
    for _ in range(5):
        assert home.run(*home.ask())[0] == 0
    return (time.monotonic() - started) / 5


ATTACKS = [kill_9_of_random_processes_at_random_moments]
