"""MUTATE=1: plants one bug a build, and expects its tests to turn red."""

import contextlib
import json
import re

from .checkout import BUILD_LIMIT, passed, tests_failed
from .figures import Unusable

MUTANT_TEST_LIMIT = 300  # seconds, with the build of what the mutant changed


def load_mutants(path, proof, only):
    mutants = json.loads((path / "Scripts" / "mutants" / f"{proof}.json").read_text())
    names = [mutant["name"] for mutant in mutants]
    if len(set(names)) != len(names) or not names:
        raise Unusable(f"Scripts/mutants/{proof}.json: no mutant, or two of one name")
    unknown = set(only) - set(names)
    if unknown:
        raise Unusable(f"unknown mutants: {', '.join(sorted(unknown))}; known: {', '.join(names)}")
    flaws = [flaw for mutant in mutants for flaw in flaws_of(mutant, path)]
    if flaws:
        raise Unusable("mutants do not apply any more:\n  " + "\n  ".join(flaws))
    return [mutant for mutant in mutants if not only or mutant["name"] in only]


def flaws_of(mutant, path):
    file = path / mutant["file"]
    count = file.read_text().count(mutant["old"]) if file.is_file() else 0
    if count != 1:
        yield f"{mutant['name']}: its text stands {count} times in {mutant['file']}: {mutant['old']}"


def mutate(checkout, figures, mutants):
    for number, pattern in enumerate(sorted({mutant["filter"] for mutant in mutants}), 1):
        run = build_and_test(checkout, f"unchanged-{number}", pattern, BUILD_LIMIT)
        if not passed(run):
            raise Unusable(f"red or empty without any mutant, so it proves nothing: --filter '{pattern}'")
    figures.fact("mutants", len(mutants), "all killed")
    for mutant in mutants:
        with planted(checkout.path, mutant):
            checkout.runner.quiet = True  # red is what is wanted
            verdict, killed = try_mutant(checkout, mutant)
            checkout.runner.quiet = False
        print(f"mutant {mutant['name']}: {verdict} ({'killed' if killed else 'MUST BE KILLED'})", flush=True)
        if not killed:
            figures.short.append(mutant["name"])


@contextlib.contextmanager
def planted(path, mutant):
    file = path / mutant["file"]
    text = file.read_text()
    try:
        file.write_text(text.replace(mutant["old"], mutant["new"]))
        yield
    finally:
        file.write_text(text)


def try_mutant(checkout, mutant):
    run = build_and_test(checkout, mutant["name"], mutant["filter"], MUTANT_TEST_LIMIT)
    # Tests that are ended at their limit may have printed nothing yet; what was built says so at once.
    if not run.good and not re.search("Test run started|Build complete!", run.text):
        return "does not build" if run.code is not None else "is not built in time", False
    count = len(tests_failed(run))
    if count:
        return f"killed by {count} test{'s' if count > 1 else ''}", True
    if run.code is None:
        return f"killed by the time limit of {MUTANT_TEST_LIMIT} s", True
    if run.code < 0 or re.search(r"unexpected signal code|signal code \d+|Fatal error", run.text):
        return "killed by a crash of the tests", True
    return ("survived" if run.good else f"no test failed, but {run.ending}"), False


def build_and_test(checkout, name, pattern, limit):
    """One `swift test`: `swift build`, `swift test list` and `--skip-build` have flags of their own each, so that one
    after the other builds everything anew, which is seventy seconds a mutant instead of seven."""
    return checkout.swift(f"test-{name}", "test", "--filter", pattern, limit=limit)
