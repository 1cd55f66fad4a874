"""Whatever a hostile host sends, the answer is an EnlaceError or a value: never another exception. That both languages give the
same answer is in test_agreement.py."""

import random
from collections.abc import Callable
from typing import Any

import cbor2
from hypothesis import given, settings
from hypothesis import strategies as st

from sealed import cbor, certs, channel, events, keylog, open_keys
from sealed.errors import EnlaceError
from tests.sealed.bending import bent
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
