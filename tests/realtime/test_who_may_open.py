"""Only our own page opens a socket, and only where there is one."""

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.realtime.house import House, until


@pytest.fixture(scope="module")
def deployed(open_house) -> House:
    """As in production: DEBUG off, one exact origin."""
    return open_house(PIPES_DEBUG="0", PIPES_ORIGINS="https://enlace.example.org")


def wrong_origins(url: str) -> dict[str, str | None]:
    host = url.removeprefix("http://")
    return {
        "none": None,
        "null": "null",
        "another port": "http://127.0.0.1:9",
        "another scheme": f"https://{host}",
        "another host": "http://evil.example",
        "a sub-domain": f"http://sub.{host}",
        "a suffix": f"{url}.evil.example",
        "with a path": f"{url}/",
        "two in one": f"{url} {url}",
        "upper case": url.upper(),
    }


@pytest.mark.parametrize("name", wrong_origins("http://127.0.0.1:1"))
async def test_a_page_of_another_origin_is_refused_before_accept(house, name):
    origin = wrong_origins(house.url)[name]
    with pytest.raises(InvalidStatus) as refused:
        await house.socket("ana", origin=origin).__aenter__()
    assert refused.value.response.status_code in (400, 403), "400: not an origin at all"


async def test_our_own_page_is_let_in(house):
    async with house.socket("ana", origin=house.url) as ana:
        assert await ana.next("hello")


async def test_a_browser_that_offers_compression_is_let_in_without_it(house):
    """Compressed frames of unknown size would be bombs, and their length would tell what they hold."""
    async with house.socket("ana", compression="deflate") as ana:
        assert await ana.next("hello")
        assert ana.ws.response is not None
        assert "Sec-WebSocket-Extensions" not in ana.ws.response.headers


async def test_two_origin_headers_are_refused(house):
    headers = [("Cookie", "who=ana"), ("Origin", house.url)]
    with pytest.raises(InvalidStatus):
        await connect(house.url.replace("http", "ws") + "/ws", origin=house.url, additional_headers=headers)


async def test_a_rebound_name_does_not_match_its_own_origin(house):
    """evil.example that resolves to us: Origin and Host agree, and neither is ours."""
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            f"ws://evil.example:{house.port}/ws",
            host="127.0.0.1",
            port=house.port,
            origin=f"http://evil.example:{house.port}",
            additional_headers={"Cookie": "who=ana"},
        )
    assert refused.value.response.status_code == 403


async def test_a_deployed_house_takes_its_listed_origin_and_no_other(deployed):
    async with deployed.socket("ana", origin="https://enlace.example.org") as ana:
        assert await ana.next("hello")
    for origin in (deployed.url, "http://enlace.example.org", "https://enlace.example.org:8443", None):
        with pytest.raises(InvalidStatus):
            await deployed.socket("ana", origin=origin).__aenter__()


@pytest.mark.parametrize("path", ["/", "/ws/", "/wsx", "/admin/ws", "/ws%00", "/%F0%9F%92%A9", "/" + "a" * 5000])
async def test_a_place_that_does_not_exist_closes_4404_and_not_500(house, path):
    async with house.socket("ana", path=path) as ana:
        assert await ana.closed() == 4404
    assert "Traceback" not in "".join(house.log)


async def test_a_root_path_header_has_no_effect(house):
    async with httpx.AsyncClient(base_url=house.url) as browser:
        for header in ("Daphne-Root-Path", "daphne-root-path"):
            answer = await browser.get("/redirect", headers={header: "/evil"})
            assert answer.headers["Location"] == "/ok"


async def test_the_server_does_not_say_what_it_is(house):
    async with httpx.AsyncClient(base_url=house.url) as browser:
        assert "server" not in (await browser.get("/status")).headers


async def test_status_counts_the_sockets(house):
    async with httpx.AsyncClient(base_url=house.url) as browser:
        async with house.socket("ana") as ana:
            await ana.next("hello")
            assert (await browser.get("/status")).json()["sockets"] >= 1
        assert (await browser.get("/status")).json()["bus"] == "none"


async def test_frames_reach_a_server_behind_a_unix_socket_too(open_house, tmp_path):
    """Not plain TCP: the frames take the ASGI way. Same words, same order."""
    import socket as sockets

    from websockets.asyncio.client import unix_connect

    listening = sockets.socket(sockets.AF_UNIX)
    listening.bind(str(tmp_path / "s"))
    listening.listen()
    listening.set_inheritable(True)
    house = open_house("--fd", str(listening.fileno()), pass_fds=[listening.fileno()])
    headers = {"Cookie": "who=ana"}
    import json

    async with unix_connect(
        str(tmp_path / "s"), uri="ws://localhost/ws", origin="http://localhost", additional_headers=headers
    ) as ws:
        head = json.loads(await ws.recv())["heads"]["c1"]
        for i in range(20):
            await ws.send(json.dumps({"t": "post", "channel": "c1", "wire": f"{i} " + "n" * 20_000, "ref": i}))
        heard: list[int] = []
        while len(heard) < 20:
            frame = json.loads(await ws.recv())
            heard += [row["n"] for row in frame.get("wires", ())]
        assert heard == list(range(head, head + 20))
        house.terminate()
        await ws.wait_closed()
        assert ws.close_code == 1012
    await until(lambda: house.process.poll() == 0)
