"""Requests: one session, threads for concurrency. HTTP/1.1 only."""

from concurrent.futures import ThreadPoolExecutor

import measure
import requests
from requests.adapters import HTTPAdapter


def run(session, pool, url, total, concurrency):
    def lane(share):
        bad = 0
        for _ in range(share):
            response = session.get(url)
            bad += response.status_code != 200 or not response.content
        return bad

    return sum(pool.map(lane, measure.shares(total, concurrency)))


def main():
    given = measure.options()
    with requests.Session() as session, ThreadPoolExecutor(given.concurrency) as pool:
        session.headers["Authorization"] = f"Bearer {given.token}"
        session.mount("http://", HTTPAdapter(pool_maxsize=given.concurrency))
        bad = run(session, pool, given.url, given.warm_up, given.concurrency)
        with measure.Measurement() as measurement:
            bad += run(session, pool, given.url, given.requests, given.concurrency)
    measurement.report("requests", requests.__version__, given, bad)


main()
