"""The bars of the transport, held against one interleaved run: `name: value (bar)`, one a line.

A ratio is taken within each round, where both rows ran within seconds of each other, and the median of the rounds
counts: what slows the whole machine for a minute slows both.
"""

from statistics import median

from . import difference, instructions

ROUNDS = 7
MEMORY_MB = 15

# (ours, theirs, at most): within each case the same caller, protocol and concurrency.
BARE = [
    ("session-nio", "nio-await", 1.15),
    ("session-nio-loop", "nio-await-loop", 1.15),
    ("session-nio-h2", "nio-h2-await", 1.15),
    ("session-nio-h2-loop", "nio-h2-await-loop", 1.15),
]
PEERS = [
    ("session-nio", "go-oauth2", 1.0),
    ("session-nio-h2", "go-oauth2-h2", 1.0),
    ("session-nio-loop", "reqwest-current-thread", 1.1),
    ("session-nio-h2-loop", "reqwest-current-thread-h2", None),
    ("session-nio-loop", "reqwest", None),
    ("session-nio-loop", "libcurl", None),
    ("session-nio-h2-loop", "libcurl-h2", None),
    ("session-nio-loop", "go-oauth2", None),
    ("session-nio-h2-loop", "go-oauth2-h2", None),
]
SESSIONS = [ours for ours, _, _ in BARE]
# Rows that are held against each other run one after the other.
ROWS = [
    "go-oauth2", "session-nio", "nio-await", "nio-await-loop", "session-nio-loop", "reqwest-current-thread", "reqwest",
    "libcurl", "go-oauth2-h2", "session-nio-h2", "nio-h2-await", "nio-h2-await-loop", "session-nio-h2-loop",
    "reqwest-current-thread-h2", "libcurl-h2", "idle",
]


def counts(options):
    return options.bars and not options.no_instructions


def count(client, selected, scratch, options):
    """Instructions of sessions and prototypes: row -> per request. They do not notice a noisy machine."""
    if not counts(options):
        return {}
    pairs = {name for ours, theirs, _ in BARE for name in (ours, theirs)}
    rows = [row for row in selected if row.name in pairs]
    samples = difference.measure("instructions", instructions.counter(client, scratch), rows, *options.counts, 1)
    return {row: values[0]["instructions"] for row, values in samples.items()}


def judge(samples, counted, missing):
    """Prints the figures; returns the exit code."""
    by_name = {(row.name, row.concurrency): values for row, values in samples.items()}
    instructions_of = {(row.name, row.concurrency): value for row, value in counted.items()}
    concurrencies = sorted({concurrency for _, concurrency in by_name})
    short = []

    def check(name, value, bar, holds):
        print(f"{name}: {value} ({bar})" + ("" if holds else "  FALLS SHORT"), flush=True)
        if not holds:
            short.append(name)

    print()
    for ours, theirs, most in BARE + PEERS:
        for concurrency in concurrencies:
            pair = [by_name.get((name, concurrency)) for name in (ours, theirs)]
            if None in pair:
                continue
            ratios = [mine["cpu_per_10k"] / other["cpu_per_10k"] for mine, other in zip(*pair)]
            middle = median(ratios)
            shown = f"{middle:.3f} ({min(ratios):.3f}–{max(ratios):.3f} in {len(ratios)} rounds)"
            check(f"CPU of {ours} / {theirs}, C={concurrency}", shown,
                  "fact" if most is None else f"<= {most}", most is None or middle <= most)
            mine, other = (instructions_of.get((name, concurrency)) for name in (ours, theirs))
            if mine and other:
                check(f"instructions of {ours} / {theirs}, C={concurrency}",
                      f"{mine / other:.3f} = {mine:,.0f} / {other:,.0f}", "fact", True)

    idle = by_name.get(("idle", 1))
    floor = median([value["max_rss_mb"] for value in idle]) if idle else None
    if floor is not None:
        check("memory of an idle program with SwiftNIO, MB", f"{floor:.1f}", "fact", True)
    for name in SESSIONS:
        for concurrency in concurrencies:
            values = by_name.get((name, concurrency))
            if values is None:
                continue
            middle = median([value["max_rss_mb"] for value in values])
            above = "" if floor is None else f", {middle - floor:.1f} above the idle program"
            if all("private_mb" in value for value in values):
                above += f", {median([value['private_mb'] for value in values]):.1f} of them private"
            check(f"memory of {name}, C={concurrency}, MB", f"{middle:.1f}{above}", f"<= {MEMORY_MB}", middle <= MEMORY_MB)
    for name, reason in missing.items():
        check(f"peer {name}", f"missing: {reason}", "fact", True)
    print("falls short: " + "; ".join(short) if short else "all bars hold")
    return 1 if short else 0
