#!/usr/bin/env python3
"""Lists the functions that sessions and prototypes execute, for the linker to put next to each other, and links again.

A kernel maps a program in pieces of 64 KiB, so that functions which lie scattered bring their neighbours into memory with
them. After `build-static`; needs nginx and valgrind, as `profile.py` does.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

from harness import callgrind, instructions, processes, rows, tools
from harness.client import Client
from harness.programs import STATIC, Programs
from harness.server import Server

NAMES = ["session-nio", "session-nio-loop", "nio-await", "nio-await-loop",
         "session-nio-h2", "session-nio-h2-loop", "nio-h2-await", "nio-h2-await-loop"]
REQUESTS = 300
PACKAGE = os.path.dirname(os.path.abspath(__file__))
ORDER = os.path.join(PACKAGE, ".build-static", "order.txt")
PROGRAM = "bench-client"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=200)
    options = parser.parse_args()
    try:
        tools.require("nginx", "openssl", "taskset", "valgrind", "strip")
        selected = rows.select(NAMES, [1, 64])
        programs = Programs(STATIC)
        programs.prepare(selected)
        executed = functions(options, programs, selected)
    except (tools.MissingTool, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except (RuntimeError, processes.Overdue) as problem:
        print(problem, file=sys.stderr)
        return 1
    # What all of them need comes first.
    with open(ORDER, "w", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in sorted(executed, key=lambda name: (-executed[name], name)))
    print(f"{len(executed)} functions")
    # The build does not know that the list has changed.
    os.remove(os.path.join(STATIC, PROGRAM))
    return subprocess.call([os.path.join(PACKAGE, "build-static"), "--product", PROGRAM])


def functions(options, programs, selected):
    """Function -> how many of the rows execute it."""
    executed = {}
    with Server(options.server_core) as server, tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        programs.strip(scratch)
        client = Client(programs, server, options.client_core, options.timeout)
        for row in selected:
            output = os.path.join(scratch, "callgrind")
            client.run(row, REQUESTS, wrapper=[*instructions.callgrind(output), "--demangle=no"])
            # A level of recursion is part of callgrind's name, and not of the function's.
            names = {re.sub(r"'\d+$", "", name) for library, name in callgrind.read(output).own if PROGRAM in library}
            for name in names:
                executed[name] = executed.get(name, 0) + 1
    return executed


if __name__ == "__main__":
    sys.exit(main())
