"""A TCP proxy on loopback that loses answers: whole, in part, or late, as a function of the request's number says.

It knows nothing of HTTP but where a request begins: one request a connection is what token requests make, and a
connection that carries more is cut with its answer.
"""

import contextlib
import socket
import threading


class CuttingProxy:
    """Forwards to `target`; `choose(number)` says for each connection what becomes of its answer: None, "lose" (nothing
    of it arrives), "half" (its head arrives), or "refuse" (nothing of the request arrives at the server)."""

    def __init__(self, target, choose):
        self.target, self.choose = target, choose
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.number, self.lost, self.lock, self.stopping = 0, 0, threading.Lock(), False
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping = True
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    def accept(self):
        while not self.stopping:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.number += 1
                number = self.number
            threading.Thread(target=self.serve, args=(connection, number), daemon=True).start()

    def serve(self, connection, number):
        fate = self.choose(number)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.settimeout(30)
            if fate == "refuse":
                return
            request = read_message(connection)
            with socket.create_connection(self.target, timeout=30) as upstream:
                upstream.sendall(request)
                answer = read_message(upstream)
            if fate in ("lose", "half"):
                with self.lock:
                    self.lost += 1
                if fate == "half":
                    connection.sendall(answer[:answer.find(b"\r\n\r\n") + 10])
                return
            connection.sendall(answer)


def read_message(connection):
    """One HTTP message with a Content-Length, or up to the end of the stream without."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while not lengths or len(body) < lengths[0]:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body
