"""A server that reads a request's body to its end before it answers, and counts what it has read."""

import re
import socket
import threading


class Sink:
    """A context manager; `requests` and `bytes` are what has arrived whole."""

    def __enter__(self):
        self.requests = self.bytes = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            held = b""
            while True:
                while b"\r\n\r\n" not in held:
                    piece = connection.recv(1 << 18)
                    if not piece:
                        return
                    held += piece
                head, _, held = held.partition(b"\r\n\r\n")
                length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
                left = length - len(held)
                held = held[length:] if left < 0 else b""
                while left > 0:
                    piece = connection.recv(min(left, 1 << 18))
                    if not piece:
                        return
                    left -= len(piece)
                with self._lock:
                    self.requests, self.bytes = self.requests + 1, self.bytes + length
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
