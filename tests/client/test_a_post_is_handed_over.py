"""A post is handed over without a browser: by who leaves, by a coordinator, by a supervisor."""

import itertools
import os
import subprocess
import sys

import pytest

from client.b64 import unb64u
from client.handover import DO, DONE, NO, PRIVATE, RESTRICTED, Handover
from sealed.errors import EnlaceError
from sealed.handling import H2, H3, Handling
from tests import cast

pytestmark = pytest.mark.outside
_turn = itertools.count(1)


@pytest.fixture
def invited(founder):
    def invite(name, role="officer"):
        turn = next(_turn)  # also in the name: the command line finds people by it
        made = founder.invite("HN", f"heir{turn}", f"{name} {turn}", cast.PASSWORD, role=role, languages=["es"])
        made.enlace.sync()
        return made

    return invite


@pytest.fixture
def pilar(invited):
    return invited("Pilar Núñez")


@pytest.fixture
def omar(invited):
    return invited("Omar Mejía")


def handover(by, before, after, **how):
    made = Handover(by.enlace, unb64u(before.enlace.officer["subject"]), after.kid, **how)
    made.plan()
    return made


def standing(made):
    return {item.id: (item.to, item.why) for item in made.items}


def test_the_successor_reads_from_the_first_message_and_the_predecessor_is_gone(pilar, omar, bashir):
    room = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor")
    room.post("uno")
    room.rotate()
    room.post("dos")
    made = handover(pilar, pilar, omar, leave=True)
    assert standing(made) == {room.id: (DO, "")}
    assert standing_after(made) == {room.id: (DONE, "")}
    his = omar.enlace.room(room.id)
    assert his.texts() == ["uno", "dos"]
    assert pilar.kid not in his.state.members
    assert his.state.members[omar.kid] == "o"
    his.post("tres")
    assert bashir.enlace.room(room.id).texts() == ["uno", "dos", "tres"]
    with pytest.raises(EnlaceError, match="not_found"):
        pilar.enlace.room(room.id)


def standing_after(made):
    made.run()
    return standing(made)


def test_what_is_done_is_recognised_and_not_done_again(pilar, omar, bashir):
    rooms = [pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, f"Canal {n}") for n in range(2)]
    rooms[0].add([omar.kid], "o")  # done before the line broke
    made = handover(pilar, pilar, omar)
    assert standing(made) == {rooms[0].id: (DONE, ""), rooms[1].id: (DO, "")}
    assert standing_after(made) == {room.id: (DONE, "") for room in rooms}
    assert standing(handover(pilar, pilar, omar)) == standing(made)
    assert len(rooms[0].refresh().rows) == 3, "title, genesis, and one change"


def test_what_an_author_keeps_from_honduras_is_not_opened_to_the_successor(pilar, omar, bashir):
    kept = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Reservado")
    bashir.enlace.room(kept.id).post("solo ustedes", handling=Handling(H3))
    desk = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Del despacho")
    bashir.enlace.room(desk.id).post("para su despacho", handling=Handling(H2))
    made = handover(pilar, pilar, omar)
    assert standing(made) == {kept.id: (RESTRICTED, ""), desk.id: (DO, "")}
    assert standing_after(made) == {kept.id: (RESTRICTED, ""), desk.id: (DONE, "")}
    assert omar.enlace.room(desk.id).texts() == ["para su despacho"]
    assert standing_after(handover(pilar, pilar, omar, unread=True))[kept.id] == (DONE, "")
    his = omar.enlace.room(kept.id)
    assert his.texts() == []
    assert his.title == "Reservado", "said again under the new key"
    assert standing(handover(pilar, pilar, omar))[kept.id] == (DONE, "")


def test_a_writer_is_told_who_may_and_a_direct_conversation_stays(pilar, omar, bashir):
    his = bashir.enlace.create_channel("corridor", {pilar.kid: "w"}, "De Bashir")
    direct = bashir.enlace.create_channel("direct", {pilar.kid: "o"})
    made = handover(pilar, pilar, omar)
    assert standing_after(made) == {his.id: (NO, "not_allowed"), direct.id: (PRIVATE, "")}
    assert omar.kid not in his.refresh().state.members
    assert standing_after(handover(bashir, pilar, omar, leave=True))[his.id] == (DONE, "")
    assert {pilar.kid, omar.kid} & set(his.refresh().state.members) == {omar.kid}


def test_the_supervisor_of_the_same_country_follows_up_for_a_revoked_key(invited, pilar, omar, bashir, diego):
    lead = invited("Marta Lead", "supervisor")
    room = bashir.enlace.create_channel("corridor", {pilar.kid: "w", lead.kid: "w"}, "Con supervisora")
    pilar.enlace.room(room.id).post("lo último")
    diego.enlace.sync()
    diego.enlace.revoke(pilar.kid)
    made = handover(lead, pilar, omar)
    assert standing_after(made) == {room.id: (DONE, "")}
    his = omar.enlace.room(room.id)
    assert his.texts() == ["lo último"]
    assert set(his.state.members) == {bashir.kid, lead.kid, omar.kid}, "a revoked key does not stay, whatever was chosen"
    assert {ref.granter for ref in his.state.grants_for(omar.kid) if ref.first == 0} == {lead.kid}


def test_the_predecessor_may_be_out_already(pilar, omar, bashir, diego):
    room = bashir.enlace.create_channel("corridor", {pilar.kid: "w"}, "Ya salió")
    diego.enlace.sync()
    diego.enlace.revoke(pilar.kid)
    bashir.enlace.sync()
    room.post("su clave salió al escribir")
    assert pilar.kid not in room.state.members
    assert standing_after(handover(bashir, pilar, omar))[room.id] == (DONE, "")
    assert omar.enlace.room(room.id).texts() == ["su clave salió al escribir"]


def test_a_channel_that_moved_on_meanwhile_is_signed_again(pilar, omar, bashir):
    room = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Con prisa")
    made = handover(pilar, pilar, omar)
    bashir.enlace.room(room.id).post("entretanto")
    assert standing_after(made) == {room.id: (DONE, "")}
    assert omar.enlace.room(room.id).texts() == ["entretanto"]


def test_a_post_stays_with_its_country(pilar, bashir, ines):
    with pytest.raises(EnlaceError, match="not_allowed"):
        handover(bashir, pilar, ines)


def test_one_command_hands_over(host, tmp_path, pilar, omar, bashir):
    room = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Por la terminal")
    room.post("hola")
    account, env = pilar.account, {**host.env, "ENLACE_HOME": str(tmp_path / "enlace"), "PYTHONPATH": os.getcwd()}
    for name, secret in {"PASSWORD": account.password, "TOTP": account.totp_secret, "PASSPHRASE": account.passphrase}.items():
        (tmp_path / name).write_text(secret, encoding="utf-8")
        env[f"ENLACE_{name}_FILE"] = str(tmp_path / name)

    def enlace(*arguments):
        command = [sys.executable, "-m", "client.cli", *arguments]
        return subprocess.run(command, env=env, input="", capture_output=True, text=True)

    assert enlace("login", "--url", host.urls[0], "--username", account.username).returncode == 0
    people = ("--from", pilar.name, "--to", omar.name)
    done = enlace("handover", *people, "--leave", "--yes")
    assert "Por la terminal" in done.stdout, done.stderr
    assert "1 handed over." in done.stdout
    assert omar.enlace.room(room.id).texts() == ["hola"]
