"""What the Python peers share: the command line, the figures, and the one line of JSON."""

import argparse
import json
import re
import resource
import time


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", default="")
    parser.add_argument("--url", required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--warm-up", type=int, required=True)
    parser.add_argument("--token", default="test-token")
    parser.add_argument("--ca")
    return parser.parse_args()


def shares(total, count):
    return [total // count + (number < total % count) for number in range(count)]


class Measurement:
    """Used as a context around the requests that count."""

    def __enter__(self):
        self._usage, self._start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        return self

    def __exit__(self, *_):
        self._wall = time.monotonic() - self._start
        self._after = resource.getrusage(resource.RUSAGE_SELF)

    def report(self, name, version, given, bad):
        before, after = self._usage, self._after
        with open("/proc/self/status", encoding="ascii") as file:
            rss = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
        print(json.dumps({
            "mode": name, "version": version, "requests": given.requests, "concurrency": given.concurrency,
            "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "context_switches": after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw,
            "wall_seconds": self._wall, "max_rss_kb": rss, "bad": bad,
        }))
