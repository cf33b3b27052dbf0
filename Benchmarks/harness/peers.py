"""Other clients for the same work: built into a cache outside the repository, and named in the table when they cannot be."""

import hashlib
import json
import os
import shutil
import sys

from . import processes, tools

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers")
BUILD_LIMIT = 900
INSTALL_LIMIT = 900
PYTHON_PACKAGES = {"aiohttp": ["aiohttp"], "httpx": ["httpx[http2]"], "requests": ["requests"]}


class Missing(Exception):
    """Why a peer cannot be measured here, and what to install."""


class Peers:
    def __init__(self, cache, install):
        self._cache = cache
        self._install = install
        self._commands = {}

    def prepare(self, names):
        """Builds what is needed; returns name -> reason for those that are missing."""
        missing = {}
        for name in names:
            try:
                self._commands[name] = _BUILDERS[name](self, name)
            except (Missing, RuntimeError, processes.Overdue) as problem:
                missing[name] = str(problem).strip().splitlines()[-1]
            else:
                print(f"peer {name}: ready", file=sys.stderr)
        return missing

    def command(self, name):
        return self._commands[name]

    # Builders: each returns the command's first words. --------------------------------------------------------------

    def _go(self, name):
        self._need("go", ["golang-go"])
        self._need_path("/usr/share/gocode/src/golang.org/x/oauth2", ["golang-golang-x-oauth2-dev"])
        return [self._built(name, lambda source, target: processes.run(
            [tools.find("go"), "build", "-o", target, "."], cwd=source, timeout=BUILD_LIMIT,
            env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                 "GOCACHE": os.path.join(self._cache, "go-build")}))]

    def _rust(self, name):
        self._need("cargo", ["cargo"])
        self._need_path("/usr/share/cargo/registry", ["librust-reqwest-dev"])

        def build(source, target):
            # Debian ships the sources of its crates; nothing is fetched.
            processes.run(
                [tools.find("cargo"), "build", "--release", "--offline", "--target-dir", f"{target}.d",
                 "--config", 'source.crates-io.replace-with="debian"',
                 "--config", 'source.debian.directory="/usr/share/cargo/registry"'],
                cwd=source, timeout=BUILD_LIMIT)
            shutil.copy2(f"{target}.d/release/reqwest-peer", target)
            shutil.rmtree(f"{target}.d")

        return [self._built(name, build)]

    def _c(self, name):
        self._need("cc", ["gcc"])
        self._need_header("curl/curl.h", ["libcurl4-openssl-dev"])
        return [self._built(name, lambda source, target: processes.run(
            [tools.find("cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-o", target, f"{source}/client.c", "-lcurl"],
            timeout=BUILD_LIMIT))]

    def _python(self, name):
        python = os.path.join(self._cache, "python", "bin", "python")
        if not os.access(python, os.X_OK):
            if not self._install:
                raise Missing("no virtual environment yet: run once with --install")
            processes.run([sys.executable, "-m", "venv", os.path.dirname(os.path.dirname(python))], timeout=INSTALL_LIMIT)
        if not self._imports(python, name):
            if not self._install:
                raise Missing(f"not in the virtual environment: run once with --install (pip install {name})")
            processes.run([python, "-m", "pip", "install", "-q", *PYTHON_PACKAGES[name]], timeout=INSTALL_LIMIT)
        return ["/usr/bin/env", f"PYTHONPATH={os.path.join(SOURCES, 'python')}", python,
                os.path.join(SOURCES, name, "client.py")]

    @staticmethod
    def _imports(python, name):
        try:
            processes.run([python, "-I", "-c", f"import {name}"], timeout=60)
            return True
        except RuntimeError:
            return False

    # ----------------------------------------------------------------------------------------------------------------

    def _built(self, name, build):
        """The program made of peers/NAME, made anew when the source has changed."""
        source = os.path.join(SOURCES, name)
        folder = os.path.join(self._cache, f"{name}-{_digest(source)}")
        target = os.path.join(folder, name)
        if not os.access(target, os.X_OK):
            shutil.rmtree(folder, ignore_errors=True)
            # A copy, because builders write lock files beside the sources.
            shutil.copytree(source, os.path.join(folder, "source"))
            build(os.path.join(folder, "source"), target)
        return target

    def _need(self, program, packages):
        if not tools.exists(program):
            self._apt(packages)
            if not tools.exists(program):
                raise Missing(f"{program} is missing: apt-get install -y {' '.join(packages)}")

    def _need_path(self, path, packages):
        if not os.path.exists(path):
            self._apt(packages)
            if not os.path.exists(path):
                raise Missing(f"{path} is missing: apt-get install -y {' '.join(packages)}")

    def _need_header(self, header, packages):
        def found():
            try:
                processes.run([tools.find("cc"), "-E", "-include", header, "-x", "c", os.devnull], timeout=60)
                return True
            except RuntimeError:
                return False

        if not found():
            self._apt(packages)
            if not found():
                raise Missing(f"{header} is missing: apt-get install -y {' '.join(packages)}")

    def _apt(self, packages):
        if self._install and tools.exists("apt-get"):
            processes.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], timeout=INSTALL_LIMIT,
                          env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


_BUILDERS = {
    "go-oauth2": Peers._go,
    "reqwest": Peers._rust,
    "libcurl": Peers._c,
    "aiohttp": Peers._python,
    "httpx": Peers._python,
    "requests": Peers._python,
}


def default_cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "tessera-bench")


def _digest(folder):
    sums = hashlib.sha256()
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            with open(os.path.join(path, name), "rb") as file:
                sums.update(json.dumps([os.path.relpath(os.path.join(path, name), folder)]).encode())
                sums.update(file.read())
    return sums.hexdigest()[:12]
