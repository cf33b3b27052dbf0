"""Instructions of a run, counted by callgrind."""

import os
import tempfile

from . import processes, tools


def counter(client, directory):
    valgrind = tools.find("valgrind")
    # Distributions' valgrinds cannot read the debugging information Swift writes, and give up.
    stripped = os.path.join(directory, "bench-client")
    processes.run([tools.find("strip"), "--strip-debug", "-o", stripped, client.binary], timeout=60)
    client.binary = stripped

    def count(row, requests):
        with tempfile.TemporaryDirectory(prefix="bench-callgrind-") as directory:
            output = os.path.join(directory, "out")
            client.run(row, requests, wrapper=(
                valgrind, "--tool=callgrind", f"--callgrind-out-file={output}", "-q"))
            return _total(output)

    return count


def _total(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    raise RuntimeError("callgrind wrote no total")
