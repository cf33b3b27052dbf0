"""The JSON file of a measurement."""

import json
import os
import platform
import time

DIRECTORY = os.path.join(os.path.dirname(__file__), "..", "results")


def write(kind, settings, rows):
    os.makedirs(DIRECTORY, exist_ok=True)
    name = f"{kind}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    document = {"kind": kind, "settings": settings, "machine": _machine(), "rows": rows}
    with open(os.path.join(DIRECTORY, name), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    return os.path.join("results", name)


def _machine():
    return {
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
    }
