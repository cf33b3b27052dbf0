"""How busy a core was, to tell undisturbed runs from disturbed ones."""

import os


def busy_seconds(core):
    """User, system, interrupt and stolen time of one core since boot."""
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            fields = line.split()
            if fields[0] == f"cpu{core}":
                user, nice, system, _idle, _wait, irq, softirq, steal = map(int, fields[1:9])
                ticks = user + nice + system + irq + softirq + steal
                return ticks / os.sysconf("SC_CLK_TCK")
    raise RuntimeError(f"core {core} does not exist")
