"""Where the programs of the rows are."""

import os

from . import peers, tools

_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
RELEASE = os.path.join(_PACKAGE, ".build", "release")
# With the Swift runtime inside, as a program is shipped, and as Go's and Rust's programs are.
STATIC = os.path.join(_PACKAGE, ".build-static", "release")


def add_options(parser):
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--static", dest="release", action="store_const", const=STATIC, default=RELEASE,
                       help="our programs with the Swift runtime inside, from .build-static")
    where.add_argument("--release", default=RELEASE, help="the folder with our programs (default: .build/release)")


class Programs:
    def __init__(self, release=RELEASE, cache=None, install=False):
        self._release = release
        self._stripped = None
        self._peers = peers.Peers(cache or peers.default_cache(), install)

    def prepare(self, rows):
        """Returns peer -> reason for those that are missing; one of our own that is missing is an error."""
        for name in sorted({row.kind.program for row in rows if not row.kind.is_peer}):
            if not os.access(self._ours(name), os.X_OK):
                raise tools.MissingTool(f"{name} is not built: {self._how()}")
        return self._peers.prepare(sorted({row.kind.program for row in rows if row.kind.is_peer}))

    def command(self, row):
        if row.kind.is_peer:
            return self._peers.command(row.kind.program)
        return [self._ours(row.kind.program)]

    def _how(self):
        static = os.path.realpath(self._release).startswith(os.path.realpath(os.path.join(_PACKAGE, ".build-static")))
        return "Benchmarks/build-static" if static else "swift build -c release --package-path Benchmarks"

    def strip(self, folder):
        """Distributions' valgrinds cannot read the debugging information Swift writes, and give up."""
        from . import processes

        for name in os.listdir(self._release):
            path = os.path.join(self._release, name)
            if name.startswith("bench-") and os.path.isfile(path) and "." not in name and os.access(path, os.X_OK):
                processes.run(
                    [tools.find("strip"), "--strip-debug", "-o", os.path.join(folder, name), path], timeout=60)
        self._stripped = folder

    def _ours(self, name):
        return os.path.join(self._stripped or self._release, name)
