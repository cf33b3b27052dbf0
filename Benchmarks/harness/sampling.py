"""Where the time goes, the kernel's part included: samples of the processor's clock, which need no hardware counters."""

import os

from . import processes, tools

FREQUENCY = 4000


def report(client, row, requests, scratch, top):
    """Shares by object file and by function, as text."""
    data = os.path.join(scratch, "perf.data")
    client.run(row, requests, wrapper=(
        tools.find("perf"), "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY), "-o", data))
    lines = [f"{row.title}: shares of the CPU time of {requests:,} requests, start included"]
    for key, title in (("dso", "BY OBJECT FILE"), ("symbol", "BY FUNCTION ([k] is the kernel)")):
        text = processes.run(
            [tools.find("perf"), "report", "-i", data, "--stdio", "-q", "--sort", key], timeout=120)
        lines += ["", title] + [line.rstrip() for line in text.splitlines() if line.strip()][:top]
    return "\n".join(lines)
