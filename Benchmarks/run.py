#!/usr/bin/env python3
"""Measures the modes of bench-client against a local nginx. See README.md."""

import argparse
import os
import signal
import sys
import tempfile

from harness import allocations, difference, instructions, processes, results, rows, table, timing, tools
from harness.client import Client
from harness.server import Server

BINARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".build", "release", "bench-client")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--instructions", action="store_true", help="instructions per request, by callgrind")
    what.add_argument("--allocations", action="store_true", help="allocations per request, by a preloaded counter")
    parser.add_argument("--rows", default=",".join(rows.KINDS), help="comma-separated (default: all)")
    parser.add_argument("--concurrency", default="1,64", help="comma-separated (default: 1,64)")
    parser.add_argument("--requests", type=int, default=10_000, help="per timed run (default: 10000)")
    parser.add_argument("--counts", default="500,1500", help="the two run lengths of a difference (default: 500,1500)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default: 5)")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=120, help="seconds one client may take (default: 120)")
    parser.add_argument("--binary", default=BINARY)
    return parser.parse_args()


def main():
    options = arguments()
    # A terminated harness still has to end its nginx: leave through the context managers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        tools.require("nginx", "openssl", "taskset",
                      *(["valgrind", "strip"] if options.instructions else []),
                      *(["cc"] if options.allocations else []))
        if not os.access(options.binary, os.X_OK):
            raise tools.MissingTool(
                "bench-client is not built: swift build -c release --package-path Benchmarks")
        selected = rows.select(options.rows.split(","), [int(c) for c in options.concurrency.split(",")])
        fewer, more = (int(count) for count in options.counts.split(","))
    except (tools.MissingTool, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2

    try:
        return measure(options, selected, fewer, more)
    except (RuntimeError, processes.Overdue) as problem:
        print(problem, file=sys.stderr)
        return 1


def measure(options, selected, fewer, more):
    with Server(options.server_core) as server, tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        client = Client(options.binary, server, options.client_core, options.timeout)
        if options.instructions:
            kind, count = "instructions", instructions.counter(client, scratch)
        elif options.allocations:
            kind, count = "allocations", allocations.counter(client, scratch)
        else:
            kind = "timing"
        if kind == "timing":
            samples = timing.measure(client, selected, options.requests, options.rounds, options.client_core)
        else:
            samples = difference.measure(kind, count, selected, fewer, more, options.rounds)

    summaries = table.summarize(samples)
    print(table.render(summaries))
    settings = {key: value for key, value in vars(options).items() if key != "binary"}
    print(f"\nwritten to {results.write(kind, settings, summaries)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
