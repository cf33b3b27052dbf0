"""One run of a client, counted by the server as well."""

import json
import os

from . import processes


class Client:
    def __init__(self, programs, server, core, timeout):
        self.programs = programs
        self._server = server
        self._core = core
        self._timeout = timeout

    def run(self, row, requests, wrapper=()):
        warm_up = max(32, 4 * row.concurrency)
        command = [*wrapper, *self.programs.command(row)]
        options = {
            "--mode": row.mode,
            "--requests": requests,
            "--concurrency": row.concurrency,
            "--warm-up": warm_up,
            "--token": self._server.token,
            "--url": self._server.url(row.scheme),
        }
        if row.scheme == "https":
            options["--ca"] = self._server.certificate
        for name, value in options.items():
            if value != "":
                command += [name, str(value)]
        before = self._server.served()
        output = processes.run(processes.pinned(command, self._core), timeout=self._timeout, env=dict(os.environ))
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
