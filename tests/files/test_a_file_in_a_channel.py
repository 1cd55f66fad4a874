"""Ana shares a list of returned persons with Bashir, through the host, which stores it and reads nothing."""

import secrets

import pytest

from client import files as sending
from client.b64 import b64u
from sealed import files
from sealed.errors import EnlaceError
from sealed.handling import Handling
from sealed.open_files import Sealing

pytestmark = pytest.mark.outside
PLANTED = b"PalabraPlantada"


@pytest.fixture
def room(ana, bashir):
    return ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Archivos")


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "lista de retornados.pdf"
    path.write_bytes(b"%PDF-1.7 " + PLANTED + secrets.token_bytes(2_500_000))
    return path


def place(room, file_id: bytes) -> str:
    return f"/api/channels/{room.id}/files/{b64u(file_id)}"


def refused(code, work, *arguments):
    with pytest.raises(EnlaceError) as error:
        work(*arguments)
    assert error.value.code == code


def test_bashir_opens_what_ana_shared_and_the_host_holds_no_word_of_it(host, room, bashir, paper, tmp_path):
    told = []
    n = room.attach(paper, "La lista de hoy", progress=lambda done, whole: told.append((done, whole)))
    his = bashir.enlace.room(room.id)
    row = his.opened()[n]
    assert row.text == "La lista de hoy [lista de retornados.pdf]"
    his.fetch(n, tmp_path / "recibida.pdf")
    assert (tmp_path / "recibida.pdf").read_bytes() == paper.read_bytes()
    assert told[-1][0] == told[-1][1] == files.sealed_size(row.file.length)
    assert len(told) == 3, "in parts"
    stored = [path.read_bytes() for path in (host.var / "files").rglob("*") if path.is_file()]
    assert sum(map(len, stored)) >= told[-1][1], "the premise: the host stored it"
    assert all(PLANTED not in blob and b"retornados" not in blob for blob in stored)


def test_a_file_is_read_among_the_messages_and_once_withdrawn_no_more(room, bashir, paper, tmp_path):
    n = room.attach(paper, "La lista de hoy")
    his = bashir.enlace.room(room.id)
    his.react(n, "received")
    assert his.texts() == ["La lista de hoy [lista de retornados.pdf]"]
    his.fetch(n, tmp_path / "recibida.pdf")
    room.refresh().redact(n, "person_at_risk")
    assert his.refresh().texts() == []
    refused("target_redacted", his.fetch, n, tmp_path / "otra.pdf")


def test_a_file_under_a_code_is_not_given_to_whom_it_is_kept_from(room, fernando, bashir, paper):
    n = room.attach(paper, "La lista de hoy", handling=Handling(2))
    assert bashir.enlace.room(room.id).talk().messages()[-1].handling == Handling(2)
    refused("history_restricted", room.add, [fernando.kid])
    assert room.refresh().talk().messages()[-1].n == n


def test_nobody_outside_the_channel_finds_it(room, fernando, bashir, paper):
    n = room.attach(paper)
    file = room.opened()[n].file
    for path in (place(room, file.file_id), place(room, file.file_id) + "/0"):
        assert bashir.enlace.http.session.get(path).status_code == 200, "the lawful twin"
        assert fernando.enlace.http.session.get(path).status_code == 404
    refused("not_found", fernando.enlace.http.put, place(room, secrets.token_bytes(16)), {"size": 300})
    refused("not_found", fernando.enlace.http.put_bytes, place(room, file.file_id) + "/0", b"x")


def test_who_is_removed_fetches_no_more(room, ana, bashir, paper, tmp_path):
    n = room.attach(paper)
    his = bashir.enlace.room(room.id)
    his.fetch(n, tmp_path / "a.pdf")
    room.remove(bashir.kid, sure=True)
    refused("not_found", his.fetch, n, tmp_path / "b.pdf")
    assert [path.name for path in tmp_path.glob("*b.pdf*")] == [], "no half file is left"


def test_a_file_on_its_way_is_seen_by_its_sender_only_and_goes_on_where_it_stopped(room, ana, bashir, paper):
    data = paper.read_bytes()
    sealing = Sealing(room.channel_id, "a.pdf", "application/pdf", len(data), [data])
    parts, own = list(sending._parts(sealing)), place(room, sealing.file_id)
    ana.enlace.http.put(own, {"size": sealing.size})
    ana.enlace.http.put_bytes(f"{own}/1", parts[1])
    assert ana.enlace.http.get(own)["here"] == [1]
    refused("not_found", bashir.enlace.http.get, own)
    body = files.body_of("", sealing.file)
    refused("file_incomplete", room.send, lambda: ([room.sealed_wire(6, body)], {}), [sealing.file_id])
    ana.enlace.http.put_bytes(f"{own}/1", parts[1])  # the same again
    refused("file_changed", ana.enlace.http.put_bytes, f"{own}/1", bytes(len(parts[1])))
    for index in (2, 0):
        ana.enlace.http.put_bytes(f"{own}/{index}", parts[index])
    room.send(lambda: ([room.sealed_wire(6, body)], {}), [sealing.file_id])
    assert bashir.enlace.http.get(own)["here"] == [0, 1, 2]
    refused("not_found", ana.enlace.http.put_bytes, f"{own}/1", parts[1])  # what was shared does not change


def test_a_part_of_another_size_or_place_is_refused(room, ana):
    own = place(room, secrets.token_bytes(16))
    ana.enlace.http.put(own, {"size": files.PART + 5})
    ana.enlace.http.put_bytes(f"{own}/1", bytes(5))
    for index, size in ((0, 5), (1, 6), (2, 5), (0, files.PART + 1)):
        refused("bad_request", ana.enlace.http.put_bytes, f"{own}/{index}", bytes(size))
    for size in (0, -1, files.LARGEST_SEALED + 1):
        refused("file_too_large", ana.enlace.http.put, place(room, secrets.token_bytes(16)), {"size": size})


def test_a_file_of_another_channel_cannot_be_shared_here(room, ana, bashir, paper):
    other = ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Otro")
    file = sending.send(ana.enlace.http, other.channel_id, paper)
    refused("file_incomplete", room.send, lambda: ([room.sealed_wire(6, files.body_of("", file))], {}), [file.file_id])
    other.send(lambda: ([other.sealed_wire(6, files.body_of("", file))], {}), [file.file_id])


def test_a_part_that_the_host_altered_is_not_opened(host, room, bashir, paper, tmp_path):
    n = room.attach(paper)
    his = bashir.enlace.room(room.id)
    file_id = his.opened()[n].file.file_id
    stored = next((host.var / "files" / room.id / b64u(file_id)).glob("1*"))
    true = stored.read_bytes()
    stored.write_bytes(bytes([true[0] ^ 1]) + true[1:])
    refused("cannot_open_file", his.fetch, n, tmp_path / "x.pdf")
    assert list(tmp_path.glob("*x.pdf*")) == []
    stored.write_bytes(true)
    his.fetch(n, tmp_path / "x.pdf")


def test_what_no_message_refers_to_is_swept_after_a_day(host, room, ana, paper):
    n = room.attach(paper)
    kept = room.opened()[n].file.file_id
    lost = sending.send(ana.enlace.http, room.channel_id, paper).file_id
    assert "0 files swept" in host.manage("sweep_files"), "not before its day is over"
    host.shell(
        "from datetime import timedelta; from messaging.models import Attachment; from django.db.models import F;"
        "Attachment.objects.update(at=F('at') - timedelta(hours=25))"
    )
    host.manage("sweep_files")
    folder = host.var / "files" / room.id
    assert not list((folder / b64u(lost)).glob("*"))
    assert len(list((folder / b64u(kept)).glob("*"))) == 3
    refused("not_found", ana.enlace.http.get, place(room, lost))
