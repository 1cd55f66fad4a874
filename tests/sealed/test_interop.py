"""Python and JavaScript open each other's channels byte for byte, and the shared attack rows are those of attacks.py."""

import json
import subprocess
from pathlib import Path

import pytest

from client.b64 import unb64u
from scripts import node
from sealed import channel, events, keylog
from sealed.errors import EnlaceError
from sealed.open_channel import Keyring
from sealed.open_keys import Identity, open_slot, open_slot_name, open_vault, parse_recovery_code
from sealed.open_passkey import open_passkey_slot, passkey_of
from tests.sealed.attacks import CASES

ROOT = Path(__file__).resolve().parents[2]
SHARED = json.loads((ROOT / "sealed" / "vectors" / "attacks.json").read_text(encoding="utf-8"))


def opened(bundle: dict, own_root: bytes) -> list[str]:
    directory = keylog.replay([unb64u(leaf) for leaf in bundle["leaves"]], own_root)
    assert directory.rejected == {}
    wires = [unb64u(wire) for wire in bundle["wires"]]
    state, rows = channel.verify_history(unb64u(bundle["channel"]), wires, directory)
    assert [code for _, _, code in rows if code] == []
    ring = Keyring(Identity(unb64u(bundle["reader"])), unb64u(bundle["channel"]))
    assert ring.take_all(state, [(n, unb64u(blob)) for n, _, _, blob in bundle["grants"]]) == []
    return [ring.open(event)[1] for _, event, _ in rows if event.kind == events.POST]


def test_the_shared_conversation_opens_in_python():
    assert opened(SHARED["open"], unb64u(SHARED["own_root"])) == SHARED["open"]["texts"]


def test_the_shared_rows_cover_every_attack():
    assert {row["name"]: row["code"] for row in SHARED["rows"]} == {name: code for name, (_, _, code) in CASES.items()}


@pytest.mark.parametrize("row", SHARED["rows"], ids=lambda row: row["name"])
def test_a_shared_row_is_refused_where_it_says(row):
    attack = row["attack"]
    directory = keylog.replay([unb64u(leaf) for leaf in SHARED["logs"][attack["log"]]], unb64u(SHARED["own_root"]))
    _, rows = channel.verify_history(unb64u(attack["channel"]), [unb64u(wire) for wire in attack["wires"]], directory)
    assert next((code, n) for n, _, code in rows if code) == (row["code"], row["n"])


@pytest.mark.parametrize("row", SHARED["keylogs"], ids=lambda row: row["name"])
def test_a_shared_key_log_says_the_same(row):
    directory = keylog.replay([unb64u(leaf) for leaf in row["leaves"]], unb64u(SHARED["own_root"]))
    assert {str(index): code for index, code in directory.rejected.items()} == row["rejected"]
    assert {kid for kid in directory.keys if directory.vouched(kid)} == {unb64u(kid) for kid in row["vouched"]}
    assert directory.witnesses == {code: unb64u(key) for code, key in row["witnesses"].items()}


def test_the_key_logs_mean_something():
    said = {row["name"]: (len(row["rejected"]), len(row["vouched"])) for row in SHARED["keylogs"]}
    everybody = said["as it should be"][1]
    lawful = {"as it should be": 0, "a key reset": 1, "promoted": 0, "revoked lawfully": -1, "revoked twice": -1, "delisted": -3}
    lawful |= {"a witness admitted": 0, "a witness that ended": 0}
    assert [row["name"] for row in SHARED["keylogs"] if row["witnesses"]] == ["a witness admitted"]
    for name, (rejected, vouched) in said.items():
        if name in ("vouched by a revoked focal point", "a witness admitted by a revoked focal point"):
            assert (rejected, vouched) == (1, everybody - 1)
        elif name in lawful:
            assert (rejected, vouched) == (1 if name == "revoked twice" else 0, everybody + lawful[name])
        else:
            assert (rejected, vouched) == (1, everybody), name


@pytest.fixture(scope="module")
def from_javascript() -> dict:
    node.install(ROOT)
    done = subprocess.run([*node.find()[0], "tests/js/make_bundle.js"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_python_opens_what_javascript_sealed(from_javascript):
    bundle = from_javascript["conversation"]
    assert opened(bundle, unb64u(bundle["own_root"])) == bundle["texts"] != []


def test_python_opens_a_vault_and_slots_made_in_javascript(from_javascript):
    made = from_javascript["vault"]
    by_words = open_slot(unb64u(made["passphrase_slot"]), made["passphrase"])
    by_code = open_slot(unb64u(made["recovery_slot"]), parse_recovery_code(made["recovery_code"]))
    assert by_words == by_code == unb64u(made["vault_key"])
    vault = open_vault(unb64u(made["vault"]), by_words)
    assert vault.identities[0].kid == unb64u(made["kid"])
    assert vault.own_root == unb64u(made["own_root"])
    by_key, passkey = unb64u(made["passkey_slot"]), passkey_of(unb64u(made["passkey_slot"]))
    assert passkey.prf_input == unb64u(made["passkey_input"])
    assert open_passkey_slot(by_key, unb64u(made["passkey_answer"])) == by_words
    assert open_slot_name(by_words, passkey.slot_id, unb64u(made["slot_name"])) == "Llave gris"


def test_a_receipt_of_javascript_verifies_and_a_bent_one_does_not(from_javascript):
    made = from_javascript["receipt"]
    receipt = events.parse_receipt(unb64u(made["receipt"]))
    events.verify_receipt(receipt, unb64u(made["sig_pub"]))
    with pytest.raises(EnlaceError, match="bad_receipt"):
        events.verify_receipt(receipt, unb64u(made["other_pub"]))
