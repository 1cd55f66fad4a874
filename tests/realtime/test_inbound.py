"""The fast way in reads exactly what another implementation wrote, however the bytes are cut."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from realtime.inbound import take_texts


def frame(data: bytes, opcode: Opcode = Opcode.TEXT, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin=fin).serialize(mask=True)


@given(st.lists(st.text(max_size=400), max_size=6), st.data())
def test_texts_come_out_whole_wherever_the_bytes_are_cut(texts, data):
    stream = b"".join(frame(text.encode()) for text in texts)
    cut = data.draw(st.integers(0, len(stream)))
    first, taken, ours = take_texts(stream[:cut])
    assert ours
    rest, more, ours = take_texts(stream[taken:])
    assert ours
    assert (first + rest, taken + more) == (texts, len(stream))


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535])
def test_every_length_below_64_kib(length):
    assert take_texts(frame(b"x" * length)) == (["x" * length], len(frame(b"x" * length)), True)


@pytest.mark.parametrize(
    "other",
    [
        frame(b"x" * 65_536),
        frame(b"half", fin=False),
        frame(b"ping", Opcode.PING),
        frame(struct.pack("!H", 1000), Opcode.CLOSE),
        frame(b"bytes", Opcode.BINARY),
        frame(b"\xff\xfe"),
        bytes((0x81, 5)) + b"hello",  # not masked
        bytes((0xC1, 0x85)) + b"hello....",  # an extension bit
        bytes((0x81, 0xFE)) + struct.pack("!H", 5) + b"\0\0\0\0hello",  # a length written longer than needed
    ],
    ids=["64 KiB", "fragment", "ping", "close", "binary", "not UTF-8", "unmasked", "extension", "long length"],
)
def test_what_is_not_a_whole_plain_text_is_left_to_autobahn(other):
    before = frame("ñandú".encode())
    assert take_texts(before + other) == (["ñandú"], len(before), False)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_or_take_too_much(data):
    texts, taken, _ = take_texts(data)
    assert 0 <= taken <= len(data)
    assert all(isinstance(text, str) for text in texts)


async def test_fragments_pings_and_big_frames_between_texts_keep_their_order(open_house):
    house = open_house(PIPES_SCALE="1000")
    async with house.socket("ana") as ana:
        head = (await ana.next("hello"))["heads"]["c2"]

        def post(wire: str) -> str:
            return json.dumps({"t": "post", "channel": "c2", "wire": wire, "ref": wire[:8]})

        wires = []
        for i in range(20):
            wires += [f"plain-{i}", f"parts-{i}", f"large-{i}" + "x" * 70_000, f"tail-{i}"]
            whole = post(wires[-3])
            await ana.ws.send(post(wires[-4]))
            await ana.ws.send([whole[:9], whole[9:40], whole[40:]])
            await (await ana.ws.ping())
            await ana.ws.send(post(wires[-2]))
            await ana.ws.send(post(wires[-1]))
            await ana.next("ack", ref=wires[-1][:8])
        heard = await ana.events("c2", head + len(wires))
        assert [row["wire"] for row in heard] == wires


async def test_frames_that_arrive_byte_by_byte_are_understood(house):
    async with house.socket("ana") as ana:
        head = (await ana.next("hello"))["heads"]["c2"]
        raw = ana.ws.transport
        text = json.dumps({"t": "post", "channel": "c2", "wire": "slowly", "ref": 1}).encode()
        for byte in frame(text) * 2:
            raw.write(bytes((byte,)))
        assert (await ana.next("ack"))["n"] == (await ana.next("ack"))["n"] == head


async def test_text_that_is_not_utf8_closes_1007(house):
    async with house.socket("ana") as ana:
        await ana.next("hello")
        ana.ws.transport.write(frame(b"\xff\xff"))
        assert await ana.closed() == 1007
