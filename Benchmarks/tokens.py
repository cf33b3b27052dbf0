"""What reading a token that is held costs: time and allocations, against the bars of issue 4.

    swift build -c release --package-path Benchmarks --product bench-tokens
    python3 Benchmarks/tokens.py

Prints `name: value (bar)` lines. Exit code 1 when a bar is missed, 2 when something is missing.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

from harness import allocations, tools

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = os.path.join(HERE, ".build", "release", "bench-tokens")
ROUNDS = 7


def run(mode, reads, readers, environment=None):
    done = subprocess.run(
        [CLIENT, mode, str(reads), str(readers)], env={**os.environ, **(environment or {})},
        capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"bench-tokens {mode} failed: {done.stdout} {done.stderr}")
    return json.loads(done.stdout)


def nanoseconds(mode, reads, readers):
    return statistics.median(run(mode, reads, readers)["nanoseconds"] for _ in range(ROUNDS))


def allocated(mode, readers):
    """Allocating calls per read: the difference of a long and a short run, so that starting cancels out."""
    with tempfile.TemporaryDirectory() as directory:
        library = os.path.join(directory, "alloc_counter.so")
        subprocess.run(
            [tools.find("cc"), "-O2", "-shared", "-fPIC", "-o", library, allocations.SOURCE], check=True, timeout=60)
        output = os.path.join(directory, "allocations.json")

        def count(reads):
            run(mode, reads, readers, {"LD_PRELOAD": library, "ALLOC_COUNTER_FILE": output})
            with open(output, encoding="utf-8") as file:
                return json.load(file)["total"]

        short, long = (min(count(reads) for _ in range(3)) for reads in (20_000, 1_020_000))
        return (long - short) / (1_000_000 * readers)


def main():
    if not os.path.exists(CLIENT):
        print(f"{CLIENT} is missing: swift build -c release --package-path Benchmarks --product bench-tokens")
        return 2
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    results = [
        ("fresh token, alone, allocations per read", allocated("fresh", 1), 0.0001, ""),
        ("fresh token, alone", nanoseconds("fresh", 2_000_000, 1), 100, " ns"),
        ("fresh token, readers on all cores", nanoseconds("fresh", 1_000_000, cores), 1000, " ns"),
        ("during a refresh, readers on all cores", nanoseconds("refreshing", 1_000_000, cores), 1000, " ns"),
        ("during a refresh, alone, allocations per read", allocated("refreshing", 1), 0.0001, ""),
    ]
    missed = 0
    for name, value, bar, unit in results:
        verdict = "" if value <= bar else "  MISSED"
        missed += value > bar
        shown = f"{value:.4f}" if unit == "" else f"{value:.0f}"
        limit = "0" if unit == "" else f"at most {bar}{unit}"
        print(f"{name}: {shown}{unit} ({limit}){verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
