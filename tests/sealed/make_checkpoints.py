"""Writes sealed/vectors/checkpoints.json: notes with their verdicts, and logs as a hostile host would show them, each lawful or
with the code of its refusal. Run by hand: python -m tests.sealed.make_checkpoints"""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed import checkpoint, merkle
from sealed.errors import EnlaceError
from sealed.replica import Head, Replica

TARGET = Path(checkpoint.__file__).parent / "vectors" / "checkpoints.json"
ORIGIN, AT = "enlace.example.org/enlace-keys", 1_795_000_000
LEAVES = [b"", b"\x00", b"\x10", b"\x20\x21", b"01", b"@ABC", b"PQRSTUVW"]
LOG, STRANGER, WITNESS = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
NAME = checkpoint.witness_name("HN")


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def line(name: str, sort: int, key: Ed25519PrivateKey, signature: bytes) -> str:
    """By the letter of C2SP, not by sealed/: two hands that agree prove more than one."""
    key_id = merkle.sha256(name.encode() + b"\n" + bytes([sort]) + public(key))[:4]
    return f"— {name} {b64(key_id + signature)}\n"


def text(size: int, root: bytes, origin: str = ORIGIN) -> str:
    return f"{origin}\n{size}\n{b64(root)}\n"


def note(body: str, key: Ed25519PrivateKey = LOG, *more: str) -> str:
    origin = body.split("\n", 1)[0]
    return body + "\n" + line(origin, 1, key, key.sign(body.encode())) + "".join(more)


def cosigned(body: str, at: int = AT, told: int = AT, key: Ed25519PrivateKey = WITNESS) -> str:
    signature = key.sign(f"cosignature/v1\ntime {at}\n{body}".encode())
    return line(NAME, 4, key, told.to_bytes(8, "big") + signature)


def notes() -> list[dict[str, Any]]:
    body = text(7, merkle.tree_root([merkle.leaf_hash(leaf) for leaf in LEAVES]))
    good, seven = note(body), body.split("\n")[2]
    signature = good.rsplit(" ", 1)[1]
    rows: list[tuple[str, str, str | None, int | None]] = [
        ("as it should be", good, None, None),
        ("an empty log", note(text(0, merkle.tree_root([]))), None, None),
        ("with its witness", note(body, LOG, cosigned(body)), None, AT),
        ("cosigned twice: the later counts", note(body, LOG, cosigned(body), cosigned(body, AT + 5, AT + 5)), None, AT + 5),
        ("a line of an unknown key is ignored", note(body, LOG, cosigned(body, key=STRANGER)), None, None),
        ("signed by another key", note(body, STRANGER), "bad_checkpoint", None),
        ("another size", good.replace("\n7\n", "\n8\n"), "bad_checkpoint", None),
        ("another root", good.replace(seven, b64(bytes(32))), "bad_checkpoint", None),
        ("another origin", good.replace(ORIGIN + "\n7", "other.example/enlace-keys\n7"), "bad_checkpoint", None),
        ("no signature", body + "\n", "bad_checkpoint", None),
        ("a true and a false signature", good + line(ORIGIN, 1, LOG, bytes(64)), "bad_checkpoint", None),
        ("a short signature", body + "\n" + line(ORIGIN, 1, LOG, bytes(63)), "bad_checkpoint", None),
        ("the witness's time was changed", note(body, LOG, cosigned(body, AT, AT + 1)), "bad_checkpoint", None),
        ("a witness's word for another head", note(body, LOG, cosigned(text(6, bytes(32)))), "bad_checkpoint", None),
        ("a time past every clock", note(body, LOG, cosigned(body, 2**63, 2**63)), "bad_checkpoint", None),
        ("a leading zero", note(body.replace("\n7\n", "\n07\n")), "bad_checkpoint", None),
        ("a size past 2^53", note(body.replace("\n7\n", "\n9007199254740992\n")), "bad_checkpoint", None),
        ("a short root", note(f"{ORIGIN}\n7\n{b64(bytes(31))}\n"), "bad_checkpoint", None),
        ("an extension line", note(body + "more\n"), "bad_checkpoint", None),
        ("a plus in the origin", note(text(7, bytes(32), "enlace+keys")), "bad_checkpoint", None),
        ("no end of line", good[:-1], "bad_checkpoint", None),
        ("base64 with spare bits", good.replace(seven, seven[:-2] + "B="), "bad_checkpoint", None),
        ("base64 without its padding", good.replace(signature, signature.replace("=", "")), "bad_checkpoint", None),
        ("a hyphen for the dash", good.replace("—", "-"), "bad_checkpoint", None),
        ("nothing", "", "bad_checkpoint", None),
    ]
    return [{"name": name, "note": told, "code": code, "cosigned_at": at} for name, told, code, at in rows]


def head(leaves: list[bytes], key: Ed25519PrivateKey = LOG, origin: str = ORIGIN) -> str:
    return note(text(len(leaves), merkle.tree_root([merkle.leaf_hash(leaf) for leaf in leaves]), origin), key)


def shown() -> list[tuple[str, list[bytes] | None, list[bytes], str, Ed25519PrivateKey]]:
    """(name, leaves of the pinned head or None, leaves shown, note shown, log key told)."""
    rewritten = [LEAVES[0], b"a stranger's key", *LEAVES[2:]]
    return [
        ("first sight", None, LEAVES, head(LEAVES), LOG),
        ("nothing new", LEAVES, LEAVES, head(LEAVES), LOG),
        ("grown by two", LEAVES[:5], LEAVES, head(LEAVES), LOG),
        ("an old log to a wiped client", LEAVES, LEAVES[:4], head(LEAVES[:4]), LOG),
        ("emptied", LEAVES, [], head([]), LOG),
        ("a leaf rewritten, and grown", LEAVES[:5], rewritten, head(rewritten), LOG),
        ("a leaf rewritten at the same size", LEAVES, rewritten, head(rewritten), LOG),
        ("the last leaf swapped", LEAVES[:5], [*LEAVES[:4], b"other", b"more"], head([*LEAVES[:4], b"other", b"more"]), LOG),
        ("under another name", LEAVES[:5], LEAVES, head(LEAVES, origin="other.example/enlace-keys"), LOG),
        ("the true head over other leaves", LEAVES[:5], rewritten, head(LEAVES), LOG),
        ("a leaf withheld from under the head", LEAVES[:5], LEAVES[:6], head(LEAVES), LOG),
        ("signed by a stranger", LEAVES[:5], LEAVES, head(LEAVES, STRANGER), LOG),
        ("a new log key", LEAVES[:5], LEAVES, head(LEAVES, STRANGER), STRANGER),
        ("not signed", LEAVES[:5], LEAVES, head(LEAVES).split("—")[0], LOG),
    ]


def logs() -> list[dict[str, Any]]:
    rows = []
    for name, pinned, leaves, told, key in shown():
        seen = Replica(pinned).accept(head(pinned), public(LOG)) if pinned is not None else None
        row: dict[str, Any] = {"name": name, "leaves": [b64(leaf) for leaf in leaves], "note": told, "log_key": b64(public(key))}
        row["pinned"] = as_json(seen) if seen else None
        row["code"], row["proof"] = verdict(leaves, told, public(key), seen)
        rows.append(row)
    return rows


def words() -> list[dict[str, Any]]:
    """What the own witness said of the log, beside the log that the host shows."""
    rewritten = [LEAVES[0], b"a stranger's key", *LEAVES[2:]]

    def word(leaves: list[bytes], at: int = AT) -> str:
        told = head(leaves)
        return told + cosigned(told.split("\n\n")[0] + "\n", at, at)

    rows = []
    for name, leaves, told, known in (
        ("its word under this very head", LEAVES, word(LEAVES), 0),
        ("its word under an older head", LEAVES, word(LEAVES[:5]), 0),
        ("an older word than the last", LEAVES, word(LEAVES), AT + 9),
        ("no word of the witness", LEAVES, head(LEAVES), 0),
        ("the witness saw more", LEAVES[:5], word(LEAVES), 0),
        ("the witness saw another log", LEAVES, word(rewritten), 0),
        ("a word under a head of no log", LEAVES, note(text(7, bytes(32)), STRANGER), 0),
    ):
        row: dict[str, Any] = {"name": name, "leaves": [b64(leaf) for leaf in leaves], "note": head(leaves), "cosigned": told}
        seen = Replica(leaves).accept(head(leaves), public(LOG)).seen(known)
        row |= {"known": known, "code": None, "at": None, "proof": None}
        try:
            row["at"] = Replica(leaves).witnessed(seen, told, NAME, public(WITNESS)).witnessed_at
        except EnlaceError as error:
            row |= {"code": error.code, "proof": error.more.get("proof")}
        rows.append(row)
    return rows


def heard() -> list[dict[str, Any]]:
    """What the author of a message says of the log, beside the log that its reader is shown."""
    rewritten = [LEAVES[0], b"a stranger's key", *LEAVES[2:]]

    def told(leaves: list[bytes], key: Ed25519PrivateKey = LOG) -> list[Any]:
        seen = checkpoint.parse(head(leaves, key))
        return [seen.size, b64(seen.root), b64(checkpoint.log_signature(seen, public(key)))]

    rows = []
    for name, leaves, said in (
        ("the same head", LEAVES, told(LEAVES)),
        ("an older head", LEAVES, told(LEAVES[:5])),
        ("another log", LEAVES, told(rewritten)),
        ("another log, when it was shorter", LEAVES, told(rewritten[:4])),
        ("a longer log than is shown here", LEAVES[:5], told(LEAVES)),
        ("another root that the host never signed", LEAVES, [7, b64(bytes(32)), b64(bytes(64))]),
        ("a longer log that the host never signed", LEAVES[:5], told(LEAVES, STRANGER)),
    ):
        row: dict[str, Any] = {"name": name, "leaves": [b64(leaf) for leaf in leaves], "note": head(leaves), "told": said}
        row |= {"code": None, "proof": None}
        replica = Replica(leaves)
        try:
            replica.hear(replica.accept(head(leaves), public(LOG)), (said[0], *(base64.b64decode(one) for one in said[1:])))
        except EnlaceError as error:
            row |= {"code": error.code, "proof": error.more.get("proof")}
        rows.append(row)
    return rows


def as_json(seen: Head) -> dict[str, Any]:
    return {"size": seen.size, "root": b64(seen.root), "log_key": b64(seen.log_key or b""), "note": seen.note}


def verdict(leaves: list[bytes], told: str, key: bytes, seen: Head | None) -> tuple[str | None, Any]:
    try:
        Replica(leaves).accept(told, key, seen)
    except EnlaceError as error:
        return error.code, error.more.get("proof")
    return None, None


VERIFIER_KEYS = [  # published: name+key id+base64(type || key)
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
]
# The example of c2sp.org/tlog-cosignature; its keys are not published, its time is: 1679315147.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def main() -> None:
    made = {
        "_about": "Written by tests/sealed/make_checkpoints.py; run by both languages.",
        "sources": {"verifier_keys": "c2sp.org/signed-note, golang.org/x/mod/sumdb/note", "example": "c2sp.org/tlog-cosignature"},
        "verifier_keys": VERIFIER_KEYS,
        "example": {"note": EXAMPLE, "size": 20852163, "time": 1679315147},
        "log_key": b64(public(LOG)),
        "witness": {"name": NAME, "key": b64(public(WITNESS))},
        "notes": notes(),
        "logs": logs(),
        "words": words(),
        "heard": heard(),
    }
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
