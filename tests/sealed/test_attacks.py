"""Every rule refuses its attack, and lets its lawful twin through. The same rows run in JavaScript (tests/js/sealed.test.js)."""

import pytest

from sealed.channel import verify_history
from sealed.open_channel import Keyring
from tests.sealed.attacks import CASES, GRANTS, both, reader_of
from tests.sealed.world import Script


@pytest.mark.parametrize("name", CASES)
def test_the_rule_holds(name):
    _rule, make, code = CASES[name]
    lawful, attack = both(make)
    _, rows = verify_history(lawful.channel_id, lawful.wires, lawful.world.directory())
    assert [row[2] for row in rows] == [None] * len(lawful.wires), "the lawful twin must pass for the attack to mean anything"
    _, rows = verify_history(attack.channel_id, attack.wires, attack.world.directory())
    codes = [row[2] for row in rows]
    assert next((found for found in codes if found), None) == code


def keys_refused(script: Script) -> list[str]:
    """What the keyring of Bashir, or of Ines where she was added, says of the grants the host shows him."""
    state, rows = verify_history(script.channel_id, script.wires, script.world.directory())
    assert [row[2] for row in rows] == [None] * len(script.wires), "the channel itself is lawful: only the keys are not"
    reader = script.world.people[reader_of(script)]
    ring = Keyring(reader, script.channel_id)
    mine = [(n, blob) for n, _, to, blob in script.grants if to == reader.kid]
    return [code for _, code in ring.take_all(state, mine)]


@pytest.mark.parametrize("name", GRANTS)
def test_a_false_key_is_refused(name):
    make, code = GRANTS[name]
    lawful, attack = both(make)
    assert keys_refused(lawful) == []
    assert keys_refused(attack) == [code]
