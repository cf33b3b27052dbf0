#!/usr/bin/env python3
"""An HTTP/1.1 server that meets a third of all calls with a fault, in a process of its own: prints its port.

`/call/N` is a call: its number decides which fault it meets. `/journal` answers what has arrived since it was last asked
for, a line `target method key` each. Ends when its standard input does.
"""

import socket
import struct
import sys
import threading
import time

journal, lock = [], threading.Lock()


class Connection:
    def __init__(self, peer):
        self.peer, self.rest = peer, b""

    def request(self):
        """The next request's method, target and idempotency key; None when there is none."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                return None
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        line, *fields = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ")
        values = {name.lower(): value.strip() for name, value in (field.split(":", 1) for field in fields)}
        length = int(values.get("content-length", "0"))
        while len(self.rest) < length:
            if not self.more():
                return None
        self.rest = self.rest[length:]
        return method, target, values.get("idempotency-key", "-")

    def more(self):
        data = self.peer.recv(65536)
        self.rest += data
        return bool(data)

    def answer(self, status, body=b"", fields=""):
        self.peer.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{fields}\r\n".encode() + body)

    def reset(self):
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def serve(peer, seen):
    connection = Connection(peer)
    while (request := connection.request()) is not None:
        method, target, key = request
        if target == "/journal":
            with lock:
                text = "\n".join(" ".join(entry) for entry in journal)
                journal.clear()
                seen.clear()
            connection.answer("200 OK", text.encode())
            continue
        with lock:
            journal.append((target, method, key))
            before = seen.get(target, 0)
            seen[target] = before + 1
        body = f"done {target}".encode()
        number = (int(target.rsplit("/", 1)[-1]) * 2654435761) >> 8
        # One of three first requests meets a fault, and one of ten later ones.
        if number % (10 if before else 3):
            connection.answer("200 OK", body)
            continue
        match (number // 3 + before) % 8:
            case 0:
                connection.answer("503 Service Unavailable")
            case 1:
                connection.answer("429 Too Many Requests", fields="Retry-After: 0\r\n")
            case 2:
                return connection.reset()
            case 3:
                return None
            case 4:
                whole = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                return peer.sendall(whole[:len(whole) // 2])
            case 5:
                return peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndone\r\n")
            case 6:
                time.sleep(0.01)
                whole = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                for start in range(0, len(whole), 7):
                    peer.sendall(whole[start:start + 7])
                    time.sleep(0.001)
            case _:
                # An answer, and then the connection is gone although nobody said so.
                return connection.answer("200 OK", body)


def handle(peer, seen):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with peer:
        try:
            serve(peer, seen)
        except OSError:
            pass  # the client went away


def accept(listener, seen):
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=handle, args=(peer, seen), daemon=True).start()


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listener, {}), daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
