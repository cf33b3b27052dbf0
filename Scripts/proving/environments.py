"""Python environments with packages from PyPI, for peers that nobody here wrote."""

import os
import pathlib
import shutil
import subprocess
import sys

from .figures import Unusable

INSTALL_LIMIT = 600  # seconds


def environment(name, packages):
    """The folder of the environment; made under CI, asked for otherwise."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tessera" / "servers"
    folder = cache / name
    done = folder / "complete"
    if done.is_file() and done.read_text() == "\n".join(packages):
        return folder
    install = f"python3 -m venv {folder} && {folder}/bin/pip install " + " ".join(f"'{each}'" for each in packages)
    if os.environ.get("CI") != "true":
        raise Unusable(
            f"missing: the Python packages of a foreign peer. Run with CI=true to have them installed in {cache}, or:\n"
            f"  {install} && printf '%s' '{chr(10).join(packages)}' > {done}")
    shutil.rmtree(folder, ignore_errors=True)
    for command in ([sys.executable, "-m", "venv", str(folder)], [f"{folder}/bin/pip", "install", "-q", *packages]):
        run = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_LIMIT)
        if run.returncode != 0:
            raise Unusable(f"{' '.join(command)}: {run.stderr.strip()[-500:]}")
    done.write_text("\n".join(packages))
    return folder
