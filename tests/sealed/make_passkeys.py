"""Writes sealed/vectors/passkeys.json: slots that an authenticator's answer opens, and what a host could make of them. Salts are
random, so a run writes other bytes with the same verdicts. Run by hand: python -m tests.sealed.make_passkeys"""

import json
from pathlib import Path
from typing import Any

from sealed import cbor
from sealed.errors import EnlaceError
from sealed.open_keys import seal_recovery_slot, seal_slot_name
from sealed.open_passkey import FORM, PASSKEY, Passkey, open_passkey_slot, passkey_of, seal_passkey_slot
from sealed.suite import sha256

TARGET = Path(cbor.__file__).parent / "vectors" / "passkeys.json"
VAULT_KEY, ANSWER, SLOT_ID = b"\x09" * 32, sha256(b"answer"), b"\x07" * 16
KEY = Passkey(SLOT_ID, "enlace.example.org", b"\x01\x02\x03" * 11, ("usb", "nfc"), b"\x05" * 32)


def bent(slot: bytes, **change: Any) -> bytes:
    """The header with another part, the sealed key as it was."""
    hdr, ciphertext = cbor.decode(slot)
    tag, slot_id, sort, params = cbor.decode(hdr)
    parts = dict(zip(("form", "rp_id", "credential", "transports", "salt"), params, strict=False)) | {"id": slot_id, "sort": sort}
    parts |= change
    params = [parts[name] for name in ("form", "rp_id", "credential", "transports", "salt")]
    return cbor.encode([cbor.encode([tag, parts["id"], parts["sort"], params]), ciphertext])


def slots() -> dict[str, tuple[bytes, bytes]]:
    """{name: (slot, answer of the authenticator)}."""
    lawful = seal_passkey_slot(KEY, ANSWER, VAULT_KEY)
    hdr, ciphertext = cbor.decode(lawful)
    return {
        "lawful": (lawful, ANSWER),
        "another authenticator": (lawful, sha256(b"another")),
        "another credential": (bent(lawful, credential=b"\x02" * 33), ANSWER),
        "another salt": (bent(lawful, salt=b"\x06" * 32), ANSWER),
        "another host": (bent(lawful, rp_id="example.org"), ANSWER),
        "another slot": (bent(lawful, id=b"\x08" * 16), ANSWER),
        "other transports": (bent(lawful, transports=["internal"]), ANSWER),
        "a damaged key": (cbor.encode([hdr, ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])]), ANSWER),
        "another form": (bent(lawful, form="webauthn"), ANSWER),
        "a short salt": (bent(lawful, salt=b"\x05" * 31), ANSWER),
        "no host": (bent(lawful, rp_id=""), ANSWER),
        "no credential": (bent(lawful, credential=b""), ANSWER),
        "a long credential": (bent(lawful, credential=bytes(1024)), ANSWER),
        "transports that are no words": (bent(lawful, transports=[1]), ANSWER),
        "a part too many": (cbor.encode([cbor.encode(["enl1.slot", SLOT_ID, PASSKEY, [FORM, *"abcde"]]), ciphertext]), ANSWER),
        "a recovery code": (seal_recovery_slot(bytes(20), VAULT_KEY), ANSWER),
    }


def verdict(slot: bytes, answer: bytes) -> dict[str, Any]:
    """{input, opens} in hex, or {code}; `input` null: not a passkey's."""
    try:
        passkey = passkey_of(slot)
    except EnlaceError as error:
        return {"code": error.code}
    opened = open_passkey_slot(slot, answer)
    return {"input": passkey.prf_input.hex() if passkey else None, "opens": opened.hex() if opened else None}


def main() -> None:
    rows = [{"name": name, "slot": slot.hex(), "answer": answer.hex()} for name, (slot, answer) in slots().items()]
    made = {
        "_about": "Written by tests/sealed/make_passkeys.py; run by both languages.",
        "vault_key": VAULT_KEY.hex(),
        "slots": [row | verdict(bytes.fromhex(row["slot"]), bytes.fromhex(row["answer"])) for row in rows],
        "name": {"slot_id": SLOT_ID.hex(), "sealed": seal_slot_name(VAULT_KEY, SLOT_ID, "Llave gris, caja fuerte").hex()},
    }
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
