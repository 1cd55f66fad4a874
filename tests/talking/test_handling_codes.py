"""What Ana writes under a handling code stays where she lets it: each client keeps it, whoever runs it."""

import pytest

from sealed.errors import EnlaceError
from sealed.handling import Handling
from sealed.message import Message, body_of

pytestmark = pytest.mark.outside


@pytest.fixture
def room(ana, bashir):
    """Ana and Bashir talk; she coordinates, he too."""
    return ana.enlace.create_channel("network", {bashir.kid: "o"}, "Red")


def said(room, n):
    return next(one for one in room.refresh().talk().messages() if one.n == n)


def test_bashir_reads_the_code_and_how_sure_she_is(room, bashir):
    n = room.post("Los vieron en Ayutla.", handling=Handling(2, ("GT",)), evaluation=("B", 2))
    his = said(bashir.enlace.room(room.id), n)
    assert (his.text, his.handling, his.evaluation, his.origin) == ("Los vieron en Ayutla.", Handling(2, ("GT",)), ("B", 2), "HN")


def test_words_that_are_edited_stay_under_their_code(room, bashir):
    n = room.post("Los vieron en Ayutla.", handling=Handling(3))
    room.edit(n, "Los vieron en Tecún Umán.")
    his = said(bashir.enlace.room(room.id), n)
    assert (his.text, his.handling) == ("Los vieron en Tecún Umán.", Handling(3))


def test_bashir_forwards_what_is_open_and_not_what_is_kept(room, bashir, ines, fernando):
    free, kept = room.post("Abren a las ocho."), room.post("Los vieron en Ayutla.", handling=Handling(2, ("GT",)))
    his = bashir.enlace.room(room.id)
    home = bashir.enlace.create_channel("corridor", {ines.kid: "w"}, "Mesa")
    assert said(home, his.forward(free, home)).text == "Abren a las ocho."
    with pytest.raises(EnlaceError, match="handling_forbids"):
        his.forward(kept, home)
    assert home.refresh().texts() == ["Abren a las ocho."]


def test_the_code_and_whose_words_they_are_travel_with_a_forwarded_message(room, bashir, ines, ana):
    n = room.post("Tiene una orden de captura.", handling=Handling(1))
    home = bashir.enlace.create_channel("corridor", {ines.kid: "w"}, "Mesa")
    there = bashir.enlace.room(room.id).forward(n, home)
    hers = ines.enlace.room(home.id)
    copy = said(hers, there)
    assert (copy.handling, copy.origin) == (Handling(1), "HN")
    assert room.talk().may_export(said(room, n)), "her own authority may bring it before its court"
    assert not hers.talk().may_export(copy), "his may not, though one of his own wrote it there"


def test_nobody_new_is_given_what_is_kept_from_his_authority(room, fernando, bashir, ines):
    room.post("Los vieron en Ayutla.", handling=Handling(2))
    his = bashir.enlace.room(room.id)
    with pytest.raises(EnlaceError, match="history_restricted"):
        his.add([fernando.kid])
    assert fernando.kid not in his.refresh().state.members
    his.add([ines.kid])
    assert ines.enlace.room(room.id).texts() == ["Los vieron en Ayutla."], "Mexico was there when it was written"
    his.add([fernando.kid], history=False)
    his.post("Bienvenido.")
    assert fernando.enlace.room(room.id).texts() == ["Bienvenido."]


def test_only_what_came_after_it_is_given(room, fernando):
    room.post("Los vieron en Ayutla.", handling=Handling(3))
    room.rotate()
    room.post("Abren a las ocho.")
    room.add([fernando.kid])
    assert fernando.enlace.room(room.id).texts() == ["Abren a las ocho."]


def test_what_she_releases_or_releases_later_is_given(room, ana, fernando, hana):
    n = room.post("Los vieron en Ayutla.", handling=Handling(3, ("GT",)))
    room.add([fernando.kid])
    assert fernando.enlace.room(room.id).texts() == ["Los vieron en Ayutla."]
    with pytest.raises(EnlaceError, match="history_restricted"):
        room.add([hana.kid])
    body = body_of(Message("Los vieron en Ayutla.", None, Handling(3, ("GT", "x-iom"))))
    room.send(lambda: ([room.sealed_wire(2, [room.rows[n].event.event_id, body])], {}))
    room.add([hana.kid])
    assert hana.enlace.room(room.id).texts() == ["Los vieron en Ayutla."]


def test_a_withdrawn_message_is_still_kept_from_whom_it_was_kept(room, fernando):
    n = room.post("Los vieron en Ayutla.", handling=Handling(3))
    room.redact(n, "person_at_risk")
    with pytest.raises(EnlaceError, match="history_restricted"):
        room.add([fernando.kid])
