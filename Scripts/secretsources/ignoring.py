"""Random trees with random ignore files: what the command passes over is what git check-ignore names."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

NAMES = ["a", "b", "ab", "abc", "a.b", "a-b", "x", "A", "a b", "#a", "!a", "a]", "[a", "\u00e4", "a\\", "*", "b1", "1"]
PIECES = [
    "a", "b", "ab", "x", "A", "1", "abc", "b1", "*", "**", "?", "/", "/", "/", "**/", "/**", "/**/", "[ab]", "[!a]", "[^b]", "[a-c]",
    "[[:alpha:]]", "[[:digit:]b]", "[]a]", "[a", "[a-", "[\\]a]", "\\a", "\\*", "\\", ".", "-", " ", "\\ ", "#", "!",
    "\u00e4", "a.b", "***", "[[:nope:]]", "[b-a]", "[[:upper:]-b]",
]
SECRET = "token ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5\n"


def pattern(dice, paths):
    """Half of them grow from a path that is there, so that many match."""
    if dice.random() < 0.5:
        path = dice.choice(paths)
        parts = path.split("/")
        kept = parts[dice.randrange(len(parts)):dice.randrange(len(parts)) + 1] or parts[-1:]
        text = "/".join(dice.choice([each] * 5 + ["*", "**", each[:1] + "*", "?" * len(each), "[" + each[:1] + "z]" + each[1:]])
                        for each in kept)
        text = dice.choice(["", "", "/", "**/"]) + text + dice.choice(["", "", "/", "/*", "/**"])
    else:
        text = "".join(dice.choices(PIECES, k=dice.randint(1, 5)))
    return dice.choice(["", "", "!"]) + text + dice.choice(["", "", "", "", " ", "\r"])


def make_tree(dice, root):
    """Files that each hold a secret; ignore files in some folders; one for the repository alone."""
    folders, paths = [""], []
    for _ in range(dice.randint(3, 8)):
        folder = os.path.join(dice.choice(folders), dice.choice(NAMES))
        if folder not in paths and folder not in folders:
            folders.append(folder)
    for _ in range(dice.randint(25, 45)):
        path = os.path.join(dice.choice(folders), dice.choice(NAMES))
        if path not in folders and path not in paths:
            paths.append(path)
    subprocess.run(["git", "init", "-q", root], check=True)
    for path in paths:
        file = pathlib.Path(root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
    spots = [".git/info/exclude", ".gitignore"] + [
        os.path.join(folder, ".gitignore") for folder in folders[1:] if dice.random() < 0.4]
    for spot in spots:
        file = pathlib.Path(root, spot)
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [pattern(dice, paths) for _ in range(dice.randint(1, 4))]
        file.write_text("\n".join(lines) + dice.choice(["", "\n"]), newline="")
    return paths


def ignored_by_git(root, paths, environment):
    run = subprocess.run(
        ["git", "-C", root, "check-ignore", "-z", "--stdin"], input="\0".join(paths).encode() + b"\0",
        capture_output=True, env=environment, timeout=60)
    assert run.returncode in (0, 1), run.stderr
    return {each.decode() for each in run.stdout.split(b"\0")[:-1]}


def found_by_command(tessera, root, environment):
    run = subprocess.run([tessera, "scan", ".", "--format", "json"], cwd=root, capture_output=True, env=environment,
                         timeout=60)
    assert run.returncode in (0, 10), run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[-1]["complete"], run.stderr
    return {line["path"] for line in lines if line["type"] == "finding"}


def compare(tessera, seed, cases):
    """The number of paths that were asked about, how many git ignores, and those on which the two differ."""
    dice, asked, ignored, differences = random.Random(seed), 0, 0, []
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    while asked < cases:
        root = tempfile.mkdtemp(prefix="tessera-ignore-")
        try:
            paths = make_tree(dice, root)
            theirs = ignored_by_git(root, paths, environment)
            ours = set(paths) - found_by_command(tessera, root, environment)
            asked += len(paths)
            ignored += len(theirs)
            for path in sorted(ours ^ theirs):
                rules = {str(file.relative_to(root)): file.read_bytes()
                         for file in [*pathlib.Path(root).rglob(".gitignore"), pathlib.Path(root, ".git/info/exclude")]}
                differences.append((path, path in theirs, rules))
        finally:
            shutil.rmtree(root)
    return asked, ignored, differences
