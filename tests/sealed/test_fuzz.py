"""Whatever a hostile host sends, the answer is an EnlaceError or a value: never another exception, and the same verdict in both
languages."""

import json
import random
import subprocess
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.b64 import b64u
from scripts import node
from sealed import cbor, certs, channel, events, keylog, open_keys
from sealed.errors import EnlaceError
from tests.sealed.test_interop import ROOT
from tests.sealed.world import Script, World

scalars = st.one_of(
    st.integers(-cbor.BIGGEST, cbor.BIGGEST), st.binary(max_size=40), st.text(max_size=20), st.booleans(), st.none()
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5), max_leaves=20)
READERS: dict[str, Callable[[bytes], Any]] = {
    "cbor": cbor.decode,
    "event": events.parse,
    "receipt": events.parse_receipt,
    "control": channel.parse_control,
    "leaf": certs.parse,
    "request": certs.parse_request,
    "slot": open_keys.slot_header,
    "vault": open_keys.vault_counter,
    "act": channel.act_body,
}


def verdict(reader: str, data: bytes) -> str:
    try:
        READERS[reader](data)
    except EnlaceError as error:
        return error.code
    return "ok"


@given(values)
def test_our_cbor_is_the_canonical_cbor(value):
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)
    assert cbor.decode(cbor.encode(value)) == value


@settings(max_examples=300)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200))
def test_noise_is_refused_by_name(reader, data):
    assert verdict(reader, data)


@settings(max_examples=300)
@given(st.sampled_from(sorted(READERS)), values)
def test_a_value_of_another_form_is_refused_by_name(reader, value):
    assert verdict(reader, cbor.encode(value))


def structures() -> list[tuple[str, Any]]:
    """One well-formed example of everything that is read from outside, decoded, to be bent in one place."""
    world = World()
    script = Script(world, {"ana": "o", "bashir": "w"})
    script.post("bashir")
    changes = [script.add("carmen"), script.history("carmen", "ana", 0, 0), script.remove("bashir", 1)]
    made = {
        "event": [script.wires[1]],
        "control": [events.parse(script.wires[0]).payload, cbor.encode([9, changes, None, [[bytes(32), bytes(64)]]])],
        "leaf": [world.leaves[0], world.leaves[3], world.leaves[6]],
        "slot": [open_keys.seal_recovery_slot(bytes(20), bytes(32))],
        "vault": [open_keys.Vault(bytes(16), 1, [(0, bytes(32))], bytes(32)).seal(bytes(32))],
    }
    return [(reader, cbor.decode(data)) for reader, examples in made.items() for data in examples]


STRANGE = (None, True, -1, 2**53 - 1, b"", bytes(32), "", "o", "enl1.evt", [], [[]], [["o"]], ["genesis"], [["add"]])


def bent(value: Any, chance: random.Random) -> Any:
    """The value with one place, at any depth and also inside nested byte strings, replaced by something strange."""
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [bent(item, chance) if place == at else item for place, item in enumerate(value)]
    if isinstance(value, bytes) and len(value) > 64 and chance.random() < 0.7:
        try:
            return cbor.encode(bent(cbor.decode(value), chance))
        except EnlaceError:
            pass
    return chance.choice(STRANGE)


def corpus(count: int = 1500) -> list[tuple[str, bytes]]:
    chance = random.Random(1971)
    pieces = structures()
    rows = []
    for _ in range(count):
        reader, value = chance.choice(pieces)
        data = bytearray(cbor.encode(bent(value, chance)))
        if data and chance.random() < 0.2:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        rows.append((chance.choice(("cbor", reader, reader, reader)), bytes(data)))
    return rows


ACTS = (
    b'{"act":"fact"}',
    b'{"act":NaN}',
    b'{"act":Infinity}',
    b'\xef\xbb\xbf{"act":"fact"}',
    b'{"act":"a","act":"b"}',
    b"[]",
    b"null",
    b"\xff",
    b"{}",
    b'{"a":' * 15 + b"1" + b"}" * 15,
    b'{"a":' * 16 + b"1" + b"}" * 16,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"a":"\x01"}',
    b'{"a":01}',
    b'{"a":1,}',
    b'{"a":1e999}',
)


@pytest.fixture(scope="module")
def in_javascript() -> Callable[[list[list[str]]], list[str]]:
    node.install(ROOT)

    def ask(rows: list[list[str]]) -> list[str]:
        command = [*node.find()[0], "tests/js/verdicts.js"]
        done = subprocess.run(command, cwd=ROOT, input=json.dumps(rows), capture_output=True, text=True, check=True)
        return list(json.loads(done.stdout))

    return ask


def test_both_languages_give_bent_structures_the_same_verdict(in_javascript):
    rows = [row for row in corpus() if row[0] != "vault"]
    ours = [verdict(reader, data) for reader, data in rows]
    theirs = in_javascript([[reader, b64u(data)] for reader, data in rows])
    differing = [(r, d.hex(), mine, other) for (r, d), mine, other in zip(rows, ours, theirs, strict=True) if mine != other]
    assert differing == []
    assert len(set(ours)) > 4, "the corpus must reach more than one check"


def test_both_languages_read_the_same_act(in_javascript):
    ours = [json.dumps(sorted(channel.act_body(data))) for data in ACTS]
    assert in_javascript([["act", b64u(data)] for data in ACTS]) == ours


def test_a_bent_channel_is_refused_by_name_and_never_crashes():
    chance = random.Random(2026)
    world = World()
    directory = world.directory()
    script = Script(world, {"ana": "o", "bashir": "w"})
    script.post("bashir")
    script.control("ana", [script.add("carmen"), script.history("carmen", "ana", 0, 0)])
    for _ in range(150):
        place = chance.randrange(len(script.wires))
        wires = list(script.wires)
        wires[place] = cbor.encode(bent(cbor.decode(wires[place]), chance))
        if wires[place] == script.wires[place]:
            continue
        _, rows = channel.verify_history(script.channel_id, wires, directory)
        assert rows[place][2] is not None


def test_a_signed_but_senseless_control_is_refused_by_name():
    """The signature is good, the body is bent: a modified client of a real coordinator."""
    chance = random.Random(7)
    world = World()
    for _ in range(80):
        script = Script(world, {"ana": "o", "bashir": "w"})
        body = [len(world.leaves), [["add", world.kid("carmen"), "w"], ["policy", [1, 0, "network", False]]], None, []]
        n, t = script.head()
        wire = script.authors["ana"].clear(script.channel_id, 0, events.CONTROL, n, t, 0, cbor.encode(bent(body, chance)))
        _, rows = channel.verify_history(script.channel_id, [*script.wires, wire], world.directory())
        assert rows[-1][2] is not None or rows[-1][0] == 1


def test_junk_in_the_key_log_changes_nothing():
    chance = random.Random(11)
    world = World()
    leaves = list(world.leaves)
    for _ in range(60):
        leaves.insert(chance.randrange(8, len(leaves)), cbor.encode(bent(cbor.decode(chance.choice(world.leaves)), chance)))
    directory = keylog.replay(leaves, world.own_root)
    assert set(directory.keys) == set(world.directory().keys)
