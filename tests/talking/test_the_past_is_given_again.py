"""Somebody lacks a part of the past, or was given a key that does not open: any member who holds it gives it."""

import pytest

from sealed.errors import EnlaceError
from sealed.handling import H3, Handling
from sealed.open_events import control_body
from sealed.suite import sha256

pytestmark = pytest.mark.outside


def badly_added(room, kid):
    """What a bent or broken client does: the grant has the promised hash and opens nothing."""
    blob = bytes(200)
    changes = [["add", kid, "w"], ["hist", kid, 0, room.state.epoch, sha256(blob)]]
    wire = room.control_wire(control_body(room.enlace.directory.size, changes, None))
    room._put([wire], [(kid, blob)])
    room.refresh()


def test_another_member_gives_what_anas_key_did_not_open(ana, bashir, carmen):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor")
    room.post("lo primero")
    badly_added(room, carmen.kid)
    hers = carmen.enlace.room(room.id)
    assert hers.texts() == []
    assert [(key.display, code) for key, code in hers.bad_grants] == [("Ana Zelaya", "bad_grant")]
    bashir.enlace.room(room.id).give_history(carmen.kid)
    again = carmen.enlace.room(room.id)
    assert again.texts() == ["lo primero"]
    assert again.bad_grants == [], "nothing is missing any more"
    assert [ref.granter for ref in again.state.grants_for(carmen.kid)] == [ana.kid, bashir.kid], "both words stand"


def test_who_came_later_is_given_the_past_but_not_what_is_kept_from_his_country(ana, bashir, fernando):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor")
    room.post("reservado", handling=Handling(H3))
    room.rotate()
    room.post("para todos")
    room.rotate()
    room.add([fernando.kid], history=False)
    assert fernando.enlace.room(room.id).texts() == []
    bashir.enlace.room(room.id).give_history(fernando.kid)
    assert fernando.enlace.room(room.id).texts() == ["para todos"]


def test_where_only_coordinators_open_the_past_a_writer_is_refused(ana, bashir, carmen):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor")
    room._control(lambda: ([["policy", [1, 1, "corridor", False]]], None, []))
    room.add([carmen.kid], history=False)
    with pytest.raises(EnlaceError, match="not_allowed"):
        bashir.enlace.room(room.id).give_history(carmen.kid)
    room.give_history(carmen.kid)
    assert room.given(carmen.kid) == {0, 1}
