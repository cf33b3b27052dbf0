"""HTTPX: its synchronous client, or with `--mode async` its asynchronous one with tasks for concurrency."""

import asyncio
import ssl

import httpx
import measure


def settings(given):
    limits = httpx.Limits(max_connections=given.concurrency, max_keepalive_connections=given.concurrency)
    verify = ssl.create_default_context(cafile=given.ca) if given.ca else True
    headers = {"Authorization": f"Bearer {given.token}"}
    return {"headers": headers, "limits": limits, "verify": verify, "http2": given.url.startswith("https:")}


def is_good(response, given):
    version = "HTTP/2" if given.url.startswith("https:") else "HTTP/1.1"
    return response.status_code == 200 and bool(response.content) and response.http_version == version


async def run(client, given, total):
    async def lane(share):
        return sum([not is_good(await client.get(given.url), given) for _ in range(share)])

    return sum(await asyncio.gather(*map(lane, measure.shares(total, given.concurrency))))


async def asynchronous(given):
    async with httpx.AsyncClient(**settings(given)) as client:
        bad = await run(client, given, given.warm_up)
        with measure.Measurement() as measurement:
            bad += await run(client, given, given.requests)
    measurement.report("httpx-async", httpx.__version__, given, bad)


def synchronous(given):
    with httpx.Client(**settings(given)) as client:
        bad = sum(not is_good(client.get(given.url), given) for _ in range(given.warm_up))
        with measure.Measurement() as measurement:
            bad += sum(not is_good(client.get(given.url), given) for _ in range(given.requests))
    measurement.report("httpx", httpx.__version__, given, bad)


def main():
    given = measure.options()
    if given.mode == "async":
        asyncio.run(asynchronous(given))
    else:
        synchronous(given)


main()
