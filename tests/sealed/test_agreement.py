"""What one language refuses the other refuses, with the same code, and what one reads the other reads as the same: at least
100,000 different malformed inputs, counted. A difference here is a way for a host to show two officers two channels."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from client.b64 import b64u
from sealed import cbor, certs, channel, events, keylog, open_keys
from sealed.channel import ChannelState
from sealed.errors import EnlaceError
from sealed.open_channel import open_grant
from sealed.open_events import open_told
from tests.sealed.bending import ACTS, Bender, Case, Stage, bent_leaves
from tests.sealed.twin import Twin

WANTED = 100_000
EXAMPLES, EACH = 820, 169
QUICK = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a difference is a few hundred bytes that say which: shrinking would ask the pipe a thousand times
)
MUST_BE_REACHED = {
    "cbor bad_cbor",
    "control unknown_change",
    "event bad_wire",
    "grant bad_grant",
    "leaf bad_leaf",
    "open bad_cbor",
    "open bad_padding",
    "open cannot_open",
    "receipt bad_receipt",
    "request bad_leaf",
    "slot bad_slot",
    *(f"take {code}" for code in ("bad_hash", "bad_signature", "key_log_behind", "log_went_back", "not_a_member", "not_allowed")),
    *(f"take {code}" for code in ("stale_head", "unknown_key", "wrong_channel", "wrong_recipients", "wrong_transcript")),
}
scalars = st.one_of(
    st.integers(-cbor.BIGGEST, cbor.BIGGEST), st.binary(max_size=40), st.text(max_size=20), st.booleans(), st.none()
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5), max_leaves=12)


class Ours:
    """The Python verdict of a case: "ok" and what was read, or the code."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.readers: dict[str, Callable[[bytes], str]] = {
            "cbor": lambda data: cbor.encode(cbor.decode(data)).hex(),
            "event": lambda data: events.parse(data).event_id.hex(),
            "receipt": self.receipt,
            "control": lambda data: str(channel.parse_control(data).log_size),
            "leaf": lambda data: authority_of(certs.parse(data)),
            "request": lambda data: b64u(certs.parse_request(data).kid),
            "slot": lambda data: open_keys.slot_header(data)[3].hex(),
            "take": self.take,
            "open": lambda data: cbor.encode(open_told(events.parse(data), stage.script.secret(0))[0]).hex(),
            "grant": self.grant,
        }

    def verdict(self, case: Case) -> str:
        reader, data = case
        try:
            return f"ok {self.readers[reader](data)}"
        except EnlaceError as error:
            return error.code

    def receipt(self, data: bytes) -> str:
        receipt = events.parse_receipt(data)
        key = self.stage.directory.key(receipt.kid)
        if key:
            events.verify_receipt(receipt, key.sig_pub)
        return str(receipt.n)

    def take(self, wire: bytes) -> str:
        event = events.parse(wire)
        state = self.stage.script.state._fork()
        state.placed, state.ts, state.proposals = set(state.placed), dict(state.ts), dict(state.proposals)
        state.apply(event, self.stage.directory)
        return state_of(state)

    def grant(self, blob: bytes) -> str:
        stage = self.stage
        opened = open_grant(stage.world.people["ines"], stage.script.channel_id, stage.kid["ana"], blob)
        return ",".join(sorted(f"{epoch} {secret.hex()}" for epoch, secret in opened.items()))


def authority_of(leaf: certs.Leaf) -> str:
    if isinstance(leaf, certs.Revocation | certs.Build):
        return "of no authority"
    return leaf.cert.authority if isinstance(leaf, certs.CertLeaf) else leaf.authority


def state_of(state: ChannelState) -> str:
    members = ",".join(sorted(f"{b64u(kid)} {role}" for kid, role in state.members.items()))
    return f"{state.head_n}|{state.head_t.hex()}|{state.epoch}|{str(state.rekey_pending).lower()}|{state.log_size}|{members}"


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="module")
def ours(stage: Stage) -> Ours:
    return Ours(stage)


@pytest.fixture(scope="module")
def twin(stage: Stage) -> Iterator[Twin]:
    script, people = stage.script, stage.world.people
    theirs = Twin()
    theirs.send(
        {
            "leaves": [b64u(leaf) for leaf in stage.world.leaves],
            "own_root": b64u(stage.world.own_root),
            "channel": b64u(script.channel_id),
            "wires": [b64u(wire) for wire in script.wires],
            "secret": b64u(script.secret(0)),
            "granter": b64u(people["ana"].kid),
            "reader": b64u(people["ines"].user_seed),
        }
    )
    assert theirs.answer() == state_of(script.state), "both begin at the same head"
    yield theirs
    theirs.close()


def test_both_languages_read_what_is_lawful(stage, ours, twin):
    """The twin of everything below: unbent, all of it is read, and read as the same."""
    verdicts = [ours.verdict(case) for case in stage.lawful]
    assert all(verdict.startswith("ok ") for verdict in verdicts)
    assert twin.ask(stage.lawful) == verdicts


def test_both_languages_agree_on_a_hundred_thousand_malformed_inputs(stage, ours, twin):
    seen: set[Case] = set()
    refused: Counter[str] = Counter()

    @settings(QUICK, max_examples=EXAMPLES)
    @given(values, st.integers(0, 2**64))
    def agree(value: Any, number: int) -> None:
        cases = list(Bender(stage, value, random.Random(f"{number} {value!r}"), seen).cases(EACH))
        twin.send([[reader, b64u(data)] for reader, data in cases])
        mine = [ours.verdict(case) for case in cases]  # while the other language works on the same
        theirs = twin.answer()
        differing = [(r, d.hex(), one, other) for (r, d), one, other in zip(cases, mine, theirs, strict=True) if one != other]
        assert differing == []
        refused.update(f"{case[0]} {verdict}" for case, verdict in zip(cases, mine, strict=True) if not verdict.startswith("ok "))

    agree()
    assert refused.total() >= WANTED, f"malformed, and each another: {refused}"
    assert {code for code in MUST_BE_REACHED if not refused[code]} == set(), refused


def test_both_languages_judge_a_bent_key_log_alike(stage, ours, twin):
    """Leaf after leaf in one log, many of them with good signatures of focal points that may not say this."""
    chance = random.Random(1906)
    for _ in range(6):
        leaves = list(bent_leaves(stage, chance, 150))
        directory = keylog.replay([*stage.world.leaves, *leaves], stage.world.own_root)
        mine = sorted(f"{index} {code}" for index, code in directory.rejected.items())
        mine += sorted(b64u(kid) for kid in directory.keys if directory.vouched(kid))
        assert twin.log(leaves) == mine
        assert 100 < len(directory.rejected) < 150, "some are lawful, so that the rules are reached and not only the form"


def test_both_languages_read_the_same_act(twin):
    ours = [f"ok {json.dumps(sorted(channel.act_body(data)))}" for data in ACTS]
    assert twin.ask([("act", data) for data in ACTS]) == ours
