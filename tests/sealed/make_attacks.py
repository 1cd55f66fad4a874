"""Writes sealed/vectors/attacks.json, the rows of attacks.py as both languages read them, and channels that each language must
open. Run after a rule changed: `python -m tests.sealed.make_attacks`. Bytes are base64url.

row     {"name", "rule", "code", "n": position of the refusal, "lawful": channel, "attack": channel}
channel {"channel", "wires", "log": index of a log}; logs [[leaf, ...], ...]
grants  {"name", "code", "reader", "lawful", "attack"}: what a keyring refuses; channels with "leaves", "grants" [[n, blob], ...]
keylogs {"name", "leaves", "rejected": {index: code}, "vouched": [kid, ...],
"witnesses": {authority: key}}: what a sovereign replay makes of a log
open    {"leaves", "reader" seed, "grants", "texts"} of one lawful channel
"""

import json
from pathlib import Path

from client.b64 import b64u
from sealed import channel
from tests.sealed import attacks
from tests.sealed.world import Script, World, seed

TARGET = Path(__file__).resolve().parents[2] / "sealed" / "vectors" / "attacks.json"


def told(script: Script) -> dict:
    return {"channel": b64u(script.channel_id), "wires": [b64u(wire) for wire in script.wires]}


def conversation() -> dict:
    """A channel with every lawful sort of event, as Bashir must open it."""
    world = World()
    script = Script(world, {"ana": "o", "bashir": "w"})
    script.post("ana", "Buenos días — ¿recibió la lista? 你好 مرحبا")
    script.post("bashir", "Sí.")
    script.control("ana", [script.add("carmen"), script.history("carmen", "ana", 0, 0)])
    script.control("ana", [script.remove("carmen")], new_epoch=(1, ["ana", "bashir"]))
    script.post("ana", "seguimos")
    grants = [[n, b64u(granter), b64u(to), b64u(blob)] for n, granter, to, blob in script.grants]
    texts = ["Buenos días — ¿recibió la lista? 你好 مرحبا", "Sí.", "seguimos"]
    leaves = [b64u(leaf) for leaf in world.leaves]
    return told(script) | {"leaves": leaves, "reader": b64u(seed("bashir")), "grants": grants, "texts": texts}


def refused_at(script: Script) -> int:
    _, rows = channel.verify_history(script.channel_id, script.wires, script.world.directory())
    return next(n for n, _, code in rows if code)


def granted(name: str, code: str, lawful: Script, attack: Script) -> dict:
    sides = {}
    for side, script in (("lawful", lawful), ("attack", attack)):
        blobs = [[n, b64u(blob)] for n, _, to, blob in script.grants if to == script.world.kid(attacks.reader_of(script))]
        sides[side] = told(script) | {"leaves": [b64u(leaf) for leaf in script.world.leaves], "grants": blobs}
    return {"name": name, "code": code, "reader": b64u(seed(attacks.reader_of(attack)))} | sides


def replayed(name: str, world: World) -> dict:
    directory = world.directory()
    vouched = sorted(b64u(kid) for kid in directory.keys if directory.vouched(kid))
    rejected = {str(index): code for index, code in directory.rejected.items()}
    leaves = [b64u(leaf) for leaf in world.leaves]
    witnesses = {code: b64u(public) for code, public in directory.witnesses.items()}
    return {"name": name, "leaves": leaves, "rejected": rejected, "vouched": vouched, "witnesses": witnesses}


def main() -> None:
    logs: list[list[str]] = []
    rows = []
    for name, rule, lawful, attack, code in attacks.rows():
        row = {"name": name, "rule": rule, "code": code, "n": refused_at(attack), "lawful": told(lawful), "attack": told(attack)}
        for sort, script in (("lawful", lawful), ("attack", attack)):
            leaves = [b64u(leaf) for leaf in script.world.leaves]
            if leaves not in logs:
                logs.append(leaves)
            row[sort]["log"] = logs.index(leaves)
        rows.append(row)
    made = {"own_root": b64u(World().own_root), "logs": logs, "rows": rows, "open": conversation()}
    made |= {"grants": [granted(*row) for row in attacks.grant_rows()], "keylogs": [replayed(*row) for row in attacks.log_rows()]}
    TARGET.write_text(json.dumps(made, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
