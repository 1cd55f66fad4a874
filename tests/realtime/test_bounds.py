"""What one client can do to the memory of the others: nothing."""

import asyncio
import json
import socket

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from tests.realtime.house import House, until

MIB = 2**20


@pytest.fixture(scope="module")
def roomy(open_house) -> House:
    """A house without speed limits, for floods."""
    return open_house(PIPES_SCALE="100000")


def mebibytes(chunks: int):
    async def body():
        for _ in range(chunks):
            yield b"x" * MIB

    return body()


@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "chunked"])
async def test_an_anonymous_post_of_300_mb_is_refused_and_memory_stays_flat(house, declared):
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as stranger:
        assert (await stranger.post("/take", content=b"warm" * 1000)).text == "4000"
        before = house.memory
        headers = {"Content-Length": str(300 * MIB)} if declared else {}
        try:
            answer = await stranger.post("/take", content=mebibytes(300), headers=headers)
            assert answer.status_code == 413
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            pass  # a client that writes on after the refusal may see the connection end instead
        assert house.memory - before < 20
        assert (await stranger.get("/status")).status_code == 200


async def test_a_client_that_stops_to_read_learns_that_its_body_is_too_big(house):
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(b"POST /take HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 314572800\r\n\r\n" + b"x" * 100_000)
    assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_body_below_the_limit_arrives_whole(house):
    async with httpx.AsyncClient(base_url=house.url) as ana:
        assert (await ana.post("/take", content=b"x" * 4_000_000)).text == "4000000"
        assert (await ana.post("/take", content=b"x" * (5 * MIB + 1))).status_code == 413


async def test_many_half_sent_bodies_share_one_bound(house):
    async def hold(megabytes: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"POST /take HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000000\r\n\r\n")
        writer.write(b"x" * (megabytes * MIB))
        await writer.drain()
        return reader, writer

    before = house.memory
    held = [await hold(4) for _ in range(40)]
    answers = [asyncio.ensure_future(reader.read(12)) for reader, _ in held]
    done, _ = await asyncio.wait(answers, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    assert {answer.result() for answer in done} == {b"HTTP/1.1 503"}
    assert house.memory - before < 130  # of the 160 that were sent: 64 held, and what is on its way on a busy machine
    for _, writer in held:
        writer.transport.abort()
    for answer in answers:
        answer.cancel()

    async def taken() -> bool:
        async with httpx.AsyncClient(base_url=house.url) as ana:
            return (await ana.post("/take", content=b"x" * 4_000_000)).status_code == 200

    async with asyncio.timeout(10):
        while not await taken():  # the bound is free again once the connections are gone
            await asyncio.sleep(0.05)


async def test_a_reader_that_never_reads_is_cut_and_the_others_notice_nothing(roomy):
    async with roomy.socket("ana") as ana, roomy.socket("bashir") as bashir:
        head = (await ana.next("hello"))["heads"]["c1"]

        async def flood(first: int) -> None:
            for i in range(first, first + 400):
                await ana.send("post", channel="c1", wire=f"{i} " + "w" * 60_000, ref=i)
                if i % 8 == 7:
                    await asyncio.gather(*(phone.events("c1", head + i + 1) for phone in (ana, bashir)))

        await flood(0)  # so that what the server keeps for itself is there already
        before = roomy.memory
        slow = await slow_reader(roomy, "bashir")
        await flood(400)
        assert roomy.memory - before < 20, "24 MB were sent to a socket that did not read"
        assert len(bashir.wires["c1"]) == 800
        await until(lambda: was_cut(slow))
        slow.close()


async def slow_reader(house: House, who: str) -> socket.socket:
    """A raw socket that finishes the handshake and never reads again."""
    raw = socket.create_connection(("127.0.0.1", house.port))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.sendall(
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nOrigin: {house.url}\r\nCookie: who={who}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
    )
    loop = asyncio.get_running_loop()
    assert b"101" in await loop.run_in_executor(None, raw.recv, 64)
    raw.setblocking(False)
    return raw


def was_cut(raw: socket.socket) -> bool:
    """Reads what the kernel still holds; true once the server has ended the connection."""
    try:
        while raw.recv(65536):
            continue
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


async def test_a_sender_that_floods_is_refused_in_words_and_then_closed(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        before = house.memory
        for i in range(200):
            await ana.send("post", channel="c2", wire=f"flood {i}" + "x" * 60_000, ref=i)
        assert await ana.closed() == 4429
        refused = [frame for frame in ana.seen if frame["t"] == "nack"]
        assert refused
        assert all(frame["code"] == "too_fast" and frame["retry_after"] > 0 for frame in refused)
        assert house.memory - before < 30


async def test_ana_may_write_again_once_the_bucket_has_filled(house):
    async with house.socket("ana") as ana:
        for i in range(65):
            await ana.send("post", channel="c2", wire=f"quick {i}", ref=i)
        wait = (await ana.next("nack"))["retry_after"]
        await asyncio.sleep(wait)  # the wait it was told is the condition under test
        await ana.send("post", channel="c2", wire="patient", ref="patient")
        assert await ana.next("ack", ref="patient")


BAD = {
    "no json": "hello",
    "a list": "[]",
    "no kind": '{"channel":"c1"}',
    "unknown kind": '{"t":"shutdown"}',
    "a kind that is a method": '{"t":"__init__"}',
    "the same key twice": '{"t":"typing","channel":"c1","channel":"c9"}',
    "nested": '{"t":"post","channel":{"$ne":""},"wire":"x"}',
    "very deep": "[" * 90_000,
    "deep objects": '{"a":' * 15_000 + "1" + "}" * 15_000,
    "not a number": '{"t":"pull","channel":"c1","after":NaN}',
    "a huge number": '{"t":"pull","channel":"c1","after":' + "9" * 5000 + "}",
    "a number no browser holds": '{"t":"pull","channel":"c1","after":9007199254740993}',
    "a negative place": '{"t":"pull","channel":"c1","after":-1}',
    "a truth for a number": '{"t":"pull","channel":"c1","after":true}',
    "no wire": '{"t":"post","channel":"c1"}',
    "an empty wire": '{"t":"post","channel":"c1","wire":""}',
    "a wire of more than 64 KiB": json.dumps({"t": "post", "channel": "c1", "wire": "x" * 87_401}),
    "many keys": json.dumps({"t": "beat", **{f"k{i}": i for i in range(1000)}}),
    "a lone surrogate": '{"t":"typing","channel":"\\ud800"}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
async def test_a_bad_frame_gets_an_error_and_the_socket_lives(house, text):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        await ana.ws.send(text)
        if "ud800" not in text:
            assert await ana.next("error") == {"t": "error", "code": "bad_request"}
        await ana.send("pull", channel="c1", after=0, limit=1)
        assert (await ana.next("events"))["from"] == 0
    assert "Traceback" not in "".join(house.log)


async def test_a_binary_frame_is_a_bad_frame(house):
    async with house.socket("ana") as ana:
        await ana.ws.send(b"\x00\x01")
        assert (await ana.next("error"))["code"] == "bad_request"


async def test_bad_frames_again_and_again_close_4400(house):
    async with house.socket("ana") as ana:
        for _ in range(4):
            await ana.ws.send("no")
        assert await ana.closed() == 4400


async def test_a_message_above_the_frame_limit_closes_with_a_code_instead_of_a_reset(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        await ana.ws.send("x" * (96 * 1024 + 1))
        assert await ana.closed() == 1009


async def test_nothing_in_a_cookie_or_a_query_breaks_the_handshake(house):
    for cookie in ("who=ana; who=bashir", "=;=;=", "who=\xff", 'who="ana', "a" * 3000):
        headers = {"Cookie": cookie}
        async with connect(
            house.url.replace("http", "ws") + "/ws?protocol=1&x=%ff", origin=house.url, additional_headers=headers
        ) as ws:
            assert json.loads(await ws.recv())["t"] in ("hello", "error")


async def test_the_access_log_holds_no_query_string_and_no_token(house):
    async with httpx.AsyncClient(base_url=house.url) as ana:
        await ana.get("/status", params={"q": "a-victims-name"})
        await ana.get("/join/8f14e45fceea167a5a36dedd4bea2543/")
    await until(lambda: any("/join/*" in line for line in house.log))
    said = "".join(house.log)
    assert "GET /status 200" in said
    assert "a-victims-name" not in said
    assert "8f14e45f" not in said


async def test_a_storm_of_requests_waits_in_line_instead_of_in_threads(house):
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=house.url, timeout=60, limits=limits) as crowd:
        storm = [asyncio.ensure_future(crowd.get("/slow", params={"seconds": "0.2"})) for _ in range(200)]
        threads = 0
        while not all(request.done() for request in storm):
            threads = max(threads, psutil.Process(house.process.pid).num_threads())
            await asyncio.sleep(0.02)
        assert {request.result().status_code for request in storm} == {200}
        assert 10 < threads < 80


async def test_what_fails_in_a_socket_is_logged_by_its_place_and_not_by_its_text(open_house):
    house = open_house(PIPES_FAIL="a-victims-name")
    async with house.socket("ana") as ana:
        assert await ana.closed() == 4503
    async with house.socket("ana") as ana:
        assert await ana.closed() == 4503
    await until(lambda: any("open: RuntimeError at door.py" in line for line in house.log))
    assert "a-victims-name" not in "".join(house.log)
