"""The rows of the tables: a program, the mode it is given, and the protocol."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    mode: str
    scheme: str = "http"
    # A mode without a network needs more requests before the kernel's clock sees it, an interpreter fewer.
    scale: float = 1
    # One of ours (in .build/release) or a peer's name.
    program: str = "bench-client"
    is_peer: bool = False
    only: int | None = None


@dataclass(frozen=True)
class Row:
    name: str
    kind: Kind
    concurrency: int

    @property
    def mode(self):
        return self.kind.mode

    @property
    def scheme(self):
        return self.kind.scheme

    @property
    def scale(self):
        return self.kind.scale

    @property
    def title(self):
        return f"{self.name} C={self.concurrency}"


def _peer(program, mode="", **more):
    return Kind(mode, program=program, is_peer=True, **more)


# Add a line for each new mode. Rows that are held against each other stand side by side, so that they run side by side.
KINDS = {
    "nio-callbacks": Kind("nio-callbacks"),
    "nio-await-actor": Kind("nio-await-actor"),
    "nio-await": Kind("nio-await"),
    "transport-nio": Kind("transport-nio"),
    "session-nio": Kind("session-nio"),
    "nio-await-loop": Kind("nio-await-loop"),
    "session-nio-loop": Kind("session-nio-loop"),
    "reqwest-current-thread": _peer("reqwest", "current-thread"),
    "reqwest": _peer("reqwest", "default"),
    "go-oauth2": _peer("go-oauth2"),
    "libcurl": _peer("libcurl"),
    "nio-h2-callbacks": Kind("nio-h2-callbacks", "https"),
    "nio-h2-await": Kind("nio-h2-await", "https"),
    "transport-nio-h2": Kind("transport-nio", "https"),
    "session-nio-h2": Kind("session-nio", "https"),
    "nio-h2-await-loop": Kind("nio-h2-await-loop", "https"),
    "session-nio-h2-loop": Kind("session-nio-loop", "https"),
    "reqwest-current-thread-h2": _peer("reqwest", "current-thread", scheme="https"),
    "reqwest-h2": _peer("reqwest", "default", scheme="https"),
    "go-oauth2-h2": _peer("go-oauth2", scheme="https"),
    "libcurl-h2": _peer("libcurl", scheme="https"),
    "ahc": Kind("ahc", program="bench-client-ahc"),
    "transport-ahc": Kind("transport-ahc", program="bench-client-ahc"),
    "session-ahc": Kind("session-ahc", program="bench-client-ahc"),
    "ahc-h2": Kind("ahc", "https", program="bench-client-ahc"),
    "aiohttp": _peer("aiohttp", scale=0.2),
    "httpx": _peer("httpx", scale=0.05, only=1),
    "httpx-async": _peer("httpx", "async", scale=0.03),
    "httpx-h2": _peer("httpx", scheme="https", scale=0.05, only=1),
    "httpx-async-h2": _peer("httpx", "async", scheme="https", scale=0.03),
    "requests": _peer("requests", scale=0.05),
    "null": Kind("null", scale=100),
    "transport-null": Kind("transport-null", scale=10),
    "session-null": Kind("session-null", scale=10),
    "idle": Kind("null", program="bench-idle", only=1),
}


def select(names, concurrencies):
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise ValueError(f"unknown rows: {', '.join(unknown)}; known: {', '.join(KINDS)}")
    return [
        Row(name, KINDS[name], concurrency)
        for concurrency in concurrencies
        for name in names
        if KINDS[name].only in (None, concurrency)
    ]
