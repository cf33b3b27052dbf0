"""The rows of the tables: a mode of bench-client and the protocol it is given."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    mode: str
    scheme: str
    concurrency: int
    # A mode without a network needs more requests before the kernel's clock sees it.
    scale: int = 1

    @property
    def title(self):
        return f"{self.name} C={self.concurrency}"


# Add a line for each new mode: name of the row -> (mode, scheme, scale).
KINDS = {
    "nio-callbacks": ("nio-callbacks", "http", 1),
    "nio-await": ("nio-await", "http", 1),
    "nio-await-actor": ("nio-await-actor", "http", 1),
    "nio-await-loop": ("nio-await-loop", "http", 1),
    "ahc": ("ahc", "http", 1),
    "nio-h2-callbacks": ("nio-h2-callbacks", "https", 1),
    "nio-h2-await": ("nio-h2-await", "https", 1),
    "nio-h2-await-loop": ("nio-h2-await-loop", "https", 1),
    "ahc-h2": ("ahc", "https", 1),
    "null": ("null", "http", 100),
    "transport-ahc": ("transport-ahc", "http", 1),
    "session-ahc": ("session-ahc", "http", 1),
    "transport-null": ("transport-null", "http", 10),
    "session-null": ("session-null", "http", 10),
}


def select(names, concurrencies):
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise ValueError(f"unknown rows: {', '.join(unknown)}; known: {', '.join(KINDS)}")
    return [
        Row(name, mode, scheme, concurrency, scale)
        for concurrency in concurrencies
        for name, (mode, scheme, scale) in ((name, KINDS[name]) for name in names)
    ]
