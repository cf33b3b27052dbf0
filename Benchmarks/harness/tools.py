"""Finds the programs the harness starts, and says what to install when one is missing."""

import os
import shutil

PACKAGES = {
    "nginx": "nginx-light",
    "valgrind": "valgrind",
    "openssl": "openssl",
    "taskset": "util-linux",
    "cc": "gcc",
    "strip": "binutils",
    "swift": "swift (from swift.org)",
    "go": "golang-go",
    "perf": "linux-perf",
    "cargo": "cargo",
}


class MissingTool(Exception):
    pass


def find(name):
    # Debian puts nginx where only root's PATH looks.
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise MissingTool(f"{name} is missing: apt-get install -y {PACKAGES[name]}")
    return path


def exists(name):
    return not _is_missing(name)


def require(*names):
    missing = [name for name in names if _is_missing(name)]
    if missing:
        packages = " ".join(sorted({PACKAGES[name] for name in missing}))
        raise MissingTool(f"missing: {', '.join(missing)}\ninstall with: apt-get install -y {packages}")


def _is_missing(name):
    try:
        find(name)
    except MissingTool:
        return True
    return False
