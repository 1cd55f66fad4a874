"""How long a server waits for those who do not answer."""

import asyncio
import contextlib
import time

import pytest
from websockets.exceptions import ConnectionClosed


@pytest.mark.faults
async def test_silence_and_rights_nobody_can_look_up_end_a_socket(open_house):
    """A half-open connection is noticed after 60 s; rights that could not be read for 30 s are not rights."""
    house, blind = open_house(), open_house(PIPES_GONE="no such file")

    async def silent() -> float:
        async with house.socket("ana") as ana:
            began = time.monotonic()
            assert await ana.closed(patience=75) == 4503  # reads, and never says a word
            return time.monotonic() - began

    async def unknown() -> float:
        async with blind.socket("ana") as ana:
            began = time.monotonic()
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await ana.next("beat", patience=12)
            assert ana.ws.close_code == 4503
            return time.monotonic() - began

    waits = await asyncio.gather(silent(), unknown())
    assert 58 < waits[0] < 64
    assert 29 < waits[1] < 34
