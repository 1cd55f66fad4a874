"""Who hears what, in which order, and who stops hearing."""

import asyncio

import httpx
from websockets.exceptions import ConnectionClosed

from tests.realtime.house import House


async def visit(house: House, path: str, **query: str) -> None:
    async with httpx.AsyncClient(base_url=house.url) as browser:
        (await browser.get(path, params=query)).raise_for_status()


async def test_ana_posts_and_both_hear_it_after_her_ack_was_earned(house):
    async with house.socket("ana") as ana, house.socket("bashir") as bashir:
        head = (await bashir.next("hello"))["heads"]["c1"]
        await ana.send("post", channel="c1", wire="good morning", ref="r1")
        ack = await ana.next("ack")
        assert ack == {"t": "ack", "ref": "r1", "n": head}
        for officer in (ana, bashir):
            events = await officer.next("events")
            assert (events["channel"], events["from"]) == ("c1", head)
            assert [row["wire"] for row in events["wires"]] == ["good morning"]


async def test_the_same_wire_again_gets_the_first_ack(house):
    async with house.socket("ana") as ana:
        for ref in ("a", "b"):
            await ana.send("post", channel="c2", wire="once", ref=ref)
        assert (await ana.next("ack", ref="a"))["n"] == (await ana.next("ack", ref="b"))["n"]


async def test_fernando_hears_nothing_and_reaches_nothing_of_a_channel_that_is_not_his(house):
    async with house.socket("ana") as ana, house.socket("fernando") as fernando:
        assert set((await fernando.next("hello"))["heads"]) == {"c9"}
        await fernando.send("pull", channel="c1", after=0, ref=1)
        await fernando.send("pull", channel="no-such-channel", after=0, ref=2)
        mine, missing = await fernando.next("error", ref=1), await fernando.next("error", ref=2)
        assert mine["code"] == missing["code"] == "not_found", "not yours and not there must read the same"
        await fernando.send("typing", channel="c1")
        await fernando.send("post", channel="c1", wire="let me in", ref=3)
        assert (await fernando.next("nack"))["code"] == "not_found"
        await ana.send("post", channel="c1", wire="among us", ref="r")
        await ana.next("ack")
        await fernando.send("post", channel="c9", wire="alone", ref=4)
        await fernando.next("events", channel="c9")
        assert not [frame for frame in fernando.seen if frame.get("channel") == "c1"]
        assert not [frame for frame in ana.seen if frame["t"] == "typing"]


async def test_two_hundred_posts_of_two_officers_reach_a_third_in_one_order(open_house):
    house = open_house(PIPES_SCALE="100")
    async with house.socket("ana") as ana, house.socket("bashir") as bashir, house.socket("ana") as tablet:
        # Who sends a flood before the hello, while the server still looks up its rights, is rightly cut (1008).
        head = [(await phone.next("hello"))["heads"]["c1"] for phone in (ana, bashir, tablet)][-1]
        for i in range(100):
            await ana.send("post", channel="c1", wire=f"ana-{i}", ref=i)
            await bashir.send("post", channel="c1", wire=f"bashir-{i}", ref=i)
        heard = [await phone.events("c1", head + 200) for phone in (ana, bashir, tablet)]
        assert heard[0] == heard[1] == heard[2]
        assert [row["n"] for row in heard[0]] == list(range(head, head + 200))
        for name in ("ana", "bashir"):
            own = [row["wire"] for row in heard[0] if row["wire"].startswith(name)]
            assert own == [f"{name}-{i}" for i in range(100)], "each sender's posts keep the order of sending"


async def test_a_poisoned_wire_refuses_itself_and_not_its_neighbours(house):
    async with house.socket("ana") as ana:
        for ref, wire in enumerate(("before", "poison", "behind")):
            await ana.send("post", channel="c2", wire=wire, ref=ref)
        assert (await ana.next("nack"))["code"] == "server_error"
        assert {(await ana.next("ack"))["ref"], (await ana.next("ack"))["ref"]} == {0, 2}


async def test_five_hundred_in_a_hall_all_hear_it(house):
    phones = [house.socket(f"crowd-{i}") for i in range(500)]
    opened = await asyncio.gather(*(phone.__aenter__() for phone in phones))
    await asyncio.gather(*(phone.next("hello", 30) for phone in opened))
    await opened[0].send("post", channel="hall", wire="attention", ref="x")
    heard = await asyncio.gather(*(phone.next("events", 30) for phone in opened))
    assert all([row["wire"] for row in events["wires"]] == ["attention"] for events in heard)
    await asyncio.gather(*(phone.ws.close() for phone in opened))


async def test_bashir_sees_ana_typing_and_ana_does_not_see_herself(house):
    async with house.socket("ana") as ana, house.socket("bashir") as bashir:
        await bashir.next("hello")
        await ana.send("typing", channel="c1")
        assert await bashir.next("typing") == {"t": "typing", "channel": "c1", "officer": "ana"}
        await ana.send("post", channel="c1", wire="typed", ref=1)
        await ana.next("events", channel="c1")
        assert not [frame for frame in ana.seen if frame["t"] == "typing"]


async def test_bashir_is_told_when_ana_comes_and_when_she_has_gone(house):
    async with house.socket("bashir") as bashir:
        await bashir.alone(without="ana")
        async with house.socket("ana") as ana:
            assert "bashir" in (await ana.next("hello"))["online"]
            assert (await bashir.next("presence", state="online"))["officer"] == "ana"
        assert (await bashir.next("presence", state="offline"))["officer"] == "ana"


async def test_a_page_load_does_not_make_ana_flicker(house):
    async with house.socket("bashir") as bashir:
        await bashir.next("hello")
        for _ in range(3):
            async with house.socket("ana") as ana:
                await ana.next("hello")
        async with house.socket("ana"):
            await visit(house, "/say", to="board", text="end of test")
            await bashir.next("board")
            changes = [frame["state"] for frame in bashir.seen if frame["t"] == "presence"]
            assert changes in ([], ["online"])


async def test_boards_and_single_officers_can_be_told(house):
    async with house.socket("ana") as ana, house.socket("fernando") as fernando:
        await asyncio.gather(ana.next("hello"), fernando.next("hello"))
        await visit(house, "/say", officer="ana", text="for ana")
        await visit(house, "/say", to="board", text="for all")
        assert (await ana.next("board"))["text"] == "for ana"
        assert (await fernando.next("board"))["text"] == "for all"


async def test_an_officer_who_is_admitted_hears_from_then_on(house):
    async with house.socket("ana") as ana, house.socket("fernando") as fernando:
        await asyncio.gather(ana.next("hello"), fernando.next("hello"))
        await visit(house, "/change", officer="fernando", channel="c2", act="admit")
        assert (await fernando.next("joined"))["channel"] == "c2"
        await ana.send("post", channel="c2", wire="welcome", ref=1)
        assert (await fernando.next("events"))["wires"][0]["wire"] == "welcome"
        await fernando.send("pull", channel="c2", after=0)
        assert (await fernando.next("events"))["wires"], "and may read what was before"
        await visit(house, "/change", officer="fernando", channel="c2", act="expel")
        assert (await fernando.next("left"))["channel"] == "c2"
        await ana.send("post", channel="c2", wire="without fernando", ref=2)
        await ana.next("ack", ref=2)
        await visit(house, "/say", to="board", text="flush")
        await fernando.next("board", text="flush")
        assert "without fernando" not in str(fernando.seen)


async def test_a_removal_that_nobody_announced_is_noticed_within_ten_seconds(house):
    await visit(house, "/change", officer="fernando", channel="c2", act="admit")
    async with house.socket("fernando") as fernando:
        assert "c2" in (await fernando.next("hello"))["heads"]
        await visit(house, "/change", officer="fernando", channel="c2", act="quietly")
        assert "c2" not in (await fernando.next("beat", patience=11))["heads"]


async def test_signing_out_closes_the_sockets_of_that_session_only(house):
    async with house.socket("ana", key="desk") as desk, house.socket("ana", key="tablet") as tablet:
        await asyncio.gather(desk.next("hello"), tablet.next("hello"))
        await visit(house, "/sign-out", session="desk")
        assert await desk.closed() == 4401
        await tablet.send("post", channel="c1", wire="still here", ref=1)
        assert await tablet.next("ack")


async def test_without_a_session_the_socket_says_why_and_closes_4401(house):
    async with house.socket(None) as stranger:
        assert await stranger.closed() == 4401
        assert stranger.seen == [{"t": "error", "code": "sign_in_again"}]


async def test_a_page_of_another_protocol_is_told_to_reload(house):
    async with house.socket("ana", path="/ws?protocol=7") as ana:
        assert await ana.closed() == 4409
    async with house.socket("ana", path="/ws?protocol=1") as ana:
        assert await ana.next("hello")


async def test_a_beat_with_heads_comes_at_most_ten_seconds_apart(house):
    async with house.socket("ana") as ana:
        first = await ana.next("hello")
        beats = [await ana.next("beat", patience=11) for _ in range(2)]
        assert 0 < beats[1]["at"] - beats[0]["at"] <= 10_000
        assert beats[0]["heads"].keys() == first["heads"].keys() == {"c1", "c2"}


async def test_the_close_frame_of_a_client_is_answered(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        await ana.ws.close(code=1000)
        assert ana.ws.close_code == 1000
        try:
            await ana.ws.recv()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None  # noqa: PT017


async def test_an_officer_who_lost_her_rights_is_closed_4403_within_ten_seconds(open_house, tmp_path):
    gone = tmp_path / "gone"
    gone.write_text("")
    house = open_house(PIPES_GONE=str(gone))
    async with house.socket("ana") as ana, house.socket("bashir") as bashir:
        await asyncio.gather(ana.next("hello"), bashir.next("hello"))
        gone.write_text("ana")
        assert await ana.closed(patience=11) == 4403
        await bashir.send("post", channel="c1", wire="without ana", ref=1)
        assert await bashir.next("ack")
