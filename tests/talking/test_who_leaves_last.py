"""What nobody could bring back is said before somebody leaves or is taken out."""

import pytest

from sealed.errors import EnlaceError

pytestmark = pytest.mark.outside


@pytest.fixture
def room(ana, bashir, carmen):
    """Ana and Carmen have the past; Bashir came later, without it."""
    made = ana.enlace.create_channel("corridor", {carmen.kid: "o"}, "Corredor")
    made.post("lo primero")
    made.add([bashir.kid], "o", history=False)
    return made


def test_the_last_who_can_open_the_past_is_warned_before_she_leaves(room, ana, bashir, carmen):
    room.remove(carmen.kid)
    assert room.departure(ana.kid).epochs == {0}
    with pytest.raises(EnlaceError, match="last_key_holder"):
        room.leave()
    assert ana.kid in room.refresh().state.members
    room.leave(sure=True)
    assert ana.kid not in bashir.enlace.room(room.id).state.members


def test_a_coordinator_is_warned_before_taking_out_the_last_who_can_open_the_past(room, ana, bashir, carmen):
    room.remove(carmen.kid)
    his = bashir.enlace.room(room.id)
    with pytest.raises(EnlaceError, match="last_key_holder"):
        his.remove(ana.kid)
    assert ana.kid in his.refresh().state.members


def test_once_the_past_is_with_somebody_else_nobody_is_warned(room, ana, bashir, carmen):
    room.remove(carmen.kid)
    room.add([carmen.kid], "o")
    assert room.departure(ana.kid).epochs == set()
    room.leave()
    assert carmen.enlace.room(room.id).texts() == ["lo primero"]


def test_the_last_of_a_country_is_warned_but_not_in_a_talk_of_two(room, ana, bashir):
    with pytest.raises(EnlaceError, match="last_of_authority"):
        room.remove(bashir.kid)
    with pytest.raises(EnlaceError, match="last_of_authority"):
        bashir.enlace.room(room.id).leave()
    direct = ana.enlace.create_channel("direct", {bashir.kid: "o"})
    direct.post("hola")
    assert direct.departure(ana.kid).authority == ""
    direct.leave()
