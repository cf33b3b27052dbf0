"""Redaction: speeds beside those of sed and of the usual Python filter, memory, and what gets out of the command.

The canary's walk through the surfaces of the library is in the tests (`Surfaces`, `A log that secrets do not get into`,
`tessera redact`); here the command is looked at from outside.
"""

import base64
import importlib.util
import os
import pathlib
import random
import resource
import secrets
import signal
import string
import subprocess
import sys
import tempfile
import time
import urllib.parse

from proving.figures import Unusable

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINE = ('2026-11-24T10:00:00Z info request GET https://api.example.com/v1/invoices?page={0} took {1} ms status=200 '
        'agent="Mozilla/5.0 (X11; Linux x86_64)"\n')
LEAK = "2026-11-24T10:00:01Z debug sent Authorization: Bearer {0} to /items?access_token={1}\n"
SED = [r"s/Bearer +[A-Za-z0-9._~+\/-]+=*/Bearer ***/g", r"s/(access_token|api_key|password)=[^& ]+/\1=***/g",
       r"s/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/***/g"]
# What tutorials end with, on lines of a stream.
FILTER = r"""
import re, sys
pattern = re.compile(r"Bearer\s+[A-Za-z0-9\-._~+/]+=*")
for line in sys.stdin:
    sys.stdout.write(pattern.sub("Bearer ***", line))
"""
# The same as it stands in tutorials, with what programs log.
ARTICLE = r"""
import logging, re, sys
class TokenRedactFilter(logging.Filter):
    def filter(self, record):
        record.msg = re.sub(r"Bearer\s+[A-Za-z0-9\-._~+/]+=*", "Bearer ***", str(record.msg))
        return True
token = sys.argv[1]
log = logging.getLogger("client")
handler = logging.StreamHandler(sys.stdout)
log.addHandler(handler)
log.setLevel("DEBUG")
if sys.argv[2] == "filtered":
    log.addFilter(TokenRedactFilter())
def failing():
    try:
        raise ValueError(f"refused: Authorization: Bearer {token}")
    except ValueError:
        log.exception("failed")
statements = [
    lambda: log.info("sent %s to %s", f"Bearer {token}", "api"), lambda: log.info("token Bearer %s", token),
    lambda: log.info("Bearer abc%s", token), lambda: log.info("headers %r", {"Authorization": f"Bearer {token}"}),
    failing, lambda: log.getChild("x").info(f"Bearer {token}"), lambda: log.info(f"authorization: bearer {token}"),
    lambda: log.info(f"GET /?access_token={token}"),
]
for number, statement in enumerate(statements):
    print(f"statement {number}")
    statement()
"""
ROUNDS, MEGABYTES, CHUNK = 3, 128, 1 << 20


def bars():
    """The core's figures and bars, as Benchmarks/redaction.py has them."""
    spec = importlib.util.spec_from_file_location("redaction_bench", ROOT / "Benchmarks" / "redaction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prove_core(figures, bench):
    module = bars()
    for name, value in module.rates(str(bench)).items():
        bar = module.BARS.get(name)
        figures.check(f"redaction, {name}", f"{value} MB/s", f">= {bar} MB/s" if bar else "fact",
                      bar is None or value >= bar)


def write_log(path, megabytes, seed):
    """Lines of which one in a thousand holds secrets."""
    dice = random.Random(seed)
    alphabet = string.ascii_letters + string.digits
    block = []
    while sum(map(len, block)) < CHUNK:
        if dice.random() < 0.001:
            block.append(LEAK.format("".join(dice.choices(alphabet, k=43)), "".join(dice.choices(alphabet, k=32))))
        else:
            block.append(LINE.format(dice.randint(1, 99), dice.randint(1, 999)))
    with open(path, "wb") as file:
        for _ in range(megabytes):
            file.write("".join(block).encode())


def timed(command, path, environment):
    """Wall time, CPU time and peak memory of a filter between a file and nothing."""
    with open(path, "rb") as source, open(os.devnull, "wb") as sink:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=source, stdout=sink, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unusable(f"{command[0]} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def prove_beside(figures, tessera, folder, seed):
    log = folder / "lines.log"
    write_log(log, MEGABYTES, seed)
    # In the C locale sed has nothing to decode, which is the fastest that it can be.
    environment = {**os.environ, "LC_ALL": "C"}
    commands = {
        "tessera": [tessera, "redact"], "sed": ["sed", "-E", *(part for each in SED for part in ("-e", each))],
        "python": [sys.executable, "-c", FILTER],
    }
    best = {name: (float("inf"), float("inf")) for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            wall, cpu, _ = timed(command, log, environment)
            best[name] = (min(best[name][0], wall), min(best[name][1], cpu))
    for name, (wall, cpu) in best.items():
        figures.fact(f"{MEGABYTES} MB of log through {name}", f"{wall:.2f} s, {cpu:.2f} s of CPU")
    for other, what in (("sed", "sed -E with three patterns"), ("python", "the Python filter")):
        figures.check(f"tessera redact beside {what}", f"{best[other][1] / best['tessera'][1]:.1f} times as fast",
                      "never slower, by CPU time", best["tessera"][1] <= best[other][1])
    log.unlink()


def piped(tessera, total, environment):
    """Peak memory in KiB while so many bytes without a line end go through."""
    process = subprocess.Popen([tessera, "redact"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)
    piece = ("x" * 997 + " Bearer " + "a1B2" * 12 + " ").encode() * 1000
    sent = 0
    while sent < total:
        process.stdin.write(piece)
        sent += len(piece)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unusable(f"tessera redact ended with {process.returncode}")
    return usage.ru_maxrss


def prove_memory(figures, tessera):
    small, large = (piped(tessera, size, dict(os.environ)) for size in (16 << 20, 1 << 30))
    figures.check("memory, 1 GB without a line end", f"{large / 1024:.0f} MiB; {small / 1024:.0f} MiB with 16 MB",
                  "at most 8 MiB more", large - small <= 8 * 1024)


# What gets out -----------------------------------------------------------------------------------------------------


def forms(canary):
    raw = canary.encode()
    yield from (("raw", raw), ("percent", urllib.parse.quote(canary, safe="").encode()),
                ("every byte percent", "".join(f"%{byte:02x}" for byte in raw).encode()),
                ("form", urllib.parse.quote_plus(canary).encode()), ("JSON", canary.replace("/", "\\/").encode()),
                ("JSON, \\u", "".join(f"\\u{byte:04x}" for byte in raw).encode()), ("hex", raw.hex().encode()),
                ("HEX", raw.hex().upper().encode()))
    for shift in range(3):
        blob = b"u:,"[:shift] + raw + b"!?"
        yield f"base64 + {shift}", base64.b64encode(blob)
        yield f"base64url + {shift}", base64.urlsafe_b64encode(blob).rstrip(b"=")


def traces(canary):
    """What must not be anywhere: each form, or what the canary determines of it."""
    for name, form in forms(canary):
        yield name, form[2:-4] if name.startswith("base64") else form


def leaks(canary, *outputs):
    return [name for name, trace in traces(canary) for output in outputs if trace in output]


def prove_matrix(figures, tessera):
    canary = "cnry/+" + secrets.token_hex(12) + "/ x"
    text = b"".join(name.encode() + b": <" + form + b">\n" for name, form in forms(canary))
    run = subprocess.run([tessera, "redact", "--stats", "--secret", "env:CANARY"], input=text, capture_output=True,
                         env={**os.environ, "CANARY": canary}, timeout=60)
    left = leaks(canary, run.stdout, run.stderr)
    count = sum(1 for _ in forms(canary))
    tagged = run.stdout.count(b"[secret:")
    figures.check("tessera redact, canary in each encoding", f"{count - len(left)} of {count} replaced, {tagged} tags",
                  "all, and nothing on stderr", run.returncode == 0 and not left and tagged == count)
    for name in left:
        print(f"  left: {name}")


def logged(token, how):
    run = subprocess.run([sys.executable, "-c", ARTICLE, token, how], capture_output=True, timeout=60)
    if run.returncode != 0:
        raise Unusable(f"the article's filter did not run: {run.stderr.decode()[-300:]}")
    return run.stdout


def prove_article(figures, tessera):
    token = secrets.token_hex(16)
    statements = logged(token, "filtered").split(b"statement ")[1:]
    through = sum(token.encode() in each for each in statements)
    figures.fact("the article's filter, statements that leak", f"{through} of {len(statements)}")
    # Nobody told it the token: the patterns alone have to know.
    ours = subprocess.run([tessera, "redact"], input=logged(token, "plain"), capture_output=True, timeout=60)
    left = sum(token.encode() in each for each in ours.stdout.split(b"statement ")[1:])
    figures.check("the same statements through tessera redact", f"{left} of {len(statements)} leak", "0",
                  ours.returncode == 0 and left == 0)


def unprivileged():
    """A user that may read no process but its own."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


def prove_process(figures, tessera, folder):
    """What others can read of the process, and what it says when it crashes."""
    canary = "cnry/+" + secrets.token_hex(12) + "/ x"
    # Where the build is may be closed to the user that looks.
    program = folder / "tessera"
    program.write_bytes(pathlib.Path(tessera).read_bytes())
    program.chmod(0o755)
    folder.chmod(0o755)
    process = subprocess.Popen(
        [program, "redact", "--secret", "env:CANARY"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "CANARY": canary, "SWIFT_BACKTRACE": "enable=yes"}, **unprivileged())
    process.stdin.write(b"a line\nheld back: " + canary.encode())
    process.stdin.flush()
    first = process.stdout.readline()
    with open(f"/proc/{process.pid}/cmdline", "rb") as file:
        arguments = file.read()
    looks = {}
    for name in ("environ", "mem", "maps"):
        run = subprocess.run(["cat", f"/proc/{process.pid}/{name}"], capture_output=True, timeout=60, **unprivileged())
        looks[name] = run.returncode != 0 and not leaks(canary, run.stdout)
    figures.check("/proc/PID/cmdline of tessera redact", "no secret" if not leaks(canary, arguments) else "the secret",
                  "no secret", bool(arguments) and not leaks(canary, arguments))
    figures.check("/proc/PID of tessera redact, for the same user",
                  ", ".join(f"{name} {'closed' if closed else 'OPEN'}" for name, closed in looks.items()),
                  "closed", first == b"a line\n" and all(looks.values()))
    process.send_signal(signal.SIGILL)
    output, errors = process.communicate(timeout=60)
    figures.check("crash of tessera redact", f"signal {-process.returncode}, {len(errors)} bytes on stderr",
                  "no secret in what it says", process.returncode == -signal.SIGILL
                  and not leaks(canary, output, errors))


def prove(figures, tessera, bench=None, seed=1):
    """`tessera` and `bench` are release builds; without `bench` the core's own speeds are left out."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if bench is not None:
        prove_core(figures, bench)
    with tempfile.TemporaryDirectory(prefix="redaction-") as name:
        folder = pathlib.Path(name)
        prove_beside(figures, str(tessera), folder, seed)
        prove_memory(figures, str(tessera))
        prove_matrix(figures, str(tessera))
        prove_article(figures, str(tessera))
        prove_process(figures, str(tessera), folder)
