"""`tessera scan` on trees and histories in which secrets are planted: all are found, none is printed, nothing is executed, and
what git ignores is passed over."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from proving.environments import environment

from . import ignoring, planted

PACKAGES = ["sarif-pydantic==0.6.2"]
KEY = {"SCAN_KEY": "a-key-of-a-baseline-that-is-long-enough"}
FORMATS = ["text", "json", "sarif"]
MOST_MEMORY = 200  # MiB

REFEREE = r"""
import sys
from pydantic import BaseModel
from sarif_pydantic import Sarif
# Members of the standard (3.13.3, 3.14.17) that these models leave out.
STANDARD = {("log", "$schema"), ("log.runs", "columnKind")}
def unknown(value, at="log"):
    if isinstance(value, BaseModel):
        yield from (f"{at}.{name}" for name in (value.__pydantic_extra__ or {}) if (at, name) not in STANDARD)
        for name in type(value).model_fields:
            yield from unknown(getattr(value, name), f"{at}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from unknown(each, at)
print(*unknown(Sarif.model_validate_json(sys.stdin.read())))
"""


class Bench:
    """A folder of the proof's own, the command, and everything that the command has printed."""

    def __init__(self, tessera, folder):
        self.tessera, self.folder, self.printed = str(pathlib.Path(tessera).resolve()), folder, []

    def git(self, *arguments, **settings):
        clean = {"PATH": os.environ["PATH"], "HOME": self.folder, "GIT_CONFIG_NOSYSTEM": "1"}
        names = ["-c", "user.name=n", "-c", "user.email=n@example.test"]
        return subprocess.run(["git", *names, *arguments], check=True, capture_output=True, env=clean, text=True,
                              **settings).stdout

    def scan(self, root, *arguments, expected=(0, 10)):
        run = subprocess.run([self.tessera, "scan", *arguments], cwd=root, capture_output=True, timeout=600,
                             env={"PATH": "/usr/bin:/bin", "HOME": self.folder, **KEY})
        assert run.returncode in expected, (arguments, run.returncode, run.stderr)
        self.printed += [run.stdout, run.stderr]
        return run.stdout


def findings(output):
    return [each for each in map(json.loads, output.splitlines()) if each["type"] == "finding"]


def plant(bench, dice):
    """A repository whose tree has a file for each kind, and whose history has another one that is gone."""
    root = os.path.join(bench.folder, "planted")
    bench.git("init", "-q", root)
    here, gone = planted.secrets(dice), planted.secrets(dice)
    commits = {}
    for kind, (text, _) in gone.items():
        pathlib.Path(root, f"old-{kind}").write_text(f"first line\n\n{text}\n")
        bench.git("add", ".", cwd=root)
        bench.git("commit", "-q", "-m", "one", cwd=root)
        commits[kind] = bench.git("rev-parse", "HEAD", cwd=root).strip()
    bench.git("rm", "-q", "-r", ".", cwd=root)
    bench.git("commit", "-q", "-m", "gone", cwd=root)
    os.makedirs(root, exist_ok=True)
    for kind, (text, _) in here.items():
        pathlib.Path(root, f"new-{kind}").write_text(f"first line\n\n{text}\n")
    return root, here, gone, commits


def prove_found(figures, bench, dice, sources):
    root, here, gone, commits = plant(bench, dice)
    kinds = planted.catalogue(sources)
    figures.check("scan, kinds of the catalogue that are planted", len(kinds & here.keys()), f"all {len(kinds)}",
                  kinds == here.keys())
    in_tree = {(each["path"], each["pattern"], each["line"]) for each in findings(bench.scan(root, "--format", "json"))}
    wanted = {(f"new-{kind}", kind, 3) for kind in here}
    figures.check("scan, planted secrets found in the tree", len(in_tree & wanted), f"{len(wanted)}, and no others",
                  in_tree == wanted)
    whole = findings(bench.scan(root, "--history", "--format", "json"))
    in_history = {(each["path"], each["pattern"], each["commit"]) for each in whole if "commit" in each}
    wanted = {(f"old-{kind}", kind, commits[kind]) for kind in gone}
    figures.check("scan, planted secrets found in the history, with their commits", len(in_history & wanted),
                  f"{len(wanted)}, and no others", in_history == wanted)
    for title, got, want in [("tree", in_tree, {(f"new-{k}", k, 3) for k in here}), ("history", in_history, wanted)]:
        if got != want:
            print(f"scan, {title}: missing {sorted(want - got)}, unexpected {sorted(got - want)}", flush=True)
    return root, [secret for _, secret in [*here.values(), *gone.values()]]


def prove_silent(figures, bench, root, secrets):
    """Every format to stdout and to a file, with and without a baseline, and the baseline itself."""
    # A secret in a name, and one in a name that is not UTF-8.
    names = [each for each in secrets if "/" not in each and len(each) < 100 and each.startswith(("ghp_", "npm_"))]
    for name in names:
        pathlib.Path(root, name).write_text("x " + names[0])
        pathlib.Path(os.fsdecode(os.fsencode(os.path.join(root, name)) + b".\xff")).write_text("x " + names[0])
    known = ["--baseline", "known", "--baseline-key", "env:SCAN_KEY"]
    report = os.path.join(bench.folder, "report")
    for where in [[], ["--history"]]:
        for form in FORMATS:
            for baseline in [[], known]:
                if baseline:
                    bench.scan(root, *where, *known, "--write-baseline", expected=(0,))
                    bench.printed.append(pathlib.Path(root, "known").read_bytes())
                    pathlib.Path(root, "more").write_text("x " + names[-1])
                bench.scan(root, *where, "--format", form, *baseline, expected=(10,))
                bench.scan(root, *where, "--format", form, *baseline, "-o", report, expected=(10,))
                bench.printed.append(pathlib.Path(report).read_bytes())
                pathlib.Path(root, "more").unlink(missing_ok=True)
    bench.scan(root, "--history", *known, expected=(0,))
    text = b"\n".join(bench.printed)
    leaks = [secret for secret in secrets if any(form in text for form in planted.forms(secret))]
    control = b"\n".join(pathlib.Path(root, each).read_bytes() for each in os.listdir(root) if each.startswith("new-"))
    seen = sum(any(form in control for form in planted.forms(secret)) for secret in secrets)
    figures.fact("scan, bytes of output that were searched", len(text))
    figures.check("scan, secrets printed in any form", len(leaks), "0", not leaks)
    figures.check("scan, secrets that the same search finds in the files", seen, f"{len(secrets) // 2}",
                  seen >= len(secrets) // 2)


def prove_sarif(figures, bench, root):
    log = bench.scan(root, "--history", "--format", "sarif")
    python = environment("sarif", PACKAGES) / "bin" / "python"
    run = subprocess.run([python, "-c", REFEREE], input=log, capture_output=True, timeout=60)
    verdict = run.stdout.decode().strip() if run.returncode == 0 else run.stderr.decode().strip()[-300:]
    results = json.loads(log)["runs"][0]["results"]
    figures.check("scan, SARIF members that sarif-pydantic does not know or misses", verdict or 0, "0", verdict == "")
    figures.check("scan, SARIF results without a place", sum(
        not each["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for each in results),
        f"0 of {len(results)}", len(results) > 0)


def prove_harmless(figures, bench):
    """A repository in which every setting that names a program names one that leaves a mark."""
    root = os.path.join(bench.folder, "trapped")
    mark, trap = os.path.join(bench.folder, "mark"), os.path.join(bench.folder, "trap")
    bench.git("init", "-q", root)
    pathlib.Path(trap).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    os.chmod(trap, 0o755)
    pathlib.Path(root, ".gitattributes").write_text("* diff=x filter=x merge=x\n")
    pathlib.Path(root, "a").write_text("nothing\n")
    bench.git("add", ".", cwd=root)
    bench.git("commit", "-q", "-m", "one", cwd=root)
    lost = bench.git("rev-parse", "HEAD:a", cwd=root).strip()
    hooks = pathlib.Path(root, ".git", "hooks")
    for hook in ["post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman", "post-checkout"]:
        shutil.copy(trap, hooks / hook)
    settings = {
        "core.fsmonitor": trap, "core.hooksPath": str(hooks), "core.pager": trap, "pager.rev-list": trap,
        "pager.cat-file": trap, "core.sshCommand": trap, "core.gitProxy": trap, "core.editor": trap,
        "core.alternateRefsCommand": trap, "diff.external": trap, "diff.x.textconv": trap, "diff.x.command": trap,
        "filter.x.smudge": trap, "filter.x.clean": trap, "filter.x.process": trap, "merge.x.driver": trap,
        "gpg.program": trap, "log.showSignature": "true", "credential.helper": trap, "alias.rev-list": "!" + trap,
        "uploadpack.packObjectsHook": trap, "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}", "remote.origin.promisor": "true", "remote.origin.uploadpack": trap,
        "remote.origin.partialCloneFilter": "blob:none", "protocol.allow": "always", "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        bench.git("config", name, value, cwd=root)
    # One object is missing, which a partial clone would fetch.
    pathlib.Path(root, ".git", "objects", lost[:2], lost[2:]).unlink()
    # Links to folders and files outside, loops, pipes, and a device where one can be made.
    pathlib.Path(bench.folder, "outside").write_text("x ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5")
    for name, target in [("loop", "."), ("etc", "/etc"), ("out", "../outside"), ("proc", "/proc/self"), ("up", "..")]:
        os.symlink(target, os.path.join(root, name))
    os.mkfifo(os.path.join(root, "pipe"))
    start = time.monotonic()
    bench.scan(root, "--binary", "--no-ignore", "--format", "json", expected=(0,))
    bench.scan(root, "--history", expected=(74,))
    figures.check("scan, programs started by a trapped repository", int(os.path.exists(mark)),
                  f"0 of {len(settings)} settings", not os.path.exists(mark))
    figures.fact("scan, seconds in the trapped repository", f"{time.monotonic() - start:.2f}")
    # The trap is one: git alone springs it.
    subprocess.run(["git", "-C", root, "status"], capture_output=True, env={"PATH": os.environ["PATH"], "HOME": bench.folder})
    figures.check("scan, the same repository with git status", "marked" if os.path.exists(mark) else "no mark", "marked",
                  os.path.exists(mark))


def prove_ignored(figures, bench, seed, cases):
    figures.fact("scan, seed", seed)
    asked, ignored, differences = ignoring.compare(bench.tessera, seed, cases)
    for path, by_git, rules in differences[:5]:
        print(f"scan differs: {path!r} is {'' if by_git else 'not '}ignored by git: {rules}", flush=True)
    figures.fact("scan, paths that git ignores", f"{ignored} of {asked}")
    figures.check("scan, paths passed over as git check-ignore says", asked - len(differences), f"all of >= {cases}",
                  asked >= cases and not differences)


def measured(bench, root, *arguments):
    """Seconds and the largest memory of the command alone, in MiB."""
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen([bench.tessera, "scan", *arguments], cwd=root, stdout=nowhere, stderr=nowhere,
                                 env={"PATH": "/usr/bin:/bin", "HOME": bench.folder})
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 10), child.returncode
    scale = 1 if sys.platform == "darwin" else 1024
    return time.monotonic() - start, usage.ru_maxrss * scale / 1_048_576


def prove_quick(figures, bench, dice):
    """20,000 files, and 2,000 commits."""
    root = os.path.join(bench.folder, "large")
    bench.git("init", "-q", root)
    line = "    let value = compute(first, second)  # an ordinary line of a program\n"
    size = 0
    for number in range(20_000):
        folder = pathlib.Path(root, f"d{number % 100}", f"e{number % 7}")
        folder.mkdir(parents=True, exist_ok=True)
        text = f"// {number}\n" + line * dice.randint(10, 150)
        size += len(text)
        (folder / f"f{number}.swift").write_text(text)
    seconds, memory = measured(bench, root)
    figures.fact("scan, a tree of 20,000 files", f"{size / 1e6:.0f} MB in {seconds:.2f} s, {memory:.0f} MiB of memory")
    figures.check("scan, memory for the tree", f"{memory:.0f} MiB", f"<= {MOST_MEMORY} MiB", memory <= MOST_MEMORY)
    stream = "".join(
        f"commit refs/heads/main\nmark :{n + 1}\ncommitter n <n@example.test> {n} +0000\ndata 1\nx\n"
        f"M 100644 inline d{n % 50}/f{n % 400}\ndata {len(str(n)) + len(line) * 200 + 1}\n{n}\n{line * 200}\n"
        for n in range(2000))
    past = os.path.join(bench.folder, "past")
    bench.git("init", "-q", past)
    bench.git("fast-import", "--quiet", cwd=past, input=stream)
    seconds, memory = measured(bench, past, "--history")
    figures.fact("scan, a history of 2,000 commits", f"{2000 * len(line) * 200 / 1e6:.0f} MB in {seconds:.2f} s")
    figures.check("scan, memory for the history", f"{memory:.0f} MiB", f"<= {MOST_MEMORY} MiB", memory <= MOST_MEMORY)


def prove(figures, tessera, seed, cases, sources="."):
    """All of it; `tessera` is the executable, `sources` the checkout that has the catalogue of secrets."""
    dice = planted.Dice(seed)
    folder = tempfile.mkdtemp(prefix="tessera-scanning-")
    try:
        bench = Bench(tessera, folder)
        root, secrets = prove_found(figures, bench, dice, sources)
        prove_sarif(figures, bench, root)
        prove_silent(figures, bench, root, secrets)
        prove_harmless(figures, bench)
        prove_ignored(figures, bench, seed, cases)
        prove_quick(figures, bench, dice)
    finally:
        shutil.rmtree(folder)
