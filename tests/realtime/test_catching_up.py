"""A client that was away: no gap, nothing twice, and what is live waits until the past is told."""

import asyncio


async def test_ana_reads_the_past_in_pages(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        await ana.send("pull", channel="c1", after=1, limit=1)
        page = await ana.next("events")
        assert (page["from"], [row["wire"] for row in page["wires"]]) == (1, ["old-1"])
        assert page["head"] >= 3


async def test_live_frames_wait_for_the_backlog_and_none_comes_twice(open_house):
    house = open_house(PIPES_SCALE="100", PIPES_PULL_DELAY="0.5")
    async with house.socket("ana") as ana, house.socket("bashir") as bashir:
        head = (await bashir.next("hello"))["heads"]["c1"]
        await bashir.send("pull", channel="c1", after=0, limit=500)
        for i in range(30):
            await ana.send("post", channel="c1", wire=f"meanwhile {i}", ref=i)
        await ana.next("ack", ref=29)
        wires = await bashir.events("c1", head + 30)
        assert wires[0]["n"] == 0, "the backlog was told first"
        assert [row["n"] for row in wires] == list(range(head + 30)), "then the rest, once, in order"


async def test_a_hundred_clients_that_come_back_together_all_catch_up(house):
    phones = [house.socket(f"crowd-{i}") for i in range(100)]
    opened = await asyncio.gather(*(phone.__aenter__() for phone in phones))
    head = (await opened[0].next("hello"))["heads"]["hall"]
    await opened[0].send("post", channel="hall", wire="for the late", ref=1)
    await opened[0].next("ack")
    await asyncio.gather(*(phone.send("pull", channel="hall", after=head) for phone in opened))
    heard = await asyncio.gather(*(phone.events("hall", head + 1) for phone in opened))
    assert all(wires[-1]["wire"] == "for the late" for wires in heard)
    await asyncio.gather(*(phone.ws.close() for phone in opened))


async def test_more_pulls_than_a_socket_may_queue_are_refused_in_words(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        for ref in range(60):
            await ana.send("pull", channel="c1", after=0, limit=1, ref=ref)
        assert (await ana.next("error"))["code"] == "too_fast"
        await ana.send("typing", channel="c1")
        await ana.send("post", channel="c2", wire="not behind the pulls", ref="p")
        assert await ana.next("ack", ref="p")
