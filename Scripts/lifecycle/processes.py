"""Many processes on one file store: one token request per expiry, counted by the server."""

import collections
import secrets
import time

from .probes import Probe, Server
from .referee import token_requests

COUNT, LIFETIME = 32, 4


class Processes:
    def __init__(self, binary, work, rounds):
        self.binary, self.work, self.rounds = binary, work, rounds

    def prove(self, figures):
        self.work.mkdir(parents=True, exist_ok=True)
        with Server(self.binary, self.work / "server.err", rotation="strict", lifetime=LIFETIME) as server:
            login, refresh_token = server.log_in()
            key = secrets.token_hex(32)
            clients = []
            try:
                for number in range(COUNT):
                    clients.append(
                        Probe(
                            self.binary, "client",
                            {"endpoint": f"{server.origin}/token", "issuer": server.origin,
                             "store": self.work / "store", "journal": self.work / f"journal-{number}"},
                            self.work / f"stderr-{number}",
                            {"TESSERA_PROBE_STORE_KEY": key,
                             "TESSERA_PROBE_REFRESH_TOKEN": refresh_token if number == 0 else ""}))
                clients[0].ask("begin")
                self.run(figures, server, login, clients)
            finally:
                for client in clients:
                    client.close()

    def run(self, figures, server, login, clients):
        errors, served = collections.Counter(), 0
        for number in range(self.rounds):
            if number:
                time.sleep(LIFETIME)  # every process holds an expired token now
            for client in clients:
                client.tell("ask", tasks=4)
            for client in clients:
                answer = client.answer(60)
                served += answer["served"]
                errors.update(answer["errors"])
        requests = token_requests(server.of(login))
        per_generation = collections.Counter(request["generation"] for request in requests)
        asked = self.rounds * COUNT * 4
        figures.check("processes: tokens handed out", served, f"{asked}, errors {dict(errors)}", served == asked)
        figures.check(
            "processes: token requests of 32 processes", len(requests), f"= {self.rounds} expiries",
            len(requests) == self.rounds)
        worst = max(per_generation.values(), default=0)
        figures.check("processes: token requests with one refresh token, at most", worst, "1", worst == 1)
        figures.check(
            "processes: the login lives, generation", server.generation(login), f"{self.rounds + 1}",
            server.generation(login) == self.rounds + 1)
