"""Slots that a security key opens: nothing in them can be exchanged. The rows are those that JavaScript runs
(tests/js/run_vectors.js)."""

import json

import pytest

from sealed.open_keys import Vault, open_slot, open_slot_name, open_vault, seal_slot_name
from sealed.open_passkey import seal_passkey_slot
from tests.sealed import make_passkeys as made

SHARED = json.loads(made.TARGET.read_text(encoding="utf-8"))
ROWS = {row["name"]: row for row in SHARED["slots"]}


@pytest.mark.parametrize("row", SHARED["slots"], ids=lambda row: row["name"])
def test_the_shared_rows_have_their_verdicts(row):
    told = made.verdict(bytes.fromhex(row["slot"]), bytes.fromhex(row["answer"]))
    assert told == {name: row[name] for name in told}
    assert row.keys() >= {"name", "slot", "answer", *told}


def test_only_the_lawful_one_opens():
    assert {name for name, row in ROWS.items() if row.get("opens")} == {"lawful"}
    assert ROWS["lawful"]["opens"] == SHARED["vault_key"]
    assert {name for name, row in ROWS.items() if "code" in row} == {
        "another form",
        "a short salt",
        "no host",
        "no credential",
        "a long credential",
        "transports that are no words",
        "a part too many",
    }
    assert set(made.slots()) == set(ROWS)


def test_host_slot_and_salt_each_change_what_the_authenticator_is_asked():
    asked = [ROWS[name]["input"] for name in ("lawful", "another host", "another slot", "another salt")]
    assert len({*asked}) == 4


def test_words_and_codes_pass_a_passkey_by():
    slot = bytes.fromhex(ROWS["lawful"]["slot"])
    assert open_slot(slot, "siete palabras") is None
    assert open_slot(slot, bytes(20)) is None


def test_a_vault_under_a_new_key_is_not_opened_by_the_old_lock():
    vault, old, new = Vault(bytes(16), 1, [(0, bytes(32))], bytes(32)), made.VAULT_KEY, b"\x0a" * 32
    assert open_vault(vault.seal(old), old).seeds == vault.seeds
    with pytest.raises(Exception, match="bad_vault"):
        open_vault(vault.seal(new), old)
    again = seal_passkey_slot(made.KEY, made.ANSWER, new)
    assert open_vault(vault.seal(new), made.open_passkey_slot(again, made.ANSWER)).seeds == vault.seeds


def test_a_name_is_read_only_beside_its_own_slot():
    sealed, slot_id = bytes.fromhex(SHARED["name"]["sealed"]), bytes.fromhex(SHARED["name"]["slot_id"])
    assert open_slot_name(made.VAULT_KEY, slot_id, sealed) == "Llave gris, caja fuerte"
    assert open_slot_name(made.VAULT_KEY, bytes(16), sealed) is None
    assert open_slot_name(b"\x0a" * 32, slot_id, sealed) is None
    assert len(seal_slot_name(made.VAULT_KEY, slot_id, "")) == len(sealed), "its length tells nothing"
