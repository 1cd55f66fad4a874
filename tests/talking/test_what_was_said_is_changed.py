"""Bashir mends, withdraws and answers with a mark, through the same doors as a browser; whoever may not is refused by every
reader, also when his own client lets him."""

import pytest

from sealed.errors import EnlaceError
from sealed.events import EDIT, POST, REACTION, REDACT

pytestmark = pytest.mark.outside


@pytest.fixture
def talk(ana, bashir, carmen):
    """(Ana's room, Bashir's, position of what Bashir wrote in it)"""
    room = ana.enlace.create_channel("network", {bashir.kid: "w", carmen.kid: "w"}, "Red")
    his = bashir.enlace.room(room.id)
    n = his.post("Salieron 40 personas.")
    return room.refresh(), his, n


def said(room, n):
    return next(one for one in room.refresh().talk().messages() if one.n == n)


def bent(room, kind, body):
    """Sent by a client that does not ask itself whether it may."""
    return room.send(lambda: ([room.sealed_wire(kind, body)], {}))[-1]["n"]


def test_everybody_reads_what_bashir_mended_and_what_he_wrote_first(talk):
    room, his, n = talk
    his.edit(n, "Salieron 41 personas.")
    assert room.refresh().texts() == ["Salieron 41 personas."]
    assert said(room, n).versions == ["Salieron 40 personas.", "Salieron 41 personas."]


def test_carmen_cannot_put_words_into_his_mouth(talk, carmen):
    room, _, n = talk
    hers = carmen.enlace.room(room.id)
    with pytest.raises(EnlaceError, match="edit_not_author"):
        hers.edit(n, "Salieron 12.")
    place = bent(hers, EDIT, [room.rows[n].event.event_id, ["text", "Salieron 12.", None]])
    assert room.refresh().talk().refused == {place: "edit_not_author"}
    assert room.texts() == ["Salieron 40 personas."]


def test_ana_coordinator_withdraws_it_and_carmen_could_not(talk, ana, carmen):
    room, his, n = talk
    hers = carmen.enlace.room(room.id)
    with pytest.raises(EnlaceError, match="redact_not_allowed"):
        hers.redact(n, "mistake")
    place = bent(hers, REDACT, [room.rows[n].event.event_id, "mistake"])
    assert room.refresh().talk().refused == {place: "redact_not_allowed"}
    room.redact(n, "person_at_risk")
    gone = said(his, n)
    assert (gone.text, gone.versions, gone.withdrawn.reason, gone.withdrawn.by) == ("", [], "person_at_risk", ana.kid)
    with pytest.raises(EnlaceError, match="target_redacted"):
        his.edit(n, "Salieron 41 personas.")


def test_a_mark_is_given_and_taken_back(talk, carmen):
    room, his, n = talk
    hers = carmen.enlace.room(room.id)
    hers.react(n, "on_it")
    room.refresh().react(n, "received")
    marks = said(his, n).reactions
    assert {mark: len(who) for mark, who in marks.items()} == {"on_it": 1, "received": 1}
    hers.refresh().react(n, "on_it", given=False)
    assert set(said(his, n).reactions) == {"received"}


def test_what_is_no_message_is_said_and_not_shown(talk):
    room, his, n = talk
    words = bent(his, POST, ["text", "hola", None, "más"])
    mark = bent(his, REACTION, [room.rows[n].event.event_id, "<b>", True])
    assert room.refresh().talk().refused == {words: "bad_message", mark: "bad_amendment"}
    assert room.texts() == ["Salieron 40 personas."]
