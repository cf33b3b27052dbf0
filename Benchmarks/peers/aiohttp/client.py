"""aiohttp: one session, tasks for concurrency. HTTP/1.1 only."""

import asyncio

import aiohttp
import measure


async def run(session, url, total, concurrency):
    async def lane(share):
        bad = 0
        for _ in range(share):
            async with session.get(url) as response:
                body = await response.read()
                bad += response.status != 200 or not body
        return bad

    return sum(await asyncio.gather(*map(lane, measure.shares(total, concurrency))))


async def main():
    given = measure.options()
    connector = aiohttp.TCPConnector(limit=given.concurrency)
    headers = {"Authorization": f"Bearer {given.token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        bad = await run(session, given.url, given.warm_up, given.concurrency)
        with measure.Measurement() as measurement:
            bad += await run(session, given.url, given.requests, given.concurrency)
    measurement.report("aiohttp", aiohttp.__version__, given, bad)


asyncio.run(main())
