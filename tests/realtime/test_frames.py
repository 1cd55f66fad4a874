"""Frames: what we write a browser can read; what a client writes is flat, unique and small, or refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Opcode
from websockets.streams import StreamReader

from realtime import bus, frames

texts = st.text(max_size=300)
flat = st.dictionaries(
    st.text(min_size=1, max_size=8), st.one_of(texts, st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1)), max_size=10
)


def read_as_a_client(data: bytes) -> list[str]:
    from websockets.frames import Frame

    reader = StreamReader()
    reader.feed_data(data)
    found = []
    while reader.buffer:
        step = Frame.parse(reader.read_exact, mask=False)
        with pytest.raises(StopIteration) as ended:
            next(step)
        frame = ended.value.value
        assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)
        found.append(frame.data.decode())
    return found


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 700_000])
def test_a_frame_of_any_length_is_read_by_another_implementation(length):
    data = frames.wrap(b"x" * length) + frames.wrap("ñandú".encode())
    assert read_as_a_client(data) == list(frames.unwrap(data)) == ["x" * length, "ñandú"]


@given(flat)
def test_flat_frames_survive_the_round_trip(fields):
    frame = {**fields, "t": "post"}
    assert frames.parse(read_as_a_client(frames.encode(frame))[0]) == frame


@given(st.text(max_size=200))
def test_no_text_does_worse_than_a_refusal(text):
    with contextlib.suppress(frames.BadFrameError):
        assert isinstance(frames.parse(text), dict)


@given(st.recursive(st.none() | st.booleans() | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)))
def test_no_json_does_worse_than_a_refusal(value):
    with contextlib.suppress(frames.BadFrameError):
        frames.parse(json.dumps(value))


orders = st.lists(
    st.one_of(
        st.tuples(st.just("topic"), texts, st.integers(0, 2**40), texts, st.binary(min_size=1, max_size=300)),
        st.tuples(st.just("officer"), texts, st.binary(min_size=1, max_size=300)),
        st.tuples(st.just("close"), st.integers(4400, 4599), st.none() | texts, st.none() | texts),
        st.tuples(st.just("here"), texts),
    ),
    max_size=8,
)


@given(orders)
def test_orders_survive_the_bus(given_orders):
    assert bus.unpack(bus.pack("origin", given_orders)) == ("origin", given_orders)
