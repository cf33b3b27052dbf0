#!/usr/bin/env python3
"""Measures the transports and other clients against a local nginx. See README.md."""

import argparse
import os
import signal
import sys
import tempfile

from harness import allocations, bars, difference, instructions, peers, processes, results, rows, table, timing, tools
from harness.client import Client
from harness.programs import Programs, add_options
from harness.server import Server


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--instructions", action="store_true", help="instructions per request, by callgrind; ours only")
    what.add_argument("--allocations", action="store_true", help="allocations per request, by a preloaded counter; ours only")
    what.add_argument("--bars", action="store_true", help="hold one run's figures against the bars; exit 1 when one falls short")
    parser.add_argument("--rows", help="comma-separated (default: all, with --bars those that it needs)")
    parser.add_argument("--concurrency", default="1,64", help="comma-separated (default: 1,64)")
    parser.add_argument("--requests", type=int, default=10_000, help="per timed run (default: 10000)")
    parser.add_argument("--counts", default="500,1500", help="the two run lengths of a difference (default: 500,1500)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (default: 5, with --bars 7)")
    parser.add_argument("--no-instructions", action="store_true", help="with --bars: leave out the facts by callgrind")
    parser.add_argument("--install", action="store_true", default=os.environ.get("CI") == "true",
                        help="install what peers need, with apt-get and pip (default when CI=true)")
    parser.add_argument("--cache", default=peers.default_cache(), help="where peers are built (default: %(default)s)")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=120, help="seconds one client may take (default: 120)")
    add_options(parser)
    return parser.parse_args()


def main():
    options = arguments()
    # A terminated harness still has to end its nginx: leave through the context managers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    counts = options.instructions or options.allocations
    try:
        tools.require("nginx", "openssl", "taskset",
                      *(["valgrind", "strip"] if options.instructions or bars.counts(options) else []),
                      *(["cc"] if options.allocations else []))
        names = options.rows.split(",") if options.rows else bars.ROWS if options.bars else list(rows.KINDS)
        selected = rows.select(names, [int(c) for c in options.concurrency.split(",")])
        if counts:
            # Start and warm-up of a peer may not cancel out, and callgrind and the counter do not know every runtime.
            selected = [row for row in selected if not row.kind.is_peer and row.name != "idle"]
        if not selected:
            raise ValueError("no rows are left to measure")
        options.rounds = options.rounds or (bars.ROUNDS if options.bars else 5)
        options.counts = [int(count) for count in options.counts.split(",")]
        programs = Programs(options.release, options.cache, options.install)
        missing = programs.prepare(selected)
        selected = [row for row in selected if row.kind.program not in missing or not row.kind.is_peer]
    except (tools.MissingTool, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2

    try:
        return measure(options, programs, selected, missing)
    except (RuntimeError, processes.Overdue) as problem:
        print(problem, file=sys.stderr)
        return 1


def measure(options, programs, selected, missing):
    with Server(options.server_core) as server, tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        client = Client(programs, server, options.client_core, options.timeout)
        if options.instructions:
            kind, count = "instructions", instructions.counter(client, scratch)
        elif options.allocations:
            kind, count = "allocations", allocations.counter(client, scratch)
        else:
            kind = "bars" if options.bars else "timing"
        if kind in ("timing", "bars"):
            samples = timing.measure(client, selected, options.requests, options.rounds, options.client_core)
        else:
            samples = difference.measure(kind, count, selected, *options.counts, options.rounds)
        counted = bars.count(client, selected, scratch, options) if options.bars else {}

    summaries = table.summarize(samples)
    print(table.render(summaries))
    for name, reason in missing.items():
        print(f"\nmissing peer {name}: {reason}")
    print(f"\nwritten to {results.write(kind, settings(options, missing), summaries)}", file=sys.stderr)
    return bars.judge(samples, counted, missing) if options.bars else 0


def settings(options, missing):
    kept = {key: value for key, value in vars(options).items() if key not in ("release", "cache")}
    return kept | {"missing_peers": missing}


if __name__ == "__main__":
    sys.exit(main())
