"""One run of bench-client, counted by the server as well."""

import json
import os

from . import processes


class Client:
    def __init__(self, binary, server, core, timeout):
        self.binary = binary
        self._server = server
        self._core = core
        self._timeout = timeout

    def run(self, row, requests, wrapper=(), environment=None):
        warm_up = max(32, 4 * row.concurrency)
        command = [
            *wrapper, self.binary,
            "--mode", row.mode,
            "--requests", str(requests),
            "--concurrency", str(row.concurrency),
            "--warm-up", str(warm_up),
            "--url", self._server.url(row.scheme),
        ]
        if row.scheme == "https":
            command.append("--insecure-skip-verification")
        before = self._server.served()
        output = processes.run(
            processes.pinned(command, self._core),
            timeout=self._timeout,
            env={**os.environ, **(environment or {})},
        )
        served = self._server.served() - before
        report = json.loads(output.strip().splitlines()[-1])
        _check(row, report, served, expected=0 if row.mode.endswith("null") else requests + warm_up)
        return report


def _check(row, report, served, expected):
    if report["bad"]:
        raise RuntimeError(f"{row.title}: {report['bad']} requests went wrong")
    # The referee is the server: a client that retried or skipped would look cheap or dear.
    if served != expected:
        raise RuntimeError(f"{row.title}: nginx counted {served} requests, not {expected}")
