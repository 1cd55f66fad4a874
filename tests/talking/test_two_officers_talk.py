"""Ana and Bashir talk, from outside, through the same doors as their browsers."""

import pytest

from client.b64 import b64u
from client.live import Live
from sealed.errors import EnlaceError

pytestmark = pytest.mark.outside


def direct(ana, bashir, title="Retornos de la semana"):
    return ana.enlace.create_channel("direct", {bashir.kid: "o"}, title)


def test_bashir_reads_what_ana_wrote_and_answers(ana, bashir):
    room = direct(ana, bashir)
    room.post("¿Recibió la lista del lunes?")
    his = bashir.enlace.room(room.id)
    assert (his.title, his.texts()) == ("Retornos de la semana", ["¿Recibió la lista del lunes?"])
    his.post("Sí, 41 personas.")
    assert room.refresh().texts()[-1] == "Sí, 41 personas."


async def test_the_answer_arrives_live_on_the_socket(ana, bashir):
    room = direct(ana, bashir)
    async with Live(ana.enlace) as live:
        assert room.id in (await live.next("hello"))["heads"]
        bashir.enlace.room(room.id).post("Llegamos a las nueve.")
        frame = await live.next("events", channel=room.id)
    assert frame["from"] == 2
    assert room.refresh().texts() == ["Llegamos a las nueve."]


async def test_a_post_by_the_fast_lane_is_acknowledged_with_its_place(ana, bashir):
    room = direct(ana, bashir)
    wire = room.sealed_wire(1, ["text", "por la vía rápida", None])
    async with Live(ana.enlace) as live:
        await live.next("hello")
        for ref in (1, 2):
            await live.send({"t": "post", "channel": room.id, "wire": b64u(wire), "ref": ref})
        first, again = await live.next("ack", ref=1), await live.next("ack", ref=2)
    assert first["n"] == again["n"] == 2, "the same post sent twice has one place"
    assert bashir.enlace.room(room.id).texts() == ["por la vía rápida"]


def test_bashir_hears_nothing_after_he_is_removed(ana, bashir):
    room = direct(ana, bashir)
    room.post("antes")
    his = bashir.enlace.room(room.id)
    assert his.texts() == ["antes"], "he must be a member for this test to mean anything"
    room.remove(bashir.kid, sure=True)
    room.post("después")
    with pytest.raises(EnlaceError, match="not_found"):
        bashir.enlace.room(room.id)
    # Whatever he kept of the channel opens nothing that came later.
    for row in room.rows[-1:]:
        with pytest.raises(EnlaceError, match="missing_epoch_key"):
            his.ring.open(row.event)


def test_who_joins_with_history_reads_from_the_first_message(ana, bashir, carmen):
    room = direct(ana, bashir)
    room.post("lo primero")
    room.add([carmen.kid])
    assert carmen.enlace.room(room.id).texts() == ["lo primero"]


def test_who_joins_without_history_reads_from_then_on(ana, bashir, carmen):
    room = direct(ana, bashir)
    room.post("lo primero")
    room.add([carmen.kid], history=False)
    room.post("lo segundo")
    hers = carmen.enlace.room(room.id)
    assert hers.texts() == ["lo segundo"]
    assert [row.code for row in hers.opened()].count("missing_epoch_key") == 2, "the title and the first message stay closed"


def test_after_bashir_leaves_the_next_to_write_changes_the_key(ana, bashir, carmen):
    room = ana.enlace.create_channel("network", {bashir.kid: "w", carmen.kid: "w"}, "Red")
    bashir.enlace.room(room.id).leave(sure=True)
    hers = carmen.enlace.room(room.id)
    assert hers.state.rekey_pending
    hers.post("seguimos")
    assert hers.state.epoch == 1
    assert room.refresh().texts() == ["seguimos"]


def test_fernando_finds_no_trace_of_a_channel_that_is_not_his(ana, bashir, fernando):
    room = direct(ana, bashir)
    assert bashir.enlace.room(room.id), "the lawful twin"
    for path in ("", "/events", "/ids"):
        with pytest.raises(EnlaceError, match="not_found"):
            fernando.enlace.http.get(f"/api/channels/{room.id}{path}")
    assert room.id not in {row["id"] for row in fernando.enlace.channels()}
