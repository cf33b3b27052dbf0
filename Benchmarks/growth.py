#!/usr/bin/env python3
"""Whether a session over SwiftNIO gets dearer or larger as there is more to do: prints `name: value (bar)`, one a line,
and exits 1 when one falls short. See README.md.

Each point is a process of its own, so that its memory is its own. With --long everything is as large as promised
(10,000 requests at once, a gigabyte, a million requests); without, as large as CI has time for.
"""

import argparse
import json
import os
import resource
import signal
import sys
from statistics import median

from harness import processes, rows, tools
from harness.programs import Programs, add_options
from harness.server import Server
from harness.sink import Sink

# The peak of the largest streamed body above that of the smallest: windows and buffers, not the body.
STREAM_EXTRA_MB = 8
RSS_GROWTH = 1.05
# The last third of a long run beside its first, and the most at once beside one at a time: a list that is searched would
# show, the machine's moods do not; nor does it that what 10,000 connections need, 190 MB, fits into no cache.
COST_GROWTH = 1.15
# Of the parts that compare how much is done at once.
ROUNDS = 5
BUFFERED_LIMIT = 16 * 1024 * 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the whole size")
    parser.add_argument("--only", default="", help="run,concurrent,origins,download,buffered,upload")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=600)
    add_options(parser)
    return parser.parse_args()


class Growth:
    def __init__(self, options, command):
        self.options, self._command, self.short = options, command, []

    def check(self, name, value, bar="fact", holds=True):
        print(f"{name}: {value} ({bar})" + ("" if holds else "  FALLS SHORT"), flush=True)
        if not holds:
            self.short.append(name)

    def client(self, mode, url, requests, concurrency=1, served=None, warm_up=None, **more):
        warm_up = warm_up or max(32, 2 * concurrency)
        words = {"--mode": mode, "--url": url, "--requests": requests, "--concurrency": concurrency,
                 "--warm-up": warm_up} | {f"--{key}": value for key, value in more.items() if value is not None}
        before = served() if served else 0
        output = processes.run(
            processes.pinned([*self._command, *(str(word) for pair in words.items() for word in pair)],
                             self.options.client_core), timeout=self.options.timeout)
        report = json.loads(output.strip().splitlines()[-1])
        if report["bad"]:
            raise RuntimeError(f"{mode}: {report['bad']} requests went wrong")
        if served and served() - before != requests + warm_up:
            raise RuntimeError(f"{mode}: the server counted {served() - before} requests, not {requests + warm_up}")
        report["cpu_us"] = report["cpu_seconds"] / report["requests"] * 1e6
        report["rss_mb"] = report["max_rss_kb"] / 1024
        return report

    # The parts ------------------------------------------------------------------------------------------------------

    def run(self):
        """One long run in ten parts."""
        requests = 1_000_000 if self.options.long else 100_000
        for scheme, name in (("http", "HTTP/1.1"), ("https", "HTTP/2")):
            with Server(self.options.server_core) as server:
                report = self.client(
                    "session-nio", server.url(scheme), requests, 64, server.served, parts=10,
                    ca=server.certificate if scheme == "https" else None)
            first, last = report["parts"][0], report["parts"][-1]
            rss = last["rss_kb"] / first["rss_kb"]
            self.check(f"{name}, {requests:,} requests, RSS at 100 % / at 10 %",
                       f"{rss:.3f} = {last['rss_kb'] / 1024:.1f} / {first['rss_kb'] / 1024:.1f} MB",
                       f"<= {RSS_GROWTH}", rss <= RSS_GROWTH)
            costs = [part["cpu_seconds"] / part["requests"] * 1e6 for part in report["parts"]]
            cost = median(costs[-3:]) / median(costs[:3])
            self.check(f"{name}, {requests:,} requests, CPU of the last parts / of the first",
                       f"{cost:.3f} ({', '.join(f'{one:.1f}' for one in costs)} us)",
                       f"<= {COST_GROWTH}", cost <= COST_GROWTH)

    def concurrent(self):
        """More and more at once: waiting for 64 connections, on as many connections, and on one with HTTP/2."""
        steps = (1, 10, 100, 1_000, 10_000) if self.options.long else (1, 10, 100, 1_000)
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200
        # nginx closes kept connections when less than a sixteenth of its places are free.
        with Server(self.options.server_core, connections=steps[-1] * 9 // 8 + 200) as server:
            for scheme, connections, name in (
                    ("http", 64, "on 64 connections"), ("http", None, "each on its own connection"),
                    ("https", 64, "on one HTTP/2 connection")):
                left_out = [step for step in steps if connections is None and step > most]
                for step in left_out:
                    self.check(f"{step:,} at once {name}", f"left out: ulimit -n is {most + 200}")
                certificate = server.certificate if scheme == "https" else None
                self._not_dearer(
                    f"at once {name}", f"{name}, CPU of the most at once / of one at a time",
                    [step for step in steps if step not in left_out],
                    lambda step: self.client(
                        "session-nio", server.url(scheme), max(10_000, 3 * step), step, server.served,
                        connections=connections or step, ca=certificate), COST_GROWTH)

    def origins(self):
        """Requests in turn to more and more origins."""
        steps = (1, 10, 100, 1_000)
        with Server(self.options.server_core, origins=steps[-1], connections=4_000) as server:
            self._not_dearer(
                "origins", "CPU with the most origins / with one", steps,
                lambda step: self.client(
                    "origins-nio", server.url("http"), 20_000, 16, server.served, warm_up=max(32, 2 * step),
                    origins=step, connections=16), 1.5)

    def download(self):
        """Streamed bodies."""
        self._bodies("body-streamed-nio", "downloaded in pieces")

    def buffered(self):
        """Collected bodies up to the limit."""
        with Server(self.options.server_core) as server:
            for size in (1 << 10, 1 << 16, 1 << 20, BUFFERED_LIMIT):
                report = self.client(
                    "body-buffered-nio", server.base("http") + server.body(size), max(10, min(2_000, (1 << 28) // size)), 1,
                    server.served, warm_up=3, bytes=size)
                self.check(f"{size:,} bytes collected", _per_body(report, size))

    def upload(self):
        """Sent bodies, piece by piece."""
        self._bodies("upload-nio", "uploaded in pieces")

    # ----------------------------------------------------------------------------------------------------------------

    def _bodies(self, mode, name):
        sizes = [1 << 10, 1 << 16, 1 << 20, 1 << 26] + ([1 << 30] if self.options.long else [])
        peaks = {}
        with Server(self.options.server_core) as server, Sink() as sink:
            for size in sizes:
                requests = max(2, min(2_000, (1 << 28) // size))
                if mode == "upload-nio":
                    url, served = f"http://127.0.0.1:{sink.port}/", lambda: sink.requests
                else:
                    url, served = server.base("http") + server.body(size), server.served
                report = self.client(mode, url, requests, 1, served, warm_up=1, bytes=size)
                peaks[size] = report["rss_mb"]
                self.check(f"{size:,} bytes {name}", _per_body(report, size))
        extra = peaks[sizes[-1]] - peaks[sizes[0]]
        self.check(f"{name}, peak RSS of {sizes[-1]:,} bytes above that of {sizes[0]:,}", f"{extra:.1f} MB",
                   f"<= {STREAM_EXTRA_MB}", extra <= STREAM_EXTRA_MB)

    def _not_dearer(self, unit, name, steps, run, most):
        """All steps in turn, several times over, so that a mood of the machine meets all of them."""
        rounds = [{step: run(step) for step in steps} for _ in range(ROUNDS)]
        for step in steps:
            cost, rss = (median(reports[step][key] for reports in rounds) for key in ("cpu_us", "rss_mb"))
            self.check(f"{step:,} {unit}", f"{cost:.1f} us, {rss:.1f} MB")
        ratios = [reports[steps[-1]]["cpu_us"] / reports[steps[0]]["cpu_us"] for reports in rounds]
        ratio = median(ratios)
        self.check(name, f"{ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f} in {ROUNDS} rounds)",
                   f"<= {most:g}", ratio <= most)


def _per_body(report, size):
    per_body = f"{report['cpu_us']:,.0f} us" if report["cpu_us"] < 1e6 else f"{report['cpu_us'] / 1e6:.2f} s"
    per_gb = f", {report['cpu_us'] / size * 1e3:.2f} s CPU per GB" if size >= 1 << 20 else ""
    return f"{per_body} each{per_gb}, {report['rss_mb']:.1f} MB"


PARTS = ("run", "concurrent", "origins", "download", "buffered", "upload")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Each connection is a descriptor here and in nginx.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = [name for name in options.only.split(",") if name] or PARTS
    try:
        if set(chosen) - set(PARTS):
            raise ValueError(f"--only: parts are {', '.join(PARTS)}")
        tools.require("nginx", "openssl", "taskset")
        programs = Programs(options.release)
        (row,) = rows.select(["session-nio"], [1])
        programs.prepare([row])
    except (tools.MissingTool, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    growth = Growth(options, programs.command(row))
    try:
        for name in chosen:
            getattr(growth, name)()
    except (RuntimeError, processes.Overdue) as problem:
        print(problem, file=sys.stderr)
        return 1
    print("falls short: " + "; ".join(growth.short) if growth.short else "nothing grows")
    return 1 if growth.short else 0


if __name__ == "__main__":
    sys.exit(main())
