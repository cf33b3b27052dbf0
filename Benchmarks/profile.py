#!/usr/bin/env python3
"""Where the instructions of a request go, function by function, by callgrind; with --clock where the time goes. See README.md."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile

from harness import callgrind, instructions, processes, rows, sampling, tools
from harness.client import Client
from harness.programs import Programs, add_options
from harness.server import Server


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row", help=f"one of {', '.join(rows.KINDS)}")
    parser.add_argument("--clock", action="store_true", help="sample the time instead, with the kernel's part")
    parser.add_argument("--against", help="another row: what costs more than there is listed first")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--counts", default="500,2500", help="the two run lengths of the difference")
    parser.add_argument("--top", type=int, default=40, help="functions to list (default: 40)")
    parser.add_argument("--callers", type=int, default=8, help="callers to list of each shared function (default: 8)")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=200)
    add_options(parser)
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        tools.require("nginx", "openssl", "taskset", *(["perf"] if options.clock else ["valgrind", "strip"]))
        names = [options.row, *([options.against] if options.against else [])]
        selected = rows.select(names, [options.concurrency])
        programs = Programs(options.release)
        programs.prepare(selected)
        options.counts = [int(count) for count in options.counts.split(",")]
    except (tools.MissingTool, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        if options.clock:
            print(clock(options, programs, selected[0]))
            return 0
        profile, *against = measure(options, programs, selected)
        print(render(profile, against[0] if against else None, selected[0], options))
        return 0
    except (RuntimeError, processes.Overdue) as problem:
        print(problem, file=sys.stderr)
        return 1


def measure(options, programs, selected):
    with Server(options.server_core) as server, tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        programs.strip(scratch)
        client = Client(programs, server, options.client_core, options.timeout)
        return [difference(client, row, options.counts, scratch) for row in selected]


def clock(options, programs, row):
    with Server(options.server_core) as server, tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        client = Client(programs, server, options.client_core, options.timeout)
        return demangled_text(sampling.report(client, row, int(30_000 * row.scale), scratch, options.top))


def difference(client, row, counts, scratch):
    fewer, more = (int(count * row.scale) for count in counts)
    low, high = (profile_of(client, row, requests, scratch) for requests in (fewer, more))
    return high.minus(low, more - fewer)


def profile_of(client, row, requests, scratch):
    output = os.path.join(scratch, f"callgrind.{requests}")
    client.run(row, requests, wrapper=instructions.callgrind(output))
    return callgrind.read(output)


def render(profile, against, row, options):
    profile = profile.renamed(Names(profile))
    own = sorted(profile.own.items(), key=lambda item: -item[1])

    lines = [f"{row.title}: {profile.total:,.0f} instructions a request", ""]
    lines += _objects(profile)
    lines += ["", f"SELF: the {options.top} functions that execute most themselves", _HEAD]
    lines += [_line(cost, profile, function) for function, cost in own[:options.top]]

    if against is not None:
        lines += ["", f"MORE THAN {options.against}: own instructions, and calls", _HEAD]
        lines += _differences(profile, against.renamed(Names(against)), options.top)

    lines += ["", "WITH THE RUNTIME: a function's own instructions and those of the runtime it calls directly",
              "(retain, release, malloc, metadata; what other Swift functions cost is in their own line)", _HEAD]
    with_runtime = sorted(_with_runtime(profile).items(), key=lambda item: -item[1])
    lines += [_line(cost, profile, function) for function, cost in with_runtime[:options.top]]

    lines += ["", "WHO CALLS the shared functions above: calls a request, and what those calls cost altogether"]
    for function, _ in own[:options.top]:
        if not _is_runtime(function) or profile.called[function] < 1:
            continue
        lines.append(f"{function[1]} [{function[0]}]")
        callers = [(count, caller) for (caller, callee), count in profile.calls.items() if callee == function]
        for count, caller in sorted(callers, key=lambda item: -item[0])[:options.callers]:
            lines.append(f"    {count:8.2f} {profile.inclusive.get((caller, function), 0):9,.0f}  {caller[1]}")
    return "\n".join(lines)


class Names:
    """(object file, symbol) -> the same, readable; recursion levels and parts of `async` functions are not told apart."""

    def __init__(self, profile):
        symbols = {name for pair in profile.calls for (_, name) in pair} | {name for (_, name) in profile.own}
        self._readable = demangled({_LEVEL.sub("", symbol) for symbol in symbols})

    def __call__(self, function):
        library, symbol = function
        symbol = _LEVEL.sub("", symbol)
        return library, self._readable.get(symbol, symbol)


_LEVEL = re.compile(r"'\d+$")
_HEAD = f"{'instr.':>9} {'share':>6} {'calls':>8}  function"


def _line(cost, profile, function):
    return f"{cost:9,.0f} {cost / profile.total:6.1%} {profile.called[function]:8.2f}  {function[1]} [{function[0]}]"


def _differences(profile, other, top):
    lines = []
    names = profile.own.keys() | other.own.keys()
    ranked = sorted(names, key=lambda name: other.own.get(name, 0) - profile.own.get(name, 0))
    for name in ranked[:top]:
        cost = profile.own.get(name, 0) - other.own.get(name, 0)
        calls = profile.called[name] - other.called[name]
        lines.append(f"{cost:+9,.0f} {cost / profile.total:6.1%} {calls:+8.2f}  {name[1]} [{name[0]}]")
    return lines


def _objects(profile):
    totals = {}
    for (name, _), cost in profile.own.items():
        totals[name] = totals.get(name, 0) + cost
    ranked = sorted(totals.items(), key=lambda item: -item[1])[:8]
    return ["BY OBJECT FILE"] + [f"{cost:9,.0f} {cost / profile.total:6.1%}  {name}" for name, cost in ranked]


def _is_runtime(function):
    library, name = function
    if library.startswith("ld-linux"):
        return False
    # In a statically linked program the runtime is known by its names alone.
    return not library.startswith("bench-") or name.startswith(("swift_", "swift::", "bool swift::", "std::"))


def _with_runtime(profile):
    # The inclusive cost of an asynchronous function means nothing: it is left by a jump, not by a return.
    # A call into the runtime or into libc does return, so that much can be added.
    totals = dict(profile.own)
    for (caller, callee), cost in profile.inclusive.items():
        if not _is_runtime(caller) and _is_runtime(callee) and not _resumes(callee[1]):
            totals[caller] = totals.get(caller, 0) + cost
    return {function: cost for function, cost in totals.items() if not _is_runtime(function)}


def _resumes(name):
    """Runtime functions that may run a whole other task, or an event loop's turn, inside of them."""
    if name.startswith(("swift_task_alloc", "swift_task_dealloc", "swift_task_getCurrent")):
        return False
    return name.startswith(("swift_task", "swift_job", "swift_continuation", "swift_async", "_dispatch", "dispatch",
                            "pthread_cond", "start_thread", "swift::runJob", "swift::AsyncTask"))


def demangled(symbols):
    symbols = sorted(symbols)
    plain = demangled_text("\n".join(symbols)).split("\n")
    return dict(zip(symbols, plain)) if len(plain) >= len(symbols) else {}


def demangled_text(text):
    try:
        return subprocess.run(
            [tools.find("swift"), "demangle", "--compact", "--simplified"],
            input=text, capture_output=True, text=True, timeout=60, check=True).stdout
    except (tools.MissingTool, subprocess.SubprocessError):
        return text


if __name__ == "__main__":
    sys.exit(main())
