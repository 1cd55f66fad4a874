"""Ana calls a person, a desk and a role; each hears what was meant for him, and nobody else does."""

import pytest

from client.b64 import unb64u
from sealed import certs
from sealed.errors import EnlaceError

pytestmark = pytest.mark.outside


def test_each_hears_the_call_that_was_meant_for_him(ana, bashir, ines):
    room = ana.enlace.create_channel("network", {bashir.kid: "w", ines.kid: "w"}, "Red")
    his = next(row for row in ana.enlace.people() if unb64u(row["kid"]) == bashir.kid)
    him, desk = ("person", unb64u(his["subject"])), ("desk", his["posts"][0])
    supervisors = ("role", "MX", certs.SUPERVISOR)
    for words, mention in (("@Bashir Haddad", him), ("@Mesa", desk), ("@Supervisión", supervisors)):
        room.post(words, mentions=(mention,))
    room.post("para todos")
    heard = {}
    for name, person in (("bashir", bashir), ("ines", ines), ("ana", ana)):
        talk = person.enlace.room(room.id).talk()
        heard[name] = [said.text for said in talk.messages() if talk.calls_me(said)]
    assert heard == {"bashir": ["@Bashir Haddad", "@Mesa"], "ines": ["@Mesa", "@Supervisión"], "ana": []}


def test_ana_calls_nobody_who_is_not_here(ana, bashir, ines):
    room = ana.enlace.create_channel("network", {bashir.kid: "w"}, "Red")
    known = {unb64u(row["kid"]): unb64u(row["subject"]) for row in ana.enlace.people()}
    before = room.post("@Bashir Haddad", mentions=(("person", known[bashir.kid]),))
    with pytest.raises(EnlaceError, match="call_not_member"):
        room.post("@Inés", mentions=(("person", known[ines.kid]),))
    assert room.post("nada se envió") == before + 1
