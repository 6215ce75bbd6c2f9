"""Many processes at once, against a budget that has room for a few."""

import random
import signal
import threading
import time

from home import Home, dollars
from server import Server

PROCESSES, ROOM, ROUNDS = 64, 10, 20


def a_crowd_and_a_server_that_holds_its_answers(gpt):
    """Nothing is answered before every process has reached the server or given up."""
    for _ in range(ROUNDS):
        with Home(gpt) as home:
            prompt_tokens, worst = home.estimate()
            everyone_is_there = threading.Event()
            server = Server(prompt_tokens, lambda request: everyone_is_there.wait(100) and None)
            home.env["OPENAI_BASE_URL"] = server.url
            budget = f"{dollars(ROOM * worst)}/day"
            crowd = [home.start(*home.ask("--budget", budget)) for _ in range(PROCESSES)]
            while ended(crowd) + len(server.seen) < PROCESSES:
                time.sleep(0.01)
            refused = ended(crowd)
            everyone_is_there.set()
            codes = [process.wait(60) for process in crowd]
            server.stop()
            assert len(server.seen) == ROOM, f"{len(server.seen)} requests reached the server"
            assert refused == PROCESSES - ROOM, f"{refused} were refused"
            assert sorted(codes) == [0] * ROOM + [4] * (PROCESSES - ROOM), codes
            assert sum(home.booked().values()) == server.total() == ROOM * worst
    return f"{ROUNDS} rounds of {PROCESSES} processes, never more than {ROOM} requests"


def ended(crowd):
    return sum(process.poll() is not None for process in crowd)


def a_crowd_and_servers_that_fail_in_every_way(gpt):
    """What the server bills never exceeds the budget, nor what the books say, whoever dies when."""
    faults = [None, None, "hang up", "break", 429, 500, 502, 503, 504]
    for seed in range(6):
        dice = random.Random(seed)
        with Home(gpt) as home:
            prompt_tokens, worst = home.estimate()
            server = Server(prompt_tokens, lambda request: dice.choice(faults))
            home.env["OPENAI_BASE_URL"] = server.url
            limit = 25 * worst
            crowd = []
            for number in range(120):
                stream = ["--stream"] if dice.random() < 0.5 else []
                name = ["--tag", f"t{number}", "-o", f"user=t{number}"]
                env = {"GPT_BUDGET": f"{dollars(limit)}/day"}
                crowd.append(home.start(*home.ask("--retries", "1", *stream, *name), env=env))
                if dice.random() < 0.2:
                    victim = dice.choice(crowd)
                    end = dice.choice([signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
                    victim.send_signal(end)
                if number % 24 == 23:
                    for process in crowd[-24:]:
                        process.communicate(timeout=100)
            booked = home.booked()
            server.stop()
            assert server.total() <= limit, f"{server.total()} billed, {limit} allowed"
            assert sum(booked.values()) >= server.total()
            for name, cost in server.billed.items():
                assert booked.get(name, 0) >= cost, f"{name}: {booked.get(name)} < {cost}"
    return "6 rounds of 120 processes"


ATTACKS = [
    a_crowd_and_a_server_that_holds_its_answers,
    a_crowd_and_servers_that_fail_in_every_way,
]
