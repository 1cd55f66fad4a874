"""A deterministic little world for the protocol's tests: four authorities, their focal points and officers, and channels that
can be written lawfully or not. Everything follows from fixed seeds, so that the same rows come out on every machine."""

import hashlib
from typing import Any

from sealed import certs, channel, events, keylog
from sealed.channel import ChannelState
from sealed.events import CONTROL, POST
from sealed.open_channel import make_grant
from sealed.open_events import Author, control_body, epoch_commit
from sealed.open_keys import Identity, certify, make_request, make_revocation, make_root_leaf, make_trust_leaf, make_witness
from sealed.open_suite import sign_public
from sealed.suite import sha256

AT = 1_790_000_000_000
NBF, EXP = AT // 1000, AT // 1000 + 10 * 365 * 86400


ALL_MEMBERS: list[str] = ["everybody"]


def seed(name: str) -> bytes:
    return hashlib.sha256(f"enlace test world {name}".encode()).digest()


class World:
    """`people` by name: Ana and Carmen (supervisor) and Diego (focal) of HN; Bashir, Ines (supervisor), Elena (focal) of MX;
    Fernando and Gael (focal) of GT. `sly` is in no key log."""

    OFFICERS = (
        ("ana", "HN", certs.OFFICER),
        ("carmen", "HN", certs.SUPERVISOR),
        ("bashir", "MX", certs.OFFICER),
        ("ines", "MX", certs.SUPERVISOR),
        ("fernando", "GT", certs.OFFICER),
    )
    FOCALS = (("diego", "HN"), ("elena", "MX"), ("gael", "GT"))

    def __init__(self) -> None:
        self.roots = {code: seed(f"root {code}") for code in ("HN", "MX", "GT")}
        self.people = {name: Identity(seed(name)) for name, *_ in (*self.OFFICERS, *self.FOCALS)}
        self.people["sly"] = Identity(seed("sly"))
        self.leaves = [make_root_leaf(root, code, code, AT) for code, root in self.roots.items()]
        listed = [(code, sign_public(root), certs.TRUSTED) for code, root in self.roots.items()]
        self.leaves += [make_trust_leaf(root, code, 1, None, listed) for code, root in self.roots.items()]
        for name, code in self.FOCALS:
            root = self.roots[code]
            self._certify(name, code, certs.FOCAL, root, certs.root_id(sign_public(root)))
        focal_of = {code: self.people[name] for name, code in self.FOCALS}
        for name, code, role in self.OFFICERS:
            self._certify(name, code, role, focal_of[code].sig_seed, focal_of[code].kid)
        self.own_root = sign_public(self.roots["HN"])

    def _certify(self, name: str, code: str, role: int, issuer_seed: bytes, issuer_kid: bytes) -> None:
        request = certs.parse_request(make_request(self.people[name], code, seed(f"subject {name}")[:16], name.title(), role))
        self.leaves.append(certify(request, issuer_seed, issuer_kid, NBF, EXP))

    def new_generation(self, name: str, of: str, focal: str, *, gen: int = 1, signed_by: str | None = None) -> None:
        """`name` is a later key of the person who has `of`. `signed_by`: the earlier key that signs for it; else a key reset."""
        person, issuer = self.people.setdefault(name, Identity(seed(name))), self.people[focal]
        before = self.directory().keys[self.kid(signed_by or of)]
        previous = self.people[signed_by] if signed_by else None
        request = make_request(person, before.authority, before.subject, of.title(), before.role, gen, previous)
        self.leaves.append(certify(certs.parse_request(request), issuer.sig_seed, issuer.kid, NBF, EXP))

    def revoke(self, name: str, focal: str) -> None:
        issuer = self.people[focal]
        self.leaves.append(make_revocation(self.people[name].kid, issuer.sig_seed, issuer.kid, 1, AT))

    def promote(self, name: str, role: int) -> None:
        """A renewal of the certificate with another role, by the focal point who vouched before."""
        key = self.directory().keys[self.kid(name)]
        request = certs.parse_request(make_request(self.people[name], key.authority, key.subject, name.title(), role))
        focal = next(person for person in self.people.values() if person.kid == key.issuer_kid)
        self.leaves.append(certify(request, focal.sig_seed, focal.kid, NBF, EXP + len(self.leaves)))

    def delist(self, code: str) -> None:
        """Honduras, whose officers read these channels, no longer trusts an authority."""
        last = self.directory().trust_lists[-1][1]
        rows = [(listed, public, certs.DELISTED if listed == code else status) for listed, public, status in last.roots]
        self.leaves.append(make_trust_leaf(self.roots["HN"], "HN", last.version + 1, last.signed, rows))

    def witness(self, code: str, focal: str, *, runs: bool = True) -> None:
        public = sign_public(seed(f"witness {code}"))
        self.leaves.append(make_witness(code, public, self.people[focal], AT, runs=runs))

    def directory(self) -> keylog.Directory:
        return keylog.replay(self.leaves, self.own_root)

    def kid(self, name: str) -> bytes:
        return self.people[name].kid


class Script:
    """Writes a channel event by event. Lawful by default; every field can be bent. Secrets and grants are deterministic in
    everything but the randomness of HPKE."""

    def __init__(
        self,
        world: World,
        members: dict[str, str],
        *,
        kind: str = "network",
        k: int = 1,
        hist_rule: int = 0,
        by: str = "ana",
        sealed_to: list[str] | None = ALL_MEMBERS,
        channel_id: bytes | None = None,
    ) -> None:
        self.world = world
        self.genesis = [
            "genesis",
            seed("nonce")[:16],
            [k, hist_rule, kind, False],
            [[world.kid(n), r] for n, r in members.items()],
        ]
        self.channel_id = channel_id or channel.channel_id_of(self.genesis)
        self.authors = {name: Author(person, seed(f"client {name}")[:8]) for name, person in world.people.items()}
        self.wires: list[bytes] = []
        self.grants: list[list[Any]] = []  # [n, granter, recipient, blob]
        self.state = ChannelState(self.channel_id)
        self.secrets: dict[int, bytes] = {}
        self.lawful = True
        recipients = list(members) if sealed_to is ALL_MEMBERS else sealed_to
        self.control(by, [self.genesis], new_epoch=None if recipients is None else (0, recipients))

    def head(self) -> tuple[int, bytes]:
        return self.state.head_n, self.state.head_t

    def secret(self, epoch: int) -> bytes:
        return self.secrets.setdefault(epoch, seed(f"secret {self.channel_id.hex()} {epoch}"))

    def _push(self, wire: bytes) -> bytes:
        """The lawful part of a script is applied as it is written; what follows a bent event is only counted."""
        self.wires.append(wire)
        event = events.parse(wire)
        try:
            self.state.apply(event, self.world.directory())
        except Exception:
            self.lawful = False
            self.state._advance(event)
        return event.event_id

    def epoch_part(
        self, epoch: int, names: list[str], by: str, *, commit: bytes | None = None, secret: bytes | None = None
    ) -> tuple[int, bytes, list]:
        own = secret or self.secret(epoch)
        rows = []
        for name in names:
            blob = make_grant(
                self.channel_id, self.world.kid(by), self.world.kid(name), self.world.people[name].kem_pub, {epoch: own}
            )
            self.grants.append([self.state.head_n, self.world.kid(by), self.world.kid(name), blob])
            rows.append((self.world.kid(name), sha256(blob)))
        return epoch, commit or epoch_commit(self.secret(epoch), self.channel_id, epoch), rows

    def control(
        self,
        by: str,
        changes: list[Any],
        *,
        new_epoch: tuple[int, list[str]] | None = None,
        approvals: list[tuple[bytes, bytes]] = (),  # type: ignore[assignment]
        log_size: int | None = None,
        seen: tuple[int, bytes] | None = None,
        epoch: int | None = None,
        secret: bytes | None = None,
    ) -> bytes:
        part = self.epoch_part(*new_epoch, by, secret=secret) if new_epoch else None
        size = len(self.world.leaves) if log_size is None else log_size
        body = control_body(size, changes, part, approvals)
        seen_n, t_seen = seen or self.head()
        at_epoch = max(self.state.epoch, 0) if epoch is None else epoch
        self.authors.setdefault(by, Author(self.world.people[by], seed(f"client {by}")[:8]))
        return self._push(self.authors[by].clear(self.channel_id, at_epoch, CONTROL, seen_n, t_seen, AT, body))

    def post(
        self,
        by: str,
        text: str = "hola",
        *,
        epoch: int | None = None,
        seen: tuple[int, bytes] | None = None,
        channel_id: bytes | None = None,
    ) -> bytes:
        at_epoch = self.state.epoch if epoch is None else epoch
        seen_n, t_seen = seen or self.head()
        where = channel_id or self.channel_id
        body = ["text", text, None]
        return self._push(self.authors[by].seal(self.secret(at_epoch), where, at_epoch, POST, seen_n, t_seen, AT, body))

    def act(self, by: str, body: bytes, *, guest: bool = False) -> bytes:
        seen_n, t_seen = (0, events.transcript_start(self.channel_id)) if guest else self.head()
        return self._push(self.authors[by].clear(self.channel_id, self.state.epoch, 17, seen_n, t_seen, AT, body))

    def grant(self, name: str, by: str, secrets: dict[int, bytes], sealed_to: str | None = None) -> bytes:
        kem_pub = self.world.people[sealed_to or name].kem_pub
        return make_grant(self.channel_id, self.world.kid(by), self.world.kid(name), kem_pub, secrets)

    def history(
        self, name: str, by: str, first: int, last: int, *, secrets: dict[int, bytes] | None = None, sealed_to: str | None = None
    ) -> list[Any]:
        chosen = secrets or {epoch: self.secret(epoch) for epoch in range(first, last + 1)}
        blob = self.grant(name, by, chosen, sealed_to)
        self.grants.append([self.state.head_n, self.world.kid(by), self.world.kid(name), blob])
        return ["hist", self.world.kid(name), first, last, sha256(blob)]

    def add(self, name: str, role: str = "w") -> list[Any]:
        return ["add", self.world.kid(name), role]

    def rekey(self, old: str, new: str, repudiate_from: int | None = None) -> list[Any]:
        return ["rekey", self.world.kid(old), self.world.kid(new), repudiate_from]

    def remove(self, name: str, repudiate_from: int | None = None) -> list[Any]:
        return ["remove", self.world.kid(name), repudiate_from]
