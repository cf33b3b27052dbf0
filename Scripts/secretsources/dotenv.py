"""Random `.env` texts, read by the probe and by python-dotenv: both have to say the same."""

import random
import subprocess

from proving.environments import environment

PACKAGES = ["python-dotenv==1.1.1"]
BATCH = 20_000

# Where the two differ on purpose: a byte order mark at the beginning is dropped here, and python-dotenv takes it for a part
# of the first name. No text begins with one.
PIECES = [
    "A", "B", "KEY", "export ", "export", "=", "=", " = ", "'", '"', "\\'", '\\"', "\\\\", "\\n", "\\x", "\\", "#", " #",
    "\n", "\n", "\r\n", "\r", " ", "\t", "\u00a0", "\u2003", "\x0b", "\x1c", "${A}", "${B:-x y}", "${ONLY_IN_ENVIRONMENT}",
    "${", "}", "$", ":-", "\u00e4", "\U0001f511", "value", "two words", "-----BEGIN\nabc\n-----END", "\u2028", "\x85", ",",
]

REFEREE = r"""
import io, os, sys
os.environ.clear()
os.environ["ONLY_IN_ENVIRONMENT"] = "from outside"
from dotenv.main import resolve_variables
from dotenv.parser import parse_stream
# A read error of one text must not end the comparison of the others.
for text in sys.stdin.buffer.read().split(b"\0")[:-1]:
    stream = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")  # line ends as open() translates them
    bindings = list(parse_stream(stream))
    pairs = [(each.key, each.value) for each in bindings if each.key is not None]
    values = resolve_variables(pairs, override=True)
    fields = [each for name in sorted(values, key=lambda name: name.encode()) if values[name] is not None
              for each in (name, values[name])]
    fields = [str(len(fields)), *fields, str(sum(each.error for each in bindings))]
    sys.stdout.buffer.write(b"".join(each.encode() + b"\0" for each in fields))
"""


def texts(seed, count):
    """Random texts, most of them of a few statements."""
    dice = random.Random(seed)
    for _ in range(count):
        yield "".join(dice.choices(PIECES, k=dice.randint(1, 24)))


def answers(command, given, **settings):
    run = subprocess.run(
        command, input="\0".join(given).encode() + b"\0", capture_output=True, check=True, timeout=600, **settings)
    fields, out = iter(run.stdout.split(b"\0")[:-1]), []
    for count in fields:
        values = tuple(next(fields) for _ in range(int(count)))
        out.append((values, int(next(fields))))
    return out


def prove(figures, probe, seed, count):
    python = environment("dotenv", PACKAGES) / "bin" / "python"
    differences, compared = [], 0
    figures.fact("dotenv, seed", seed)
    for number in range(0, count, BATCH):
        given = list(texts(seed + number, min(BATCH, count - number)))
        ours = answers([probe], given, env={"ONLY_IN_ENVIRONMENT": "from outside"})
        theirs = answers([python, "-c", REFEREE], given)
        compared += len(given)
        differences += [
            (text, one, other) for text, one, other in zip(given, ours, theirs, strict=True) if one != other]
        if len(differences) > 5:
            break
    for text, one, other in differences[:5]:
        print(f"dotenv differs: {text!r}: {one} instead of {other}", flush=True)
    figures.check("dotenv texts read as python-dotenv reads them", compared - len(differences), f"{count}",
                  compared == count and not differences)
