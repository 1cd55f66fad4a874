"""Two processes, one network: what Redis carries, and what its death, silence and amnesia cannot break."""

import asyncio
import signal

import httpx
import pytest
import redis

from tests import services
from tests.realtime.house import House, Phone, until


@pytest.fixture(scope="module")
def valkey():
    """Who stops it starts it again."""
    server = services.Valkey().start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def pair(open_house, valkey):
    return [open_house(ENLACE_REDIS_URL=valkey.url, PIPES_SCALE="100") for _ in range(2)]


@pytest.fixture
async def two(pair):
    """Two servers on one database and one Valkey, both connected."""
    for house in pair:
        await bus_is(house, "up")
    return pair


async def bus_is(house: House, state: str, patience: float = 30) -> None:
    async with asyncio.timeout(patience), httpx.AsyncClient(base_url=house.url) as browser:
        while (await browser.get("/status")).json()["bus"] != state:
            await asyncio.sleep(0.05)


async def post(phone: Phone, wire: str) -> int:
    """-> n of the ack, which must come within 3 s whatever Redis does."""
    await phone.send("post", channel="c1", wire=wire, ref=wire)
    return (await phone.next("ack", patience=3, ref=wire))["n"]


async def test_bashir_hears_in_one_process_what_ana_posts_in_the_other(two):
    async with two[0].socket("ana") as ana, two[1].socket("bashir") as bashir:
        head = (await bashir.next("hello"))["heads"]["c1"]
        for i in range(50):
            await ana.send("post", channel="c1", wire=f"across {i}", ref=i)
            await bashir.send("post", channel="c1", wire=f"back {i}", ref=i)
        heard = [await phone.events("c1", head + 100) for phone in (ana, bashir)]
        for wires in heard:
            assert {row["n"] for row in wires} == set(range(head, head + 100)), "each once, own echo not twice"
            assert len(wires) == 100


async def test_presence_admission_expulsion_and_sign_out_cross_over(two):
    async with two[0].socket("ana") as ana, two[1].socket("fernando", key="desk") as fernando:
        await asyncio.gather(ana.alone(without="bashir"), fernando.next("hello"))
        async with httpx.AsyncClient(base_url=two[0].url) as browser:
            change = {"officer": "fernando", "channel": "c2"}
            await browser.get("/change", params={**change, "act": "admit"})
            assert (await fernando.next("joined"))["channel"] == "c2"
            await ana.send("post", channel="c2", wire="come in", ref=1)
            assert (await fernando.next("events"))["wires"][0]["wire"] == "come in"
            await browser.get("/change", params={**change, "act": "expel"})
            assert (await fernando.next("left"))["channel"] == "c2"
            async with two[1].socket("bashir") as bashir:
                assert "ana" in (await bashir.next("hello"))["online"]
                assert (await ana.next("presence", state="online"))["officer"] == "bashir"
            assert (await ana.next("presence", state="offline"))["officer"] == "bashir"
            await browser.get("/sign-out", params={"session": "desk"})
            assert await fernando.closed() == 4401


async def test_flushall_leaves_nobody_deaf(two, valkey):
    async with two[0].socket("ana") as ana, two[1].socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        redis.Redis.from_url(valkey.url).flushall()
        n = await post(ana, "after the flush")
        assert (await bashir.events("c1", n + 1))[-1]["wire"] == "after the flush"


@pytest.mark.parametrize("kind", ["normal", "pubsub"])
async def test_a_killed_connection_to_redis_comes_back(two, valkey, kind):
    async with two[0].socket("ana") as ana, two[1].socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        redis.Redis.from_url(valkey.url).execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        n = await post(ana, f"after {kind}")
        await caught_up(bashir, n + 1)


async def caught_up(phone: Phone, head: int) -> None:
    """By a live frame or by the head in a beat, within the 10 s of the contract."""
    async with asyncio.timeout(12):
        while True:
            frame = await phone._receive()
            if frame["t"] == "beat" and frame["heads"]["c1"] >= head:
                await phone.send("pull", channel="c1", after=head - 1)
            if frame["t"] == "events" and frame["from"] + len(frame["wires"]) >= head:
                return


async def test_redis_dies_and_is_started_again_with_nothing_lost(two, valkey):
    async with two[0].socket("ana") as ana, two[1].socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        valkey.stop()
        try:
            n = await post(ana, "while redis was dead")
            await bus_is(two[0], "down")
            await caught_up(bashir, n + 1)
            while not (await bashir.next("beat", patience=11)).get("delayed"):
                continue
        finally:
            valkey.start()
        for house in two:
            await bus_is(house, "up")
        n = await post(ana, "after it came back")
        assert (await bashir.events("c1", n + 1))[-1]["wire"] == "after it came back"


async def test_a_hung_redis_delays_no_ack_and_is_noticed(two, valkey):
    async with two[0].socket("ana") as ana, two[1].socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        assert valkey.process
        valkey.process.send_signal(signal.SIGSTOP)
        try:
            n = [await post(ana, f"into the silence {i}") for i in range(20)][-1]
            await caught_up(bashir, n + 1)
            await bus_is(two[1], "down")
        finally:
            valkey.process.send_signal(signal.SIGCONT)
        for house in two:
            await bus_is(house, "up")
        n = await post(ana, "it woke up")
        await caught_up(bashir, n + 1)


async def test_a_house_starts_without_its_redis_and_finds_it_later(open_house):
    valkey = services.Valkey()
    house = open_house(ENLACE_REDIS_URL=valkey.url)
    await bus_is(house, "down")
    async with house.socket("ana") as ana:
        await ana.next("hello")
        await post(ana, "alone but well")
        valkey.start()
        await bus_is(house, "up")
    valkey.stop()


async def test_a_stranger_on_the_bus_breaks_nothing(two, valkey):
    client = redis.Redis.from_url(valkey.url)
    async with two[0].socket("ana") as ana:
        head = (await ana.next("hello"))["heads"]["c1"]
        for junk in (b"", b"{}", b"\xff\xfe", b'["x",[[1,"topic"]]]\n', b'["x",[[0,"nonsense",1]]]\n', b'["x",[[0,"close"]]]\n'):
            client.publish("enlace:0", junk)
        n = await post(ana, "unimpressed")
        assert n == head
        await ana.events("c1", n + 1)
        assert not [frame for frame in ana.seen if frame["t"] == "error"]


@pytest.mark.faults
async def test_an_idle_socket_lives_past_every_timeout_of_redis(two):
    """redis-py 8 gives up a quiet connection after 5 s: with it every idle socket died at 6 s (M1)."""
    async with two[1].socket("bashir") as bashir:
        first = (await bashir.next("hello"))["at"]
        while (await bashir.next("beat", patience=11))["at"] - first < 35_000:
            continue
        assert not [frame for frame in bashir.seen if frame.get("delayed")], "the bus was up all the time"
        async with two[0].socket("ana") as ana:
            n = await post(ana, "good evening")
            assert (await bashir.events("c1", n + 1))[-1]["wire"] == "good evening"


async def test_workers_share_one_port_and_end_together(open_house, valkey):
    house = open_house("--workers", "2", ENLACE_REDIS_URL=valkey.url)
    await until(house.listens)
    phones = [house.socket("ana") for _ in range(12)]
    opened = [await phone.__aenter__() for phone in phones]
    await asyncio.gather(*(phone.next("hello") for phone in opened))
    counts = set()
    async with asyncio.timeout(15):
        while len(counts) < 2:  # each request is a new connection: in time it meets both processes
            async with httpx.AsyncClient(base_url=house.url) as browser:
                answer = (await browser.get("/status")).json()
            if answer["bus"] == "up":
                counts.add(answer["sockets"])
            if counts == {6}:
                break
    n = await post(opened[0], "to both")
    await asyncio.gather(*(phone.events("c1", n + 1) for phone in opened))
    house.terminate()
    assert {await phone.closed() for phone in opened} == {1012}
    await until(lambda: house.process.poll() == 0)


async def test_workers_without_redis_are_refused_in_words(database):
    with pytest.raises(RuntimeError, match="ENLACE_REDIS_URL"):
        House(database, "--workers", "2")
