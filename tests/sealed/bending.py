"""Malformed input by the thousand: what a hostile host, or a modified client of a real member, may send in place of what is
lawful. Three depths: bytes of anything, values inside any structure, and structures that a member's key then signs."""

import random
from collections.abc import Iterator
from typing import Any

from client.b64 import b64u
from sealed import cbor, certs, events
from sealed.errors import EnlaceError
from sealed.open_events import control_body, epoch_key, sign_receipt
from sealed.open_keys import Identity, certify, make_build, make_request, make_revocation, seal_recovery_slot
from sealed.open_suite import aead_seal, hpke_seal
from sealed.suite import sha256
from tests.sealed.world import AT, EXP, NBF, Script, World, seed

STRANGE = (
    None,
    True,
    -1,
    0,
    2**53 - 1,
    b"",
    bytes(32),
    bytes(64),
    "",
    "o",
    "enl1.evt",
    [],
    [[]],
    [["o"]],
    ["genesis"],
    [["add"]],
)
Case = tuple[str, bytes]  # who reads it, and what


class Stage:
    """One channel with a head to write at, one key log, one reader; every example is drawn from it."""

    def __init__(self) -> None:
        self.world = World()
        self.script = Script(self.world, {"ana": "o", "bashir": "w", "carmen": "r"})
        self.script.post("bashir")
        asked = self.script.act("ana", b'{"act":"referral.propose","v":1,"to":"GT"}')
        answer = b'{"act":"referral.accept","v":1,"reply_to":"%s"}' % b64u(asked).encode()
        self.acts = (answer, answer, *(act for act in ACTS if len(act) < 200))
        self.script.control("ana", [self.script.add("ines"), self.script.history("ines", "ana", 0, 0)])
        self.directory = self.world.directory()
        self.kid = {name: self.world.kid(name) for name in self.world.people}
        self.lawful = self._lawful()

    def _lawful(self) -> list[Case]:
        """One well-formed example of everything that is read from outside."""
        script, ana, bashir = self.script, self.world.people["ana"], self.world.people["bashir"]
        control = control_body(len(self.world.leaves), [script.remove("bashir", 1)], script.epoch_part(1, ["ana"], "ana"))
        many = cbor.encode([9, [script.add("carmen"), ["policy", [2, 1, "case", True]]], None, [[bytes(32), bytes(64)]]])
        n, t = script.head()
        return [
            *(("leaf", leaf) for leaf in self.world.leaves[::3]),
            ("leaf", make_build(seed("release"), "0.1", bytes(32), b"the build before", AT)),
            *(("event", wire) for wire in script.wires),
            ("control", events.parse(script.wires[0]).payload),
            ("control", control),
            ("control", many),
            ("request", make_request(ana, "HN", seed("subject ana")[:16], "Ana", 0)),
            ("request", make_request(bashir, "HN", seed("subject ana")[:16], "Ana", 0, 1, ana)),
            ("receipt", sign_receipt(ana, script.channel_id, n, t, AT)),
            ("slot", seal_recovery_slot(bytes(20), bytes(32))),
        ]

    def ad(self, by: str, kind: int) -> list[Any]:
        n, t = self.script.head()
        state = self.script.state
        return ["enl1.ad", state.channel_id, state.epoch, kind, self.kid[by], seed(by)[:8], 7, n, t, AT]

    def signed(self, by: str, ad: bytes, payload: Any, hashed: bytes | None = None) -> bytes:
        """The wire that a modified client of `by` makes: whatever it says, the signature is good."""
        digest = sha256(payload if isinstance(payload, bytes) else b"") if hashed is None else hashed
        hdr = cbor.encode(["enl1.evt", ad, digest])
        return cbor.encode([hdr, self.world.people[by].sign(hdr), payload])

    def sealed(self, ad: bytes, padded: bytes) -> bytes:
        """Any plaintext, badly padded or not CBOR, under the right key and the right context."""
        state = self.script.state
        return aead_seal(epoch_key(self.script.secret(state.epoch), state.channel_id, state.epoch), ad, padded)


def bent(value: Any, chance: random.Random, strange: Any = None) -> Any:
    """The value with one place, at any depth and also inside nested byte strings, replaced by something strange."""
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        if chance.random() < 0.08:
            return chance.choice(
                (value[:at], value[:at] + value[at + 1 :], [*value, value[at]], [*value[:at], *reversed(value[at:])])
            )
        return [bent(item, chance, strange) if place == at else item for place, item in enumerate(value)]
    if isinstance(value, bytes) and len(value) > 64 and chance.random() < 0.7:
        try:
            return cbor.encode(bent(cbor.decode(value), chance, strange))
        except EnlaceError:
            pass
    if type(value) is int and chance.random() < 0.5:
        return chance.choice((value + 1, value - 1, -value, value * 256))
    if isinstance(value, bytes) and value and chance.random() < 0.5:
        return chance.choice((value[:-1], value + b"\0", value[::-1], bytes(len(value))))
    return strange if strange is not None and chance.random() < 0.5 else chance.choice(STRANGE)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes as a broken or hostile line gives them: cut, flipped, doubled, spliced, or the same value in a longer spelling."""
    if not data:
        return bytes([chance.randrange(256)])
    at, to = sorted(chance.randrange(len(data)) for _ in range(2))
    return chance.choice(
        (
            lambda: data[:at],
            lambda: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
            lambda: data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            lambda: data[:at] + data[to:],
            lambda: data[:to] + data[at:],
            lambda: data + bytes([chance.randrange(256)]),
            lambda: data[:at] + longer_head(data[at]) + data[at + 1 :],
        )
    )()


def longer_head(byte: int) -> bytes:
    """A head of one byte in two: the same number, not in its one canonical spelling (RFC 8949 section 4.2.1)."""
    return bytes([byte & 0xE0 | 24, byte & 31]) if byte & 31 < 24 else bytes([byte, 0])


class Bender:
    """Makes cases out of one stage, one drawn value and one seed; none that is in `seen` already."""

    def __init__(self, stage: Stage, value: Any, chance: random.Random, seen: set[Case]) -> None:
        self.stage, self.value, self.chance, self.seen = stage, value, chance, seen

    def cases(self, count: int) -> Iterator[Case]:
        some = 6 * [self.as_bytes] + 4 * [self.as_structure] + 2 * [self.as_event] + [self.as_sealed]
        for place in range(count):
            try:
                case = some[place % len(some)]()
            except EnlaceError:  # the bent value cannot be written down: an integer beyond the limit, too deep
                case = self.as_bytes()
            if case not in self.seen:
                self.seen.add(case)
                yield case

    def as_bytes(self) -> Case:
        """A drawn value beside a piece of a lawful structure, or that structure, cut and spliced."""
        reader, data = self.chance.choice(self.stage.lawful)
        if self.chance.random() < 0.5:
            reader, data = "cbor", cbor.encode([self.value, *cbor.decode(data)[-1:], self.chance.randrange(2**40)])
        return self.chance.choice(("cbor", reader)), damaged(damaged(data, self.chance), self.chance)

    def as_structure(self) -> Case:
        reader, data = self.chance.choice(self.stage.lawful)
        value = bent(cbor.decode(data), self.chance, self.value)
        return reader, cbor.encode(bent(value, self.chance, self.value))

    def as_event(self) -> Case:
        """At the head of the channel, signed by somebody whose key is good: only the rules stand between it and the readers."""
        chance, by = self.chance, self.chance.choice(("ana", "ana", "bashir", "carmen", "fernando", "elena", "sly"))
        kind = chance.choice((events.POST, events.CONTROL, events.CONTROL, events.ACT))
        ad = self.stage.ad(by, kind)
        payload: Any = b"ciphertext"
        if kind == events.CONTROL:
            body = next(data for reader, data in chance.sample(self.stage.lawful, len(self.stage.lawful)) if reader == "control")
            payload = cbor.encode(bent(cbor.decode(body), chance, self.value)) if chance.random() < 0.8 else body
        elif kind == events.ACT:
            payload = chance.choice(self.stage.acts)
        if kind == events.ACT and chance.random() < 0.3:  # as a desk answers that is not in the channel yet
            ad[7:9] = [0, events.transcript_start(self.stage.script.channel_id)]
        if chance.random() < 0.5:
            ad = bent(ad, chance, self.value)
        hashed = bytes(32) if chance.random() < 0.1 else None
        wire = self.stage.signed(by, cbor.encode(ad), payload, hashed)
        return "take", damaged(wire, chance) if chance.random() < 0.1 else wire

    def as_sealed(self) -> Case:
        """What comes out of the lock: padding, CBOR, and grants whose seal is good."""
        chance, script = self.chance, self.stage.script
        if chance.random() < 0.02:
            rows = bent([[0, script.secret(0)], [1, bytes(32)]], chance, self.value)
            ana, ines = self.stage.kid["ana"], self.stage.world.people["ines"]
            info = cbor.encode(["enl1.grant", script.channel_id, ana, ines.kid])
            return "grant", hpke_seal(ines.kem_pub, info, cbor.encode(rows))
        ad = cbor.encode(self.stage.ad("bashir", events.POST))
        body = cbor.encode(["text", "hola", None])
        padded = chance.choice((damaged(events.pad(body), chance), events.pad(damaged(body, chance)), damaged(body, chance)))
        ciphertext = self.stage.sealed(ad, padded)
        return "open", self.stage.signed("bashir", ad, damaged(ciphertext, chance) if chance.random() < 0.3 else ciphertext)


def bent_leaves(stage: Stage, chance: random.Random, count: int) -> Iterator[bytes]:
    """Leaves of the key log: bent ones, and certificates and revocations that some focal point or officer really signed."""
    people = stage.world.people
    names = [name for name in people if name != "sly"]
    for place in range(count):
        issuer, name = people[chance.choice(("diego", "elena", "gael", "ana"))], chance.choice(names)
        if place % 3 == 0:
            yield cbor.encode(bent(cbor.decode(chance.choice(stage.world.leaves)), chance))
        elif place % 3 == 1:
            person = Identity(seed(f"{place} {chance.random()}")) if chance.random() < 0.5 else people[name]
            code, subject = chance.choice(("HN", "MX", "GT", "SV")), seed(f"subject {name}")[:16]
            role, gen = chance.choice((0, 1, 2)), chance.choice((0, 0, 1, 2))
            request = certs.parse_request(make_request(person, code, subject, name.title(), role, gen))
            yield certify(request, issuer.sig_seed, issuer.kid, NBF, EXP + chance.choice((-1, 0, 1, 2)))
        else:
            kid = stage.kid[name] if chance.random() < 0.2 else seed(f"nobody {place}")
            yield make_revocation(kid, issuer.sig_seed, issuer.kid, 1, AT)


ACTS = (
    b'{"act":"fact"}',
    b'{"act":"referral.accept","reply_to":"x"}',
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
