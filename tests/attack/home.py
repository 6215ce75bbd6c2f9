"""A home of its own for each attack, and the program run in it."""

import json
import os
import shutil
import subprocess
import tempfile
from decimal import Decimal

PROMPT = "say something"
CAP = 10


class Home:
    def __init__(self, gpt, url="http://127.0.0.1:9/v1", path=None):
        self.gpt = gpt
        self.path = path or tempfile.mkdtemp(prefix="gpt-attack-")
        self.ledger = os.path.join(self.path, "ledger.db")
        self.env = {
            "HOME": self.path,
            "PATH": os.environ["PATH"],
            "TZ": "UTC",
            "GPT_LEDGER": self.ledger,
            "OPENAI_BASE_URL": url,
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def start(self, *args, env=None, prefix=(), **options):
        return subprocess.Popen(
            [*prefix, self.gpt, *args],
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *args, **options):
        """Exit code, output, errors."""
        process = self.start(*args, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def ask(self, *args):
        """The arguments of an ordinary call with a cap."""
        return ("chat", "-n", "--max-tokens", str(CAP), *args, PROMPT)

    def estimate(self):
        """Prompt tokens, and the worst case of `ask` in picodollars."""
        code, out, err = self.run(*self.ask("--estimate", "--json"))
        assert code == 0, err
        estimate = json.loads(out, parse_float=Decimal)["estimate"]
        return estimate["prompt_tokens"], picodollars(estimate["max_cost"])

    def books(self):
        """What `gpt spend` tells by tag, in picodollars: what is spent, reserved or unsettled."""
        code, out, err = self.run("spend", "--by", "tag", "--json")
        assert code == 0, f"the ledger does not open: {err}"
        report = json.loads(out, parse_float=Decimal)
        return {group["tag"] or "": group for group in report["groups"]}

    def booked(self):
        return {tag: amount(group) for tag, group in self.books().items()}


def amount(group):
    fields = ("cost", "reserved_max_cost", "unsettled_max_cost")
    return sum(picodollars(group[field]) for field in fields)


def picodollars(dollars):
    """Exact: a whole number of dollars, or a decimal one."""
    return int(Decimal(dollars) * 10**12)


def dollars(amount):
    return f"{amount // 10**12}.{amount % 10**12:012}"
