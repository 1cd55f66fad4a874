"""SIGTERM: what is under way is finished, everybody hears 1012, and the process exits 0 within five seconds."""

import asyncio
import time

import httpx

from tests.realtime.house import until


async def test_a_server_that_goes_tells_every_socket_and_exits_0(open_house):
    house = open_house()
    async with house.socket("ana") as ana, house.socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        asked = time.monotonic()
        house.terminate()
        assert await ana.closed() == 1012
        assert await bashir.closed() == 1012
        await until(lambda: house.process.poll() is not None)
        assert house.process.returncode == 0
        assert time.monotonic() - asked < 5


async def test_a_socket_that_does_not_answer_cannot_hold_the_server(open_house):
    from tests.realtime.test_bounds import slow_reader

    house = open_house()
    raw = await slow_reader(house, "ana")
    asked = time.monotonic()
    house.terminate()
    await until(lambda: house.process.poll() is not None)
    assert (house.process.returncode, time.monotonic() - asked < 5) == (0, True)
    raw.close()


async def test_a_request_under_way_is_answered_and_new_ones_are_not_taken(open_house):
    house = open_house()
    async with httpx.AsyncClient(base_url=house.url) as ana:
        under_way = asyncio.ensure_future(ana.get("/slow", params={"seconds": "1"}))
        await asyncio.to_thread(lambda: None)
        async with house.socket("ana") as phone:  # a full round trip: the request before it has arrived
            await phone.next("hello")
            house.terminate()
            assert (await under_way).text == "done"
            assert await phone.closed() == 1012
    await until(lambda: house.process.poll() == 0)


async def test_every_post_that_was_taken_is_acknowledged_before_1012(open_house):
    house = open_house(PIPES_SCALE="100")
    async with house.socket("ana") as ana:
        head = (await ana.next("hello"))["heads"]["c2"]
        for i in range(300):
            await ana.send("post", channel="c2", wire=f"last words {i}", ref=i)
        await ana.next("ack", ref=0)
        house.terminate()
        assert await ana.closed() == 1012
        acks = {frame["ref"]: frame["n"] for frame in ana.seen if frame["t"] == "ack"}
    await until(lambda: house.process.poll() == 0)
    again = open_house(PIPES_SCALE="100")
    async with again.socket("ana") as ana:
        count = (await ana.next("hello"))["heads"]["c2"] - head
        assert count == len(acks), "nothing is stored that was not acknowledged, and the reverse"


async def test_a_second_signal_ends_it_at_once(open_house):
    house = open_house()
    async with httpx.AsyncClient(base_url=house.url) as ana:
        stuck = asyncio.ensure_future(ana.get("/slow", params={"seconds": "4"}))
        async with house.socket("ana") as phone:
            await phone.next("hello")
            house.terminate()
            await until(lambda: not house.listens())  # the first has been heard
            house.terminate()
            asked = time.monotonic()
            await until(lambda: house.process.poll() is not None)
            assert time.monotonic() - asked < 1
        await asyncio.gather(stuck, return_exceptions=True)
