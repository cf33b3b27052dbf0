"""CPU, requests per second and memory, in interleaved rounds."""

import resource
import sys
import time

from . import quiet

# Another process that takes more of the client's core than this spoils a run.
DISTURBED_ABOVE = 0.15
ATTEMPTS = 3


def measure(client, rows, requests, rounds, core):
    samples = {row: [] for row in rows}
    for number in range(1, rounds + 1):
        # Every other round runs backwards, so that a machine that warms up or slows down favours no row.
        for row in rows if number % 2 else reversed(rows):
            samples[row].append(_quietest(client, row, max(row.concurrency, int(requests * row.scale)), core))
        print(f"round {number} of {rounds} done", file=sys.stderr)
    return samples


def _quietest(client, row, requests, core):
    best = None
    for _ in range(ATTEMPTS):
        sample = _sample(client, row, requests, core)
        if best is None or sample["others"] < best["others"]:
            best = sample
        if best["others"] <= DISTURBED_ABOVE:
            break
    return best


def _sample(client, row, requests, core):
    start, busy, own = time.monotonic(), quiet.busy_seconds(core), _children()
    report = client.run(row, requests)
    wall = time.monotonic() - start
    others = (quiet.busy_seconds(core) - busy) - (_children() - own)
    per_10k = 10_000 / report["requests"]
    sample = {
        "cpu_per_10k": report["cpu_seconds"] * per_10k,
        "rps": report["requests"] / report["wall_seconds"],
        "switches": report["context_switches"] / report["requests"],
        "max_rss_mb": report["max_rss_kb"] / 1024,
        "others": max(0.0, others / wall),
    }
    if "private_kb" in report:
        sample["private_mb"] = report["private_kb"] / 1024
    return sample


def _children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
