"""Every rule refuses its attack, and lets its lawful twin through. The same rows run in JavaScript (tests/js/sealed.test.js)."""

import pytest

from sealed.channel import verify_history
from tests.sealed.attacks import CASES, both


@pytest.mark.parametrize("name", CASES)
def test_the_rule_holds(name):
    _rule, make, code = CASES[name]
    lawful, attack = both(make)
    _, rows = verify_history(lawful.channel_id, lawful.wires, lawful.world.directory())
    assert [row[2] for row in rows] == [None] * len(lawful.wires), "the lawful twin must pass for the attack to mean anything"
    _, rows = verify_history(attack.channel_id, attack.wires, attack.world.directory())
    codes = [row[2] for row in rows]
    assert next((found for found in codes if found), None) == code
