"""Judges a login from two logs: the server's, and the journals that the clients wrote before and after each step."""


class Verdict:
    """What became of one login.

    `allowed` is computed from the logs alone, by rotation.md's I4a: the server answered or would have answered with a
    new token, that token is durable nowhere, and the server keeps neither the old one nor a grace that was used.
    """

    def __init__(self, rotation, events, journal, final_generation):
        self.problems = []
        self.requests = token_requests(events)
        self.journal = journal
        self.ended = final_generation is None
        self.committed = max([step["generation"] for step in steps(journal, "committed")], default=1)
        self.issued = max([request["issued"] for request in self.requests if request["issued"]], default=1)
        self.repeated = any("repeated" in request["outcomes"] for request in self.requests)
        logged_out = bool(steps(journal, "loggedOut"))
        forgetful = rotation == "strict" or (rotation.startswith("grace") and not self.repeated)
        self.allowed = forgetful and self.issued > self.committed and not logged_out
        self.lost = [
            step["detail"] for step in steps(journal, "dead") if "loggedOut" not in (step.get("detail") or "")]
        self.check_intents()

    def check_intents(self):
        """I3a: each request to the token endpoint has an intent of its own that was durable before its first byte."""
        by_generation = {}
        for request in self.requests:
            by_generation.setdefault(request["generation"], []).append(request["arrived"])
        for generation, arrivals in by_generation.items():
            intents = sorted(
                entry["monotonic"]["nanoseconds"] for entry in self.journal
                if entry["step"]["kind"] == "intent" and entry["step"]["generation"] == generation)
            for number, arrived in enumerate(sorted(arrivals)):
                if number >= len(intents) or intents[number] > arrived:
                    self.problems.append(
                        f"request {number + 1} of generation {generation} has no earlier intent of its own")


def token_requests(events):
    """The requests to the token endpoint, in the order of their first bytes."""
    requests = {}
    for event in events:
        if event["endpoint"] != "token" or event["isPeer"]:
            continue
        request = requests.setdefault(event["request"], {"outcomes": [], "issued": None, "status": None})
        if event["kind"] == "arrived":
            request["arrived"] = event["time"]["nanoseconds"]
            request["generation"] = event.get("generation")
        if event["kind"] == "processed":
            request["outcomes"].append(event["outcome"])
            request["issued"] = event.get("issued") or request["issued"]
        if event["kind"] == "answered":
            request["status"] = event["status"]
    return [requests[number] for number in sorted(requests)]


def steps(journal, kind):
    return [entry["step"] for entry in journal if entry["step"]["kind"] == kind]
