"""An officer's key ends and another begins: with the word of the old one, without it, and when it was stolen."""

import secrets
import time
from datetime import datetime

import pytest

from client.b64 import b64u, unb64u
from client.enlace import Enlace
from sealed import certs
from sealed.errors import EnlaceError
from sealed.open_keys import Identity, certify, make_request
from tests import cast
from tests.second_factor import second_factor, step_up

pytestmark = pytest.mark.outside


@pytest.fixture
def noemi(founder):
    """An officer of Honduras whom no other test knows."""
    return founder.invite("HN", f"noemi.{secrets.token_hex(4)}", "Noemí Prueba", cast.PASSWORD, languages=["es"])


@pytest.fixture
def room(noemi, bashir):
    """Noemí and Bashir, with two epochs behind them."""
    room = noemi.enlace.create_channel("corridor", {bashir.kid: "w"}, "Dos años de trabajo")
    room.post("el primer mensaje")
    room.rotate()
    bashir.enlace.room(room.id).post("el segundo, bajo otra clave")
    return room


def renew(noemi):
    step_up(noemi)
    noemi.enlace.renew_keys(noemi.account)


def vouch(diego, noemi, **more):
    newest = b64u(noemi.enlace.identities[0].kid)
    rows = diego.enlace.http.get("/api/authority/requests")["requests"]
    diego.enlace.vouch(next(row for row in rows if row["kid"] == newest), **more)
    noemi.enlace.sync()


def anew(noemi, host):
    """Noemí at an empty machine: signed in, nothing unlocked."""
    enlace = Enlace(host.urls[0])
    enlace.signin_with(noemi.account.username, noemi.account.password, second_factor(noemi.account))
    noemi.enlace = enlace
    return noemi


def test_noemi_goes_on_with_a_key_that_her_old_one_named(noemi, bashir, diego, room):
    old, words = noemi.enlace.identity, noemi.account.passphrase
    renew(noemi)
    assert noemi.enlace.identity.kid == old.kid, "nobody has vouched for the new one yet"
    noemi.enlace.room(room.id).post("escribo todavía con la de antes")
    vouch(diego, noemi)
    assert noemi.enlace.identity.kid != old.kid
    assert not noemi.enlace.directory.key(noemi.kid).reset
    assert noemi.enlace.move_keys() == {room.id: None}
    noemi.enlace.room(room.id).post("y ahora con la nueva")
    his = bashir.enlace.room(room.id)
    assert set(his.state.members) == {noemi.kid, bashir.kid}
    everything = ["el primer mensaje", "el segundo, bajo otra clave", "escribo todavía con la de antes", "y ahora con la nueva"]
    assert his.texts() == everything
    with pytest.raises(EnlaceError, match="bad_passphrase"):
        noemi.enlace.unlock(words)
    noemi.enlace.unlock(noemi.account.passphrase)
    assert noemi.enlace.room(room.id).texts() == everything


def test_she_need_not_move_her_key_by_hand(noemi, bashir, diego, room):
    renew(noemi)
    vouch(diego, noemi)
    noemi.enlace.room(room.id).post("la clave se cambia antes de escribir")
    assert set(bashir.enlace.room(room.id).state.members) == {noemi.kid, bashir.kid}


def test_when_all_is_lost_a_colleague_confirms_the_new_key(host, founder, noemi, bashir, diego, room):
    anew(noemi, host)
    step_up(noemi)
    noemi.enlace.make_keys(noemi.account, founder.roots["HN"].public)
    noemi.enlace.unlock(noemi.account.passphrase)  # another day, still waiting for Diego
    vouch(diego, noemi)
    assert noemi.enlace.directory.key(noemi.kid).reset
    hers = noemi.enlace.room(room.id)
    assert hers.texts() == []
    with pytest.raises(EnlaceError, match="not_confirmed"):
        hers.post("soy yo")
    assert noemi.enlace.move_keys() == {room.id: "not_confirmed"}
    his = bashir.enlace.room(room.id)
    bashir.enlace.sync()
    [(old, new)] = his.awaiting()
    assert new.kid == noemi.kid
    his.confirm(old)
    assert his.awaiting() == []
    hers = noemi.enlace.room(room.id)
    assert hers.texts() == ["el primer mensaje", "el segundo, bajo otra clave"]
    hers.post("gracias, Bashir")
    assert his.refresh().texts()[-1] == "gracias, Bashir"


def test_a_confirmed_key_gets_no_more_of_the_past_than_the_old_one_had(host, founder, noemi, bashir, diego):
    room = bashir.enlace.create_channel("corridor", {}, "Antes de Noemí")
    room.post("esto no era para ella")
    room.add([noemi.kid], history=False)
    room.post("esto sí")
    anew(noemi, host)
    step_up(noemi)
    noemi.enlace.make_keys(noemi.account, founder.roots["HN"].public)
    vouch(diego, noemi)
    bashir.enlace.sync()
    room.refresh().confirm(room.awaiting()[0][0])
    assert noemi.enlace.room(room.id).texts() == ["esto sí"]


def test_what_a_thief_wrote_is_disowned(noemi, bashir, diego, room):
    renew(noemi)
    thief = noemi.enlace.room(room.id)
    n = thief.post("manden a los niños por el otro paso")
    vouch(diego, noemi)
    noemi.enlace.move_keys(not_mine_since=datetime.fromisoformat(thief.rows[n].at))
    his = bashir.enlace.room(room.id)
    old = his.rows[n].event.sender_kid
    assert his.state.repudiated == {old: n}


def test_a_key_is_revoked_by_itself_and_names_no_other_one_then(noemi, diego, bashir, room):
    old = noemi.enlace.identity
    renew(noemi)
    noemi.enlace.revoke(old.kid, 2)
    vouch(diego, noemi)
    assert noemi.enlace.directory.revoked(old.kid)
    assert noemi.enlace.directory.key(noemi.kid).reset, "whoever stole it could have named this one"


def test_bashir_keeps_noemi_when_her_old_key_is_revoked_after_it_named_the_next(noemi, bashir, diego, room):
    old = noemi.kid
    renew(noemi)
    vouch(diego, noemi)
    diego.enlace.revoke(old, 2)
    bashir.enlace.sync()
    bashir.enlace.room(room.id).post("sigo con Noemí")
    assert noemi.enlace.room(room.id).texts()[-1] == "sigo con Noemí"


def test_a_request_that_the_key_log_would_not_take_is_refused(noemi, founder):
    enlace = noemi.enlace
    own = enlace.officer
    subject, name = unb64u(own["subject"]), own["name"]

    def ask(gen, previous):
        request = make_request(Identity.create(), "HN", subject, name, 0, gen, previous)
        enlace.http.post("/api/me/certificate-request", {"request": b64u(request)})

    ask(1, enlace.identity)
    for gen, previous in ((0, None), (1, Identity.create())):
        with pytest.raises(EnlaceError, match="bad_request"):
            ask(gen, previous)


def test_a_certificate_is_renewed_for_the_same_key(noemi, diego):
    before = noemi.enlace.sync().key(noemi.kid)
    noemi.enlace.ask_for_certificate()
    vouch(diego, noemi, years=3)
    after = noemi.enlace.directory.key(noemi.kid)
    assert after.exp > before.exp
    assert (after.kid, after.gen, after.reset) == (before.kid, before.gen, False)


def test_who_has_run_out_is_not_brought_in_and_does_not_stop_those_who_are(host, founder, noemi, diego, ana, room):
    """A certificate of yesterday: nothing is newly sealed to it. Where its officer is a member already, the key changes still."""
    late = founder.invite("HN", f"late.{secrets.token_hex(4)}", "Lucía Tarde", cast.PASSWORD, languages=["es"])
    renew(late)
    request = certs.parse_request(late.enlace.certificate_request())
    now = int(time.time())
    leaf = certify(request, diego.enlace.identity.sig_seed, diego.kid, now - 60, now + 6)
    diego.enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
    late.enlace.sync()
    noemi.enlace.sync()
    room.add([late.kid])
    while time.time() < now + 6.1:
        time.sleep(0.1)
    other = noemi.enlace.create_channel("corridor", {}, "Otra")
    with pytest.raises(EnlaceError, match="key_expired"):
        other.add([late.kid])
    room.rotate()
    assert late.kid in room.state.members
