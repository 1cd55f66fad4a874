"""A small network inside the test database: three authorities, their focal points and officers with real keys, and rooms
that write with the opening half of sealed. Who they are: tests/cast.py."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.test import Client

from liaison import keys
from liaison.names import b64u
from sealed import certs, channel, events
from sealed.open_channel import Keyring
from sealed.open_events import Author, control_body, sign_receipt
from sealed.open_keys import Identity, certify, make_request, make_root_leaf
from sealed.open_suite import random_bytes, sign_public
from tests.messaging import ground

YEAR = 365 * 24 * 3600
OFFICER, FOCAL = 0, 2


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(eq=False)
class Person:
    """An officer with keys, signed in by a test client that checks CSRF as a browser would meet it."""

    officer: Any
    identity: Identity
    authority: str
    author: Author = field(init=False)

    def __post_init__(self) -> None:
        self.author = Author(self.identity, random_bytes(8))

    @property
    def kid(self) -> bytes:
        return self.identity.kid

    @cached_property
    def http(self) -> Client:
        return ground.signed_in(self.officer)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(path, query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.http.post(path, json.dumps(body), content_type="application/json")


class Network:
    def __init__(self) -> None:
        keys.directory()  # the log of the test before is gone: notice it while this one is still empty
        self.roots: dict[str, bytes] = {}
        self.focals: dict[str, Person] = {}

    def authority(self, code: str) -> None:
        seed = random_bytes(32)
        self.roots[code] = seed
        ground.make_authority(code)
        ground.append_leaf(make_root_leaf(seed, code, code, now_ms()))
        self.focals[code] = self._vouch(code, f"focal-{code}", FOCAL, seed, certs.root_id(sign_public(seed)))

    def officer(self, code: str, name: str) -> Person:
        if code not in self.roots:
            self.authority(code)
        focal = self.focals[code].identity
        return self._vouch(code, name, OFFICER, focal.sig_seed, focal.kid)

    def new_generation(self, person: Person, *, continuous: bool) -> Person:
        """The same officer with the next key, vouched for; without `continuous` it is a key reset."""
        identity, now = Identity.create(), int(time.time())
        before, focal = keys.directory().keys[person.kid], self.focals[person.authority].identity
        previous = person.identity if continuous else None
        request = make_request(identity, before.authority, before.subject, before.display, before.role, before.gen + 1, previous)
        ground.append_leaf(certify(certs.parse_request(request), focal.sig_seed, focal.kid, now - 60, now + YEAR))
        person.officer.kid = b64u(identity.kid)
        person.officer.save(update_fields=["kid"])
        return Person(person.officer, identity, person.authority)

    def _vouch(self, code: str, name: str, role: int, issuer_seed: bytes, issuer_kid: bytes) -> Person:
        identity, subject = Identity.create(), random_bytes(16)
        request = certs.parse_request(make_request(identity, code, subject, name, role))
        now = int(time.time())
        ground.append_leaf(certify(request, issuer_seed, issuer_kid, now - 60, now + YEAR))
        officer = ground.make_officer(code, name, "focal" if role == FOCAL else "officer", subject, b64u(identity.kid))
        return Person(officer, identity, code)


class Room:
    """One channel as an honest client that holds every key would see it; `state` is what it replayed itself."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.people: dict[bytes, Person] = {}

    # --- making ---------------------------------------------------------------------------------------------------
    def genesis(
        self, founder: Person, members: dict[Person, str] | None = None, kind: str = "network", k: int = 1, hist: int = 0
    ) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        people = [(founder, "o"), *((members or {}).items())]
        self.people = {p.kid: p for p, _ in people}
        change = ["genesis", random_bytes(16), [k, hist, kind, False], [[p.kid, role] for p, role in people]]
        self.id = channel.channel_id_of(change)
        self.state = channel.ChannelState(self.id)
        self.ring = Keyring(founder.identity, self.id)
        new_epoch, grants = self.ring.new_epoch(0, {p.kid: p.identity.kem_pub for p, _ in people})
        body = control_body(keys.directory().size, [change], new_epoch)
        return self.clear(founder, events.CONTROL, body, epoch=0), list(grants.items())

    def create(self, founder: Person, members: dict[Person, str] | None = None, title: str = "Paso seguro", **how: Any) -> "Room":
        wire, grants = self.genesis(founder, members, **how)
        self.take(wire)
        named = self.seal(founder, ["title", title, ""])
        self.take(named)
        answer = founder.post("/api/channels", sent([wire, named], grants))
        assert answer.status_code == 201, answer.content
        assert answer.json() == {"channel": self.name, "n": 2}
        return self

    # --- writing --------------------------------------------------------------------------------------------------
    def seal(self, person: Person, body: Any, kind: int = events.POST, **wrong: Any) -> bytes:
        at = {"epoch": self.state.epoch, "seen_n": self.state.head_n, "t_seen": self.state.head_t} | wrong
        return person.author.seal(
            self.ring.secret(min(at["epoch"], self.state.epoch)),
            wrong.get("channel_id", self.id),
            at["epoch"],
            kind,
            at["seen_n"],
            at["t_seen"],
            now_ms(),
            body,
        )

    def clear(self, person: Person, kind: int, body: bytes, **wrong: Any) -> bytes:
        at = {"epoch": self.state.epoch, "seen_n": self.state.head_n, "t_seen": self.state.head_t} | wrong
        return person.author.clear(self.id, at["epoch"], kind, at["seen_n"], at["t_seen"], now_ms(), body)

    def control(
        self, person: Person, changes: list[list[Any]], *, members: Iterable[Person] | None = None, **wrong: Any
    ) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """A control event; with `members` it brings a new epoch sealed to exactly them."""
        new_epoch, grants = None, {}
        if members is not None:
            new_epoch, grants = self.ring.new_epoch(self.state.epoch + 1, {p.kid: p.identity.kem_pub for p in members})
        body = control_body(keys.directory().size, changes, new_epoch)
        return self.clear(person, events.CONTROL, body, **wrong), list(grants.items())

    def receipt(self, person: Person, n: int | None = None, t: bytes | None = None) -> bytes:
        n = self.state.head_n if n is None else n
        return sign_receipt(person.identity, self.id, n, t or self.state.ts[n], now_ms())

    def take(self, wire: bytes) -> None:
        """The room's own replay, so that T and the members here are not the server's word."""
        self.state.apply(events.parse(wire), keys.directory())

    # --- talking to the server ------------------------------------------------------------------------------------
    @property
    def name(self) -> str:
        return b64u(self.id)

    @property
    def path(self) -> str:
        return f"/api/channels/{self.name}"

    def send(self, person: Person, *wires: bytes, grants: Iterable[tuple[bytes, bytes]] = ()) -> Any:
        return person.post(f"{self.path}/events", sent(wires, grants))

    def say(self, person: Person, text: str) -> int:
        """An honest post that must succeed. -> its n"""
        wire = self.seal(person, ["text", text, None])
        answer = self.send(person, wire)
        assert answer.status_code == 200, answer.content
        self.take(wire)
        return answer.json()["events"][0]["n"]

    def change(self, person: Person, changes: list[list[Any]], **how: Any) -> None:
        """An honest control event that must succeed."""
        wire, grants = self.control(person, changes, **how)
        answer = self.send(person, wire, grants=grants)
        assert answer.status_code == 200, answer.content
        self.take(wire)


def sent(wires: Iterable[bytes], grants: Iterable[tuple[bytes, bytes]] = ()) -> dict[str, Any]:
    return {"wires": [b64u(w) for w in wires], "grants": [[b64u(kid), b64u(blob)] for kid, blob in grants]}


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
