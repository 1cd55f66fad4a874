"""How a key comes into the network, and how it does not."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from client.b64 import b64u, unb64u
from client.enlace import Enlace
from sealed import cbor, certs
from sealed.errors import EnlaceError
from sealed.open_keys import (
    Identity,
    certify,
    make_request,
    make_root_leaf,
    seal_passphrase_slot,
    seal_recovery_slot,
    seal_slot,
    seal_slot_name,
)
from sealed.open_passkey import Passkey, seal_passkey_slot
from tests import cast
from tests.second_factor import step_up

pytestmark = pytest.mark.outside


def invited(focal, **more) -> str:
    body = {"username": f"p.{secrets.token_hex(4)}", "name": "Noemí Prueba", "role": "officer", **more}
    return focal.enlace.http.post("/api/authority/invitations", body)["token"]


def test_an_invitation_works_once(host, diego):
    token = invited(diego)
    Enlace(host.urls[0]).join(token, cast.PASSWORD)
    with pytest.raises(EnlaceError, match="not_found"):
        Enlace(host.urls[0]).join(token, cast.PASSWORD)


def test_a_key_is_offered_only_after_the_focal_point_vouched(host, diego, founder):
    token = invited(diego)
    noemi = Enlace(host.urls[0])
    account = noemi.join(token, cast.PASSWORD)
    noemi.make_keys(account, founder.roots["HN"].public)
    kid = b64u(noemi.identity.kid)
    assert kid not in {person["kid"] for person in diego.enlace.people()}
    row = next(row for row in diego.enlace.http.get("/api/authority/requests")["requests"] if row["kid"] == kid)
    diego.enlace.vouch(row)
    assert kid in {person["kid"] for person in diego.enlace.people()}
    noemi.unlock(account.passphrase)
    assert noemi.directory.vouched(unb64u(kid))


def test_the_recovery_code_opens_what_the_words_open(ana):
    ana.enlace._read_me()
    assert ana.enlace._vault_key(ana.account.recovery_code) == ana.enlace._vault_key(ana.account.passphrase)
    with pytest.raises(EnlaceError, match="bad_passphrase"):
        ana.enlace._vault_key("uno dos tres cuatro cinco seis siete")


def test_a_focal_point_sees_only_requests_of_her_own_authority(host, diego, elena, founder):
    noemi = Enlace(host.urls[0])
    noemi.make_keys(noemi.join(invited(diego), cast.PASSWORD), founder.roots["HN"].public)
    kid = b64u(noemi.identity.kid)
    his = next(row for row in diego.enlace.http.get("/api/authority/requests")["requests"] if row["kid"] == kid)
    assert kid not in {row["kid"] for row in elena.enlace.http.get("/api/authority/requests")["requests"]}
    with pytest.raises(EnlaceError, match="not_found"):
        elena.enlace.http.delete(f"/api/authority/requests/{his['id']}")
    with pytest.raises(EnlaceError, match="bad_leaf"):
        elena.enlace.vouch(his)


def test_an_officer_vouches_for_nobody(ana, diego):
    assert diego.enlace.http.get("/api/authority/requests") is not None, "the lawful twin"
    with pytest.raises(EnlaceError, match="not_found"):
        ana.enlace.http.get("/api/authority/requests")
    with pytest.raises(EnlaceError, match="not_found"):
        ana.enlace.http.post("/api/authority/invitations", {"username": "x.y", "name": "Alguien", "role": "officer"})


def test_a_focal_point_makes_no_focal_point_and_no_stranger(diego):
    assert invited(diego)
    for more in ({"role": "focal"}, {"role": "secretariat"}, {"authority": "MX"}):
        with pytest.raises(EnlaceError, match="not_allowed"):
            invited(diego, **more)


def test_a_certificate_that_nobody_asked_for_does_not_enter_the_log(diego):
    request = certs.parse_request(make_request(Identity.create(), "HN", secrets.token_bytes(16), "Fantasma", 0))
    leaf = certify(request, diego.enlace.identity.sig_seed, diego.enlace.identity.kid, 1, 2_000_000_000)
    with pytest.raises(EnlaceError, match="bad_leaf"):
        diego.enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})


def test_a_focal_point_cannot_make_an_officer_more_than_she_asked_to_be(host, diego, founder):
    noemi = Enlace(host.urls[0])
    noemi.make_keys(noemi.join(invited(diego), cast.PASSWORD), founder.roots["HN"].public)
    kid = b64u(noemi.identity.kid)
    row = next(row for row in diego.enlace.http.get("/api/authority/requests")["requests"] if row["kid"] == kid)
    request, focal = certs.parse_request(unb64u(row["request"])), diego.enlace.identity
    for other in (replace(request, role=certs.SUPERVISOR), replace(request, display="Ana Zelaya")):
        leaf = certify(other, focal.sig_seed, focal.kid, 1, 2_000_000_000)
        with pytest.raises(EnlaceError, match="bad_leaf"):
            diego.enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
    diego.enlace.vouch(row)
    assert kid in {person["kid"] for person in diego.enlace.people()}, "the lawful twin"


def test_the_host_cannot_give_a_country_a_second_root(sofia, ana):
    before = ana.enlace.sync().root_of("MX")
    leaf = make_root_leaf(secrets.token_bytes(32), "MX", "México", 1)
    with pytest.raises(EnlaceError, match="bad_leaf"):
        sofia.enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
    assert ana.enlace.sync().root_of("MX") == before


def test_a_root_that_our_country_does_not_list_vouches_for_nobody_here(ana):
    from sealed import keylog
    from sealed.open_suite import sign_public

    seed = secrets.token_bytes(32)
    root, key = make_root_leaf(seed, "ZZ", "Nowhere", 1), Identity.create()
    request = certs.parse_request(make_request(key, "ZZ", secrets.token_bytes(16), "Impostor", 2))
    leaf = certify(request, seed, certs.root_id(sign_public(seed)), 1, 2_000_000_000, certs.FOCAL)
    ana.enlace.sync()
    with_host_root = keylog.replay([*ana.enlace.log.replica.leaves, root, leaf], ana.enlace.vault.own_root)
    assert not with_host_root.vouched(key.kid)
    assert with_host_root.vouched(ana.kid), "the lawful twin"


def test_asking_in_somebody_elses_name_is_refused(ana):
    own = ana.enlace.officer
    request = make_request(ana.enlace.identity, "HN", unb64u(own["subject"]), "Otro Nombre", 0)
    with pytest.raises(EnlaceError, match="bad_request"):
        ana.enlace.http.post("/api/me/certificate-request", {"request": b64u(request)})
    request = make_request(ana.enlace.identity, "HN", unb64u(own["subject"]), own["name"], 2)
    with pytest.raises(EnlaceError, match="bad_request"):
        ana.enlace.http.post("/api/me/certificate-request", {"request": b64u(request)})


def test_of_two_windows_that_save_the_vault_the_second_reads_first(host, diego, founder):
    noemi = Enlace(host.urls[0])
    noemi.make_keys(noemi.join(invited(diego), cast.PASSWORD), founder.roots["HN"].public)
    stale = noemi.vault.counter
    noemi.save_pins()
    noemi.vault.counter = stale
    with pytest.raises(EnlaceError, match="vault_moved_on"):
        noemi.save_pins()


def test_of_two_browsers_that_make_the_first_vault_at_once_one_wins(host, diego, founder):
    """Without a lock on the officer both would be told that theirs is kept, and one could never be opened again."""
    noemi = Enlace(host.urls[0])
    noemi.join(invited(diego), cast.PASSWORD)
    noemi._read_me()
    subject = unb64u(noemi.officer["subject"])

    def first_vault(_: int) -> str:
        slot = cbor.encode(
            [cbor.encode(["enl1.slot", secrets.token_bytes(16), 1, [secrets.token_bytes(16), 65536, 3, 1]]), b"x" * 104]
        )
        data = cbor.encode(["enl1.vault", subject, 1, secrets.token_bytes(200)])
        try:
            noemi.http.put("/api/me/vault", {"vault": b64u(data), "slots": [{"slot": b64u(slot)}]})
        except EnlaceError as error:
            return error.code
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(first_vault, range(8)))
    assert answers.count("kept") == 1
    assert set(answers) - {"kept"} <= {"vault_moved_on", "step_up_required"}
    assert len(noemi.http.get("/api/me")["slots"]) == 1


def test_nobody_stores_a_vault_for_another(ana, fernando):
    ana.enlace._read_me()
    fernando.enlace._read_me()
    with pytest.raises(EnlaceError, match="bad_vault"):
        fernando.enlace.http.put("/api/me/vault", {"vault": ana.enlace.me["vault"]})


def test_a_new_slot_needs_a_fresh_code(host, ana):
    ana.enlace._read_me()
    slot = ana.enlace.me["slots"][0]["slot"]
    enlace = Enlace(host.urls[0])
    enlace.signin(ana.account.username, ana.account.password, ana.account.totp_secret)
    host.shell(
        "from django.contrib.sessions.backends.db import SessionStore as S; from liaison.models import LoginSession as L;"
        f"s = S(L.objects.filter(officer__username='{ana.account.username}').latest('created').session_key);"
        "s['second_factor_at'] = 1; s.save()",
    )
    with pytest.raises(EnlaceError, match="step_up_required"):
        enlace.http.post("/api/me/slots", {"slot": slot})
    enlace.step_up(ana.account.totp_secret)
    assert enlace.http.post("/api/me/slots", {"slot": slot})["id"]


def locks(vault_key: bytes, *sorts: int) -> list[dict[str, str]]:
    made = {
        1: lambda: seal_passphrase_slot("siete palabras", vault_key, (19_456, 2, 1)),
        2: lambda: seal_recovery_slot(bytes(20), vault_key),
        3: lambda: seal_passkey_slot(Passkey(secrets.token_bytes(16), "localhost", b"id", (), bytes(32)), bytes(32), vault_key),
        4: lambda: seal_slot(secrets.token_bytes(16), 4, [], bytes(32), vault_key),
    }
    return [{"slot": b64u(made[sort]())} for sort in sorts]


def test_locks_change_together_with_the_vault_and_words_are_always_among_them(diego, founder):
    noemi = founder.invite("HN", f"n.{secrets.token_hex(4)}", "Noemí Prueba", cast.PASSWORD, languages=["es"])
    door, vault_key = noemi.enlace.http, secrets.token_bytes(32)
    step_up(noemi)
    before = door.get("/api/me")["vault"]
    for sorts, code in (((2, 3), "last_slot"), ((), "last_slot"), ((1, 4), "bad_slot")):
        vault = replace(noemi.enlace.vault, counter=noemi.enlace.vault.counter + 1)
        with pytest.raises(EnlaceError, match=code):
            door.put("/api/me/vault", {"vault": b64u(vault.seal(vault_key)), "slots": locks(vault_key, *sorts)})
    assert door.get("/api/me")["vault"] == before, "nothing half-changed"
    door.put("/api/me/vault", {"vault": b64u(vault.seal(vault_key)), "slots": locks(vault_key, 1, 2, 3)})
    assert [row["type"] for row in door.get("/api/me")["slots"]] == [1, 2, 3]
    noemi.enlace.unlock("siete palabras")
    noemi.enlace.save_pins()
    assert [row["type"] for row in door.get("/api/me")["slots"]] == [1, 2, 3], (
        "a client without a browser leaves security keys alone"
    )


def test_the_host_takes_no_readable_name_of_a_lock(ana):
    row = ana.enlace.http.get("/api/me")["slots"][0]
    sealed = b64u(seal_slot_name(ana.enlace.vault_key, unb64u(row["id"]), "Papel en la caja fuerte"))
    ana.enlace.http.put(f"/api/me/slots/{row['id']}", {"name": sealed})
    assert ana.enlace.http.get("/api/me")["slots"][0]["name"] == sealed
    for name in ("Papel en la caja fuerte", b64u(bytes(481))):
        with pytest.raises(EnlaceError, match="bad_request"):
            ana.enlace.http.put(f"/api/me/slots/{row['id']}", {"name": name})


def test_a_deactivated_officer_is_out_at_once(host, diego, founder):
    person = founder.invite("HN", f"q.{secrets.token_hex(4)}", "Quirino Prueba", cast.PASSWORD, languages=["es"])
    assert person.enlace.http.get("/api/me")
    officer = person.enlace.officer["id"]
    step_up(diego)
    diego.enlace.http.post(f"/api/authority/officers/{officer}/deactivate")
    with pytest.raises(EnlaceError, match="sign_in_again"):
        person.enlace.http.get("/api/me")
    with pytest.raises(EnlaceError, match="wrong_password"):
        Enlace(host.urls[0]).http.post("/api/signin", {"username": person.account.username, "password": cast.PASSWORD})


def test_who_lost_password_and_phone_comes_back_by_a_new_invitation_and_reads_what_was_hers(host, diego, elena, founder):
    nora = founder.invite("HN", f"nora.{secrets.token_hex(4)}", "Nora Prueba", cast.PASSWORD, languages=["es"])
    room = nora.enlace.create_channel("network", {diego.kid: "w"}, "Guardia")
    room.post("antes de perder el teléfono")
    officer = nora.enlace.officer["id"]
    step_up(diego)
    step_up(elena)
    for act in ("invitation", "end-sessions", "deactivate"):
        with pytest.raises(EnlaceError, match="not_found"):
            elena.enlace.http.post(f"/api/authority/officers/{officer}/{act}", {})
    token = diego.enlace.http.post(f"/api/authority/officers/{officer}/invitation", {})["token"]
    assert nora.enlace.http.get("/api/me"), "until it is used nothing changes"
    back = Enlace(host.urls[0])
    account = back.join(token, "cuatro barcos vuelven con lluvia")
    with pytest.raises(EnlaceError, match="sign_in_again"):
        nora.enlace.http.get("/api/me")
    with pytest.raises(EnlaceError, match="wrong_password"):
        Enlace(host.urls[0]).http.post("/api/signin", {"username": account.username, "password": cast.PASSWORD})
    back.unlock(nora.account.passphrase)
    assert back.room(room.id).texts() == ["antes de perder el teléfono"]


def test_a_stolen_laptop_is_signed_out_by_the_focal_point(host, diego, founder):
    nora = founder.invite("HN", f"nora.{secrets.token_hex(4)}", "Nora Prueba", cast.PASSWORD, languages=["es"])
    officer = nora.enlace.officer["id"]
    rows = diego.enlace.http.get("/api/authority/officers")["officers"]
    assert next(row for row in rows if row["id"] == officer)["kid"] == b64u(nora.kid)
    step_up(diego)
    diego.enlace.http.post(f"/api/authority/officers/{officer}/end-sessions", {})
    with pytest.raises(EnlaceError, match="sign_in_again"):
        nora.enlace.http.get("/api/me")
    again = Enlace(host.urls[0])
    again.signin_with(nora.account.username, nora.account.password, nora.account.codes[0])
    assert again.http.get("/api/me"), "she signs in again"
