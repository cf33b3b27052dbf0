#!/usr/bin/env python3
"""The other side of the soak: a server over raw sockets that misbehaves as each target says, and keeps the count.

Prints its port; on SIGTERM it writes its log (one byte a request and bit flags, see FLAGS) and its open connections.
"""

import asyncio
import json
import signal
import socket
import struct
import sys

# Bits of a request's byte in the log.
COUNT = 0x07  # how many times its head came, at most 7
FIRST_WAS_REUSED = 0x08  # the first time on a connection that had carried a request before
SECOND_WAS_FRESH = 0x10  # the second time on one that had not
ANSWERED_FIRST = 0x20  # bytes of an answer were sent the first time
POST = 0x40


class Log:
    def __init__(self, size):
        self.bytes = bytearray(size)
        self.strays = 0
        self.open = 0
        self.most_open = 0
        self.connections = 0


class Connection(asyncio.Protocol):
    def __init__(self, log):
        self.log, self.buffer, self.served = log, bytearray(), 0
        self.need, self.chunked, self.request, self.timer, self.early = 0, False, None, None, False
        self.is_waiting = False

    def connection_made(self, transport):
        self.transport = transport
        self.log.open += 1
        self.log.connections += 1
        self.log.most_open = max(self.log.most_open, self.log.open)

    def connection_lost(self, _):
        self.log.open -= 1
        if self.timer:
            self.timer.cancel()

    def data_received(self, data):
        self.buffer += data
        while not self.is_waiting and not self.transport.is_closing() and self.step():
            pass

    def step(self):
        if self.request is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self.buffer[:end + 4])
            del self.buffer[:end + 4]
            self.begin(head)
            return True
        if self.chunked:
            return self.chunk()
        if self.need > len(self.buffer):
            self.need -= len(self.buffer)
            self.buffer.clear()
            return False
        del self.buffer[:self.need]
        self.need = 0
        self.whole()
        return True

    def chunk(self):
        if self.need:
            taken = min(self.need, len(self.buffer))
            del self.buffer[:taken]
            self.need -= taken
            return self.need == 0
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        size = int(line, 16)
        if size == 0:
            if len(self.buffer) < end + 4:
                return False
            del self.buffer[:end + 4]
            self.chunked = False
            self.whole()
            return True
        del self.buffer[:end + 2]
        self.need = size + 2
        return True

    def begin(self, head):
        try:
            method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
            _, number, behaviour = target.split(b"/")
            number = int(number)
            entry = self.log.bytes[number]
        except (ValueError, IndexError):
            # What is no request of the client's was smuggled, or mangled.
            self.log.strays += 1
            self.transport.abort()
            return
        count = entry & COUNT
        if count == 0:
            entry |= FIRST_WAS_REUSED if self.served else 0
            entry |= POST if method == b"POST" else 0
        elif count == 1 and not self.served:
            entry |= SECOND_WAS_FRESH
        self.log.bytes[number] = (entry & ~COUNT) | min(count + 1, 7)
        self.request = (number, behaviour.decode(), count)
        self.served += 1
        lower = head.lower()
        self.chunked = b"transfer-encoding: chunked" in lower
        self.need = 0
        start = lower.find(b"\r\ncontent-length: ")
        if start >= 0 and not self.chunked:
            self.need = int(lower[start + 18:lower.find(b"\r\n", start + 2)])
        self.early = behaviour == b"early"
        if self.early:
            self.answer(number)

    def send(self, data):
        number, _, count = self.request
        if count == 0:
            self.log.bytes[number] |= ANSWERED_FIRST
        self.transport.write(data)

    def answer(self, number, extra="", body=None):
        body = body if body is not None else b"%d;%s" % (number, b"x" * 20)
        self.send(b"HTTP/1.1 200 OK\r\nX-Id: %d\r\n%sContent-Length: %d\r\n\r\n%s"
                  % (number, extra.encode(), len(body), body))

    def whole(self):
        number, behaviour, count = self.request
        if self.early:
            self.request = None
            return
        getattr(self, "do_" + behaviour, self.do_ok)(number)
        if behaviour != "slow":
            self.request = None

    def do_ok(self, number):
        self.answer(number)

    def do_chunked(self, number):
        first = b"%d;" % number
        self.send(b"HTTP/1.1 200 OK\r\nX-Id: %d\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n5\r\nworld\r\n0\r\n\r\n"
                  % (number, len(first), first))

    def do_big(self, number):
        self.answer(number, body=b"%d;" % number + b"x" * 65536)

    def do_slow(self, number):
        self.is_waiting = True
        self.transport.pause_reading()
        self.timer = asyncio.get_running_loop().call_later(0.001 * (number % 30), self.late, number)

    def late(self, number):
        self.is_waiting = False
        if not self.transport.is_closing():
            self.answer(number)
            self.request = None
            self.transport.resume_reading()
            self.data_received(b"")

    def do_close(self, number):
        self.answer(number, "Connection: close\r\n")
        self.transport.close()

    def do_silentclose(self, number):
        self.answer(number)
        self.transport.close()

    def do_idleclose(self, number):
        self.answer(number)
        self.timer = asyncio.get_running_loop().call_later(0.0002 * (number % 25), self.transport.close)

    def do_giveup(self, number):
        self.transport.close()

    def do_reset(self, number):
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def do_half(self, number):
        self.send(b"HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: 1000\r\n\r\n%d;half" % (number, number))
        self.transport.close()

    def do_halfreset(self, number):
        self.send(b"HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: 1000\r\n\r\n%d;half" % (number, number))
        self.do_reset(number)

    def do_stray(self, number):
        # In one write: what comes when the next request is already under way cannot be told from its answer.
        body = b"%d;" % number
        self.send(b"HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: %d\r\n\r\n%s" % (number, len(body), body)
                  + b"HTTP/1.1 200 OK\r\nX-Id: 0\r\nContent-Length: 2\r\n\r\n0;")


async def main(size, report):
    log = Log(size)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(log), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    with open(report, "wb") as file:
        file.write(json.dumps({"open": log.open, "most_open": log.most_open, "strays": log.strays,
                               "connections": log.connections}).encode() + b"\n" + log.bytes)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
