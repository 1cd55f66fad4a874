"""Files on their way: what arrives is what was sealed, or nothing. The rows are those that JavaScript runs
(tests/js/run_vectors.js)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from client.b64 import unb64u
from sealed import files
from sealed.errors import EnlaceError
from sealed.files import File
from sealed.open_files import Sealing, open_file
from tests.sealed import make_files as made

ROWS = json.loads(made.TARGET.read_text(encoding="utf-8"))["rows"]


def opened(row, step: int) -> bytes:
    file_id, key, name, mime, length, digest = row["file"]
    file = File(unb64u(file_id), unb64u(key), name, mime, length, unb64u(digest))
    ciphertext = unb64u(row["ciphertext"])
    return b"".join(
        open_file(unb64u(row["channel"]), file, (ciphertext[at : at + step] for at in range(0, len(ciphertext), step)))
    )


@pytest.mark.parametrize("step", [100, 16_400, 1 << 20])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_file_opens_whole_or_not_at_all(row, step):
    if row["code"] is None:
        assert opened(row, step) == made.data(row["length"])
        return
    with pytest.raises(EnlaceError, match=row["code"]):
        opened(row, step)


def test_the_rows_are_those_of_the_maker():
    assert [(row["name"], row["code"]) for row in ROWS] == [(row["name"], row["code"]) for row in made.rows()]


@given(some.integers(0, 80_000), some.integers(1, 40_000))
def test_the_size_on_the_host_tells_the_step_and_not_the_length(length, step):
    source = made.data(length)
    sealing = Sealing(made.CHANNEL, "a", "text/plain", length, (source[at : at + step] for at in range(0, length, step)))
    ciphertext = b"".join(sealing)
    assert len(ciphertext) == sealing.size == files.sealed_size(length)
    assert b"".join(open_file(made.CHANNEL, sealing.file, [ciphertext])) == source


@pytest.mark.parametrize("given", [b"", made.data(99), made.data(101)])
def test_a_file_that_changes_while_it_is_sealed_is_not_sent(given):
    with pytest.raises(EnlaceError, match="file_changed"):
        list(Sealing(made.CHANNEL, "a", "text/plain", 100, [given]))


@pytest.mark.parametrize(
    ("mime", "head", "says"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n", True),
        ("image/png", b"MZ\x90\x00", False),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n", False),
        ("text/plain", b"%PDF-1.7", False),
        ("text/html", b"<html>", True),
        ("application/pdf", b"<html>", False),
        ("application/pdf", b"%PDF-1.7", True),
    ],
)
def test_a_name_that_lies_about_the_content_is_told(mime, head, says):
    file = File(bytes(16), bytes(32), "x", mime, 5, bytes(32))
    assert files.is_what_it_says(file, head) is says
    assert mime not in files.SHOWN or says is (files.sniff(head) == mime)


FILE = [bytes(16), bytes(32), "a.txt", "text/plain", 5, bytes(32)]


@pytest.mark.parametrize(
    "body",
    [
        None,
        ["file"],
        ["file", "x", FILE],
        ["file", 1, FILE, None],
        ["file", "x", [*FILE[:4], -1, bytes(32)], None],
        ["file", "x", [*FILE[:4], files.LARGEST + 1, bytes(32)], None],
        ["file", "x", [bytes(15), *FILE[1:]], None],
        ["file", "x", [*FILE[:2], "n" * 201, *FILE[3:]], None],
        ["file", "x", FILE, []],
    ],
)
def test_a_body_that_no_client_makes_is_refused(body):
    assert files.parse_body(["file", "Ficha", FILE, FILE])[1].name == "a.txt"
    with pytest.raises(EnlaceError, match="bad_file"):
        files.parse_body(body)
