"""Allocations of a run, counted by a preloaded library."""

import json
import os

from . import processes, tools

SOURCE = os.path.join(os.path.dirname(__file__), "..", "alloc-counter", "alloc_counter.c")


def counter(client, directory):
    library = os.path.join(directory, "alloc_counter.so")
    processes.run(
        [tools.find("cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
         "-o", library, SOURCE],
        timeout=60,
    )
    output = os.path.join(directory, "allocations.json")

    def count(row, requests):
        # `env` sets it for the client alone, not for taskset.
        client.run(row, requests, wrapper=(
            "/usr/bin/env", f"LD_PRELOAD={library}", f"ALLOC_COUNTER_FILE={output}"))
        with open(output, encoding="utf-8") as file:
            return json.load(file)["total"]

    return count
