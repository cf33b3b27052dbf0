"""The figures of a proof: one line each, `name: value (bar)`."""


class Unusable(Exception):
    """The proof cannot be made here; exit code 2."""


class Figures:
    def __init__(self):
        self.short = []

    def check(self, name, value, bar, holds):
        print(f"{name}: {value} ({bar})" + ("" if holds else "  FALLS SHORT"), flush=True)
        if not holds:
            self.short.append(name)

    def fact(self, name, value, bar="fact"):
        self.check(name, value, bar, True)


def names_of(text):
    return [name for name in text.split(",") if name]
