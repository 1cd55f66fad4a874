"""What a message is, and what its handling code lets whom do. The same rows run in JavaScript (tests/js/amend.test.js)."""

import pytest

from sealed import message
from sealed.errors import EnlaceError
from sealed.mention import calls, refuse_absent
from tests.sealed.handlings import BODIES, CALLS, READERS, stands, table

EVERYBODY = {"HN", "MX", "GT", "US"}
ALLOWED = {  # (code, released to GT) -> (who may be forwarded to, who may export, who may be given the history)
    (0, False): (EVERYBODY, EVERYBODY, EVERYBODY),
    (1, False): (EVERYBODY, {"HN"}, EVERYBODY),
    (1, True): (EVERYBODY, {"HN", "GT"}, EVERYBODY),
    (2, False): ({"HN"}, {"HN"}, {"HN", "MX"}),
    (2, True): ({"HN", "GT"}, {"HN", "GT"}, {"HN", "MX", "GT"}),
    (3, False): ({"HN"}, {"HN"}, {"HN"}),
    (3, True): ({"HN", "GT"}, {"HN", "GT"}, {"HN", "GT"}),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_malformed_message_is_none(name):
    lawful, attack = BODIES[name]
    assert stands(lawful), "the lawful twin must stand for the attack to mean anything"
    assert not stands(attack)


@pytest.mark.parametrize("name", BODIES)
def test_what_is_read_is_written_back(name):
    read = message.parse(BODIES[name][0])
    assert message.parse(message.body_of(read)) == read


def test_every_code_lets_do_what_the_table_of_the_protocol_says():
    found: dict = {key: (set(), set(), set()) for key in ALLOWED}
    for code, released, asking, *verdicts in table():
        for may, verdict in zip(found[code, bool(released)], verdicts, strict=True):
            if verdict:
                may.add(asking)
    assert found == ALLOWED


def test_a_call_reaches_the_person_the_desk_and_the_role_and_nobody_else():
    heard = {name: [mention for mention in CALLS if calls([mention], who)] for name, who in READERS.items()}
    ana = READERS["ana"].subject
    assert heard == {"ana": [("person", ana), ("desk", "7"), ("role", "HN", 0)], "carmen": [("role", "HN", 1)]}


def test_nobody_is_called_who_is_not_here():
    everybody = list(READERS.values())
    for mention in CALLS:
        if mention == ("role", "MX", 0):
            with pytest.raises(EnlaceError, match="call_not_member"):
                refuse_absent([mention], everybody)
        else:
            refuse_absent([mention], everybody)
    with pytest.raises(EnlaceError, match="call_not_member"):
        refuse_absent([("person", READERS["ana"].subject)], [READERS["carmen"]])
