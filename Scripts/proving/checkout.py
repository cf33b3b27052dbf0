"""Where a proof is made, how swift is called there, and what it printed."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import tempfile

from .figures import Unusable, names_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD_LIMIT, TEST_LIMIT = 3600, 300  # seconds
TRAITS = ("--enable-all-traits",)  # as Scripts/test has it: with other flags each would undo the other's build


class Checkout:
    """Where the proof is made, and how swift is called there."""

    def __init__(self, path, runner, cache=None, traits=TRAITS):
        self.path, self.runner, self.cache, self.traits = path, runner, cache, traits

    def swift(self, name, verb, *arguments, limit, files=None):
        cache = ["--cache-path", self.cache] if self.cache else []
        traits = [] if "--package-path" in arguments else self.traits
        return self.runner.run(name, ["swift", verb, *cache, *traits, *arguments], self.path, limit, files)

    def build(self):
        """The tests and every program, as `swift test` builds them: `swift build` has other flags."""
        run = self.swift("build", "test", "--filter", "^no test of any name$", limit=BUILD_LIMIT)
        if not run.good:
            raise Unusable("the package does not build")
        return run

    def program(self, name):
        """A program of the package, in debug."""
        self.build()
        return self.path / ".build" / "debug" / name

    def test(self, name, *arguments, limit=TEST_LIMIT, files=None):
        # Without --skip-build, which plans the build anew with other flags, so that the next one makes everything anew.
        return self.swift(name, "test", *arguments, limit=limit, files=files)


def clone(work, runner, name):
    """HEAD of this checkout, without what is not committed."""
    target = work / name
    if not runner.run("clone", ["git", "clone", "-q", "--no-hardlinks", ROOT, target], work, 300).good:
        raise Unusable("git clone failed")
    return target


def dirty(path):
    run = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no"], cwd=path, capture_output=True, text=True, timeout=60)
    return run.returncode != 0 or bool(run.stdout.strip())


def copy_packages(source, target):
    target.mkdir(exist_ok=True)
    for name in ("checkouts", "repositories", "artifacts", "workspace-state.json"):
        if (source / name).exists():
            subprocess.run(["cp", "-a", str(source / name), str(target / name)], check=True, timeout=300)
    if (ROOT / "Package.resolved").exists():
        shutil.copy2(ROOT / "Package.resolved", target.parent / "Package.resolved")


@contextlib.contextmanager
def folder(options):
    if options.work is None:
        with tempfile.TemporaryDirectory(prefix="prove-", ignore_cleanup_errors=True) as name:
            yield pathlib.Path(name).resolve()
        return
    options.work.mkdir(parents=True, exist_ok=True)
    for name in ("clone", "mutants"):
        if (options.work / name).exists():
            raise Unusable(f"--work: {options.work / name} exists already")
    yield options.work.resolve()


# What swift test prints ---------------------------------------------------------------------------------------------


def tests_run(run):
    """The number of tests of a run, of both test libraries; 0 when it did not get to its end."""
    found = re.findall(r"Test run with (\d+) tests?\b", run.text)
    old = re.findall(r"Executed (\d+) tests?, with", run.text)
    return int(found[-1]) + (int(old[-1]) if old else 0) if found else 0


def tests_failed(run):
    pattern = r"^✘ Test (?!run |case )(.+?)(?: with \d+ test cases?)? failed after"
    return set(re.findall(pattern, run.text, re.M) + re.findall(r"^Test Case '(.+?)' failed \(", run.text, re.M))


def passed(run):
    return run.good and tests_run(run) > 0


def suites(listing):
    """`Module.Suite` -> number of tests, of what `swift test list` prints; a name with spaces stands in backticks."""
    counts = {}
    for line in listing.splitlines():
        match = re.match(r"(\w+\.(?:`[^`]*`|[\w.]+))/", line)
        if match:
            counts[match.group(1)] = counts.get(match.group(1), 0) + 1
    return counts


def suite_filter(names):
    return "^(" + "|".join(re.sub(r"([.\\+*?()\[\]{}|^$])", r"\\\1", name) for name in names) + ")/"
