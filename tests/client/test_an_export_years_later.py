"""Ana takes a channel out of Enlace in one file. Who holds it checks it alone: no host, no account, no network."""

import json
import zipfile

import pytest

from client import bundle
from client.b64 import b64u, unb64u
from sealed import safety
from sealed.errors import EnlaceError
from sealed.events import POST
from sealed.handling import H3, Handling
from sealed.open_events import disclosure, open_by_disclosure, open_told

pytestmark = pytest.mark.outside


@pytest.fixture(scope="module")
def room(network, tmp_path_factory):
    ana, bashir = network["ana"], network["bashir"]
    room = ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Para el expediente")
    room.post("Llegaron 41")
    his = bashir.enlace.room(room.id)
    his.post("Recibidos 40")
    n = his.post("Este no")
    his.redact(n, "mistake")
    room.refresh()
    paper = tmp_path_factory.mktemp("paper") / "lista.pdf"
    paper.write_bytes(b"%PDF-1.7 lista " * 90_000)
    room.attach(paper, "La lista")
    return room


@pytest.fixture
def file(room, tmp_path):
    bundle.export(room, tmp_path / "caso.enlace.zip")
    return tmp_path / "caso.enlace.zip"


@pytest.fixture
def digits(ana):
    return safety.root_fingerprint(ana.enlace.vault.own_root)


def said(report):
    return [body[1] for *_, body in report.rows if isinstance(body, list) and body[0] in ("text", "file")]


def bent(file, name, change):
    """The same bundle with one entry changed by `change(text) -> text`."""
    target = file.with_name("bent.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, change(data.decode()).encode() if entry == name else data)
    return target


def test_it_is_checked_and_read_without_any_host(file, digits):
    report = bundle.check(file, digits)
    assert report.failures == []
    assert said(report) == ["Llegaron 41", "Recibidos 40", "La lista"], "and what was withdrawn stays closed"
    assert report.exporter == "Ana Zelaya (HN)"
    assert report.root == digits
    assert {name for _, _, name, *_ in report.rows} == {"Ana Zelaya", "Bashir Haddad"}


def test_the_key_of_one_message_opens_that_one_alone(room, file):
    keys = json.loads(zipfile.ZipFile(file).read("keys.json"))
    first, second = [row for row in room.opened() if row.text in ("Llegaron 41", "Recibidos 40")]
    key = unb64u(keys[str(first.n)])
    assert open_by_disclosure(first.event, key) == first.body
    with pytest.raises(EnlaceError, match="cannot_open"):
        open_by_disclosure(second.event, key)
    secret = room.ring.secret(first.event.epoch)
    assert (len(key), key) == (44, disclosure(first.event, secret))
    assert open_told(first.event, secret)[0] == first.body
    assert secret.hex() not in file.read_bytes().hex()


def test_the_same_export_twice_differs_in_its_statement_only(room, file, tmp_path):
    bundle.export(room, tmp_path / "again.zip")
    with zipfile.ZipFile(file) as one, zipfile.ZipFile(tmp_path / "again.zip") as other:
        different = [name for name in one.namelist() if one.read(name) != other.read(name)]
        assert one.namelist() == other.namelist()
    assert different == ["export.json"]


def cut(text):
    return "".join(text.splitlines(keepends=True)[:-1])


def swapped(text):
    lines = text.splitlines()
    return "\n".join([*lines[:2], lines[3], lines[2], *lines[4:]]) + "\n"


def altered(text):
    rows = [json.loads(line) for line in text.splitlines()]
    wire = bytearray(unb64u(rows[2]["wire"]))
    wire[-20] ^= 1
    rows[2]["wire"] = b64u(bytes(wire))
    return "".join(json.dumps(row) + "\n" for row in rows)


def without_a_leaf(text):
    log = json.loads(text)
    return json.dumps(log | {"leaves": log["leaves"][:-1]})


def another_key(text):
    keys = json.loads(text)
    first = next(iter(keys))
    return json.dumps(keys | {first: b64u(bytes(44))})


def another_head(text):
    return json.dumps(json.loads(text) | {"head_n": 3})


@pytest.mark.parametrize(
    ("entry", "change", "told"),
    [
        ("events.jsonl", cut, "not complete"),
        ("events.jsonl", swapped, "Event"),
        ("events.jsonl", altered, "Event 2"),
        ("keylog.json", without_a_leaf, "not the one that its host signed"),
        ("keys.json", another_key, "Event"),
        ("export.json", another_head, "not signed"),
    ],
)
def test_whatever_is_changed_is_told(file, digits, entry, change, told):
    assert bundle.check(bent(file, entry, lambda text: text), digits).failures == [], "the lawful twin"
    assert any(told in sentence for sentence in bundle.check(bent(file, entry, change), digits).failures)


def test_an_altered_file_is_told(file, digits):
    with zipfile.ZipFile(file) as made:
        name = next(entry for entry in made.namelist() if entry.startswith("files/"))
    target = file.with_name("bent.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, data[:-1] + bytes([data[-1] ^ 1]) if entry == name else data)
    assert any("altered" in sentence for sentence in bundle.check(target, digits).failures)


def test_under_the_root_of_another_country_only_what_it_trusts_holds(file, bashir):
    """Mexico trusts Honduras: the same export holds under its root; under no root at all nothing does."""
    assert bundle.check(file, safety.root_fingerprint(bashir.enlace.vault.own_root)).failures == []
    assert bundle.check(file, "00000 " * 12).failures == ["No root of this key log has these digits."]


@pytest.mark.parametrize("data", [b"", b"PK not really", b"{}"])
def test_what_is_no_export_is_said_so(tmp_path, data):
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(EnlaceError, match="bad_export"):
        bundle.check(tmp_path / "x.zip")


def test_what_may_not_leave_stays_closed(ana, bashir, tmp_path, digits):
    """Bashir's H3 for Mexico alone: Ana reads it in Enlace, and her export does not open it."""
    room = ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Reservado")
    bashir.enlace.room(room.id).post("Solo México", handling=Handling(H3, ("MX",)))
    bashir.enlace.room(room.id).post("Para todos")
    room.refresh()
    assert "Solo México" in room.texts()
    bundle.export(room, tmp_path / "r.zip")
    report = bundle.check(tmp_path / "r.zip", digits)
    assert (report.failures, said(report)) == ([], ["Para todos"])


def test_what_this_version_cannot_read_stays_closed(ana, bashir, tmp_path):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "De otra versión")
    for code in (0, 7):
        room.send(
            lambda code=code: ([room.sealed_wire(POST, ["text", f"con código {code}", None, [["handling", [code, []]]]])], {})
        )
    counted = bundle.export(room, tmp_path / "caso.enlace.zip")
    assert (counted.opened, counted.sealed) == (2, 3), "the title and the words under H0"
    assert said(bundle.check(tmp_path / "caso.enlace.zip")) == ["con código 0"]
