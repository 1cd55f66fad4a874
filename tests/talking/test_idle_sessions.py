"""An officer who only writes in a channel is not signed out for idleness; a tab left open on a desk is."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from client.enlace import Enlace
from client.live import Live
from tests import cast

pytestmark = pytest.mark.outside
AGED = """
from datetime import timedelta
from django.utils import timezone
from liaison.models import LoginSession
LoginSession.objects.filter(officer__username="{username}").update(last_seen=timezone.now() - timedelta(minutes={minutes}))
"""


def signed_in(host, person) -> Enlace:
    enlace = Enlace(host.urls[0])
    enlace.signin_with(person.account.username, person.account.password, person.account.codes.pop())
    return enlace


async def test_writing_keeps_a_session_and_an_open_tab_does_not(host, founder):
    nadia = founder.invite("HN", f"nadia.{secrets.token_hex(4)}", "Nadia Guardia", cast.PASSWORD, languages=["es"])
    room = nadia.enlace.create_channel("network", {}, "Guardia nocturna")
    writing, silent = signed_in(host, nadia), signed_in(host, nadia)
    ids = [next(row["id"] for row in one.http.get("/api/me/sessions")["sessions"] if row["current"]) for one in (writing, silent)]
    watching = signed_in(host, nadia)
    host.shell(AGED.format(username=nadia.account.username, minutes=20))
    await asyncio.to_thread(watching.http.get, "/api/me")
    recently = datetime.now(UTC) - timedelta(minutes=2)

    def seen() -> dict[str, bool]:
        rows = watching.http.get("/api/me/sessions")["sessions"]
        return {row["id"]: datetime.fromisoformat(row["last_seen"]) > recently for row in rows}

    assert [seen()[one] for one in ids] == [False, False], "both have been idle for a while"
    async with Live(writing) as his, Live(silent) as tab:
        await his.next("hello")
        await tab.next("hello")
        async with asyncio.timeout(30):
            while not (await asyncio.to_thread(seen))[ids[0]]:
                await his.send({"t": "typing", "channel": room.id, "ref": 1})
                await asyncio.sleep(0.5)
        assert tab.socket.close_code is None, "its socket is open and beats"
        assert (await asyncio.to_thread(seen))[ids[1]] is False
        host.shell(AGED.format(username=nadia.account.username, minutes=31))
        await asyncio.wait_for(tab.socket.wait_closed(), 20)
        assert tab.socket.close_code == 4401
