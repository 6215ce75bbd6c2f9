#!/usr/bin/env python3
"""Writes start.ld anew: the functions that a short `gpt tokens` runs through, for the linker to put
side by side. After a change of what happens at the start, or of a toolchain; needs valgrind and nm.
A list that is out of date costs memory and page faults, and nothing else."""

import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

HEAD = """/* What a short `gpt tokens` runs through, side by side: the kernel maps a program's pages 64 KiB at
   a time, and scattered over five megabytes these functions would bring all of them into memory.
   Written by start.py; a name that does not exist is no error. */
"""

top = Path(__file__).resolve().parent.parent
build = ["cargo", "rustc", "--release", "--locked", "--bin", "gpt", "--", "-C", "strip=none"]
subprocess.run(build, cwd=top, check=True)
program = top / "target/release/gpt"


def pattern(symbol):
    """A symbol without the hashes that differ from build to build."""
    symbol = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", symbol)
    symbol = re.sub(r"\.\d+$", ".*", symbol)
    return re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", symbol)


with tempfile.NamedTemporaryFile() as profile:
    trace = ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--demangle=no", "--quiet"]
    trace += [f"--callgrind-out-file={profile.name}", program, "tokens"]
    text = b"How much will this cost?\n"
    subprocess.run(trace, input=text, stdout=subprocess.DEVNULL, check=True)
    lines = Path(profile.name).read_text(errors="replace").splitlines()
names = (re.match(r"c?fn=\(\d+\) ([^\s']+)", line) for line in lines)
run = {name[1] for name in names if name}

listed = ["nm", "-S", "--defined-only", program]
symbols = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
needed, matched = Counter(), Counter()
for words in map(str.split, symbols.splitlines()):
    if len(words) == 4 and words[2] in "tTwW":
        size, name = int(words[1], 16), words[3]
        matched[pattern(name)] += size
        if name in run:
            needed[pattern(name)] += size

# A pattern that fits much besides comes last.
order = sorted(needed, key=lambda name: (matched[name] > 2 * needed[name], name))
body = "".join(f"    *(.text.{name} .text.unlikely.{name})\n" for name in order)
script = f"{HEAD}SECTIONS {{\n  .text.start : {{\n{body}  }}\n}}\nINSERT BEFORE .text;\n"
(top / "build/start.ld").write_text(script)
print(f"{len(order)} functions, {sum(needed.values())} bytes of {sum(matched[n] for n in order)}")
