"""Reads callgrind's output: what each function cost itself, how often it was called, and by whom."""

from collections import defaultdict


class Profile:
    """Whole-run figures; `minus` takes one run from another, so that start and warm-up cancel out."""

    def __init__(self):
        self.own = defaultdict(float)  # function -> instructions
        self.calls = defaultdict(float)  # (caller, callee) -> calls
        self.inclusive = defaultdict(float)  # (caller, callee) -> instructions of those calls
        self.called = defaultdict(float)  # function -> calls, once it is `renamed`

    def minus(self, other, requests):
        result = Profile()
        for name in ("own", "calls", "inclusive"):
            mine, theirs, target = (getattr(one, name) for one in (self, other, result))
            for key in mine.keys() | theirs.keys():
                value = (mine.get(key, 0) - theirs.get(key, 0)) / requests
                if value:
                    target[key] = value
        return result

    def renamed(self, name):
        """Functions that get the same name become one: the parts of an asynchronous function, for instance."""
        result = Profile()
        for function, cost in self.own.items():
            result.own[name(function)] += cost
        for table, target in ((self.calls, result.calls), (self.inclusive, result.inclusive)):
            for (caller, callee), value in table.items():
                target[name(caller), name(callee)] += value
        # The parts of one function are called one after the other: it was called as often as the busiest of them.
        parts = defaultdict(float)
        for (_, callee), count in self.calls.items():
            parts[callee] += count
        for callee, count in parts.items():
            result.called[name(callee)] = max(result.called[name(callee)], count)
        return result

    @property
    def total(self):
        return sum(self.own.values())


def read(path):
    """A function is (object file's name, symbol)."""
    profile = Profile()
    objects, functions = {}, {}
    ob = cob = fn = cfn = None
    calls = 0
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            key, separator, value = line.rstrip("\n").partition("=")
            if separator and key in ("ob", "cob", "fn", "cfn"):
                if key == "ob":
                    ob = _named(objects, value)
                elif key == "cob":
                    cob = _named(objects, value)
                elif key == "fn":
                    fn, cob = (ob, _named(functions, value)), None
                else:
                    # A call without `cob` stays within the object file.
                    cfn = (cob if cob is not None else ob, _named(functions, value))
                    cob = None
            elif separator and key == "calls":
                calls = int(value.split()[0])
            elif line[:1] in "0123456789+-*" and fn is not None:
                cost = int(line.split()[-1])
                if cfn is not None:
                    profile.calls[fn, cfn] += calls
                    profile.inclusive[fn, cfn] += cost
                    cfn = None
                else:
                    profile.own[fn] += cost
            elif line.startswith(("totals:", "summary:")):
                fn = None
    return profile


def _named(names, text):
    # Names are written once: "(7) name", and "(7)" from then on.
    number, _, name = text.partition(" ")
    if name:
        names[number] = name.rsplit("/", 1)[-1] if name.startswith("/") else name
    return names.get(number, number)
