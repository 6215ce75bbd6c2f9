"""Runs every attack, one after the other, and counts. Called by `run` with the program's path."""

import os
import sys
import time
import traceback

import bulk
import crashes
import crowds
import ledgers
import speed


def main():
    gpt = os.path.abspath(sys.argv[1])
    only = sys.argv[2:]  # words of names, to run a few
    passed = failed = 0
    for room in (crowds, crashes, ledgers, bulk, speed):
        for attack in room.ATTACKS:
            name = attack.__name__.replace("_", " ")
            if only and not any(word in name for word in only):
                continue
            started = time.monotonic()
            try:
                found = attack(gpt)
                verdict, passed = "passed", passed + 1
                if found and found.startswith("skipped"):
                    verdict, passed = "skipped", passed - 1
            except Exception:
                traceback.print_exc()
                found, verdict, failed = None, "FAILED", failed + 1
            seconds = time.monotonic() - started
            print(f"{verdict}: {name}{': ' + found if found else ''} ({seconds:.0f} s)", flush=True)
    print(f"attack: {passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
