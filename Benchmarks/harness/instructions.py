"""Instructions of a run, counted by callgrind."""

import os
import tempfile

from . import tools


def counter(client, directory):
    client.programs.strip(directory)

    def count(row, requests):
        with tempfile.TemporaryDirectory(prefix="bench-callgrind-") as directory:
            output = os.path.join(directory, "out")
            client.run(row, requests, wrapper=callgrind(output))
            return _total(output)

    return count


def callgrind(output):
    return (tools.find("valgrind"), "--tool=callgrind", f"--callgrind-out-file={output}", "-q")


def _total(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    raise RuntimeError("callgrind wrote no total")
