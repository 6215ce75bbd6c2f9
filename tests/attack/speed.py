"""What the ledger costs an ordinary call: whole processes, with and without it, in pairs."""

import statistics
import time

from home import Home
from server import Server

PAIRS = 100
MOST_MILLISECONDS = 10


def the_ledger_costs_a_call_little(gpt):
    with Home(gpt) as home:
        server = Server(home.estimate()[0])
        home.env["OPENAI_BASE_URL"] = server.url
        plain = {"GPT_LEDGER": "off"}
        budget = {"GPT_BUDGET": "100/day 500/month"}
        # The first makes the file; the rest are ordinary.
        timed(home, budget)
        pairs = [(timed(home, plain), timed(home, budget)) for _ in range(PAIRS)]
        server.stop()
        without, within = (statistics.median(side) for side in zip(*pairs))
        extra = sorted(with_it - plain for plain, with_it in pairs)
        # A disk that others keep busy says nothing of us: the quieter quarter decides.
        quiet, usual = extra[PAIRS // 4], statistics.median(extra)
        found = f"{quiet:.1f} ms more in the quieter quarter, {usual:.1f} in the median pair"
        assert quiet <= MOST_MILLISECONDS, found
        return f"{found} ({without:.1f} ms without, {within:.1f} with; {PAIRS} pairs)"


def timed(home, env):
    started = time.perf_counter()
    code, _, err = home.run(*home.ask(), env=env)
    assert code == 0, err
    return (time.perf_counter() - started) * 1000


ATTACKS = [the_ledger_costs_a_call_little]
