"""Who is in a channel, which key is current, who may change what: the rules of docs/protocol.md 5.2, replayed event by event.

A `ChannelState` is built from nothing by applying events in order. Clients apply all of them; the server, which orders them
itself, may place the state at a position it knows (`place`) and apply control events only. Every refusal is an EnlaceError
whose code says which rule.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from sealed import cbor, events
from sealed.certs import FOCAL, SUPERVISOR
from sealed.errors import EnlaceError
from sealed.events import ACT, CONTROL, Event
from sealed.keylog import Directory, Key
from sealed.suite import sha256, verify

COORDINATOR, WRITER, READER, CUSTODIAN = "o", "w", "r", "c"
ROLES = frozenset((COORDINATOR, WRITER, READER, CUSTODIAN))
POSTING = frozenset((COORDINATOR, WRITER))
KINDS = frozenset(("network", "corridor", "case", "direct"))
KNOWN_CHANGES = frozenset(("genesis", "add", "remove", "role", "policy", "hist", "rekey"))
ANSWERS = frozenset(("referral.accept", "referral.decline"))
DEEPEST_ACT = 16  # of JSON, so that two parsers with different stacks agree
Change = Sequence[Any]


def channel_id_of(genesis: Change) -> bytes:
    return sha256(cbor.encode(list(genesis)))


def approval_body(channel_id: bytes, t: bytes, log_size: int, changes: Sequence[Change]) -> bytes:
    """What a coordinator of another authority signs to approve a change."""
    return cbor.encode(["enl1.approve", channel_id, t, log_size, [list(change) for change in changes]])


@dataclass(frozen=True)
class Control:
    """The clear body of a control event, form checked."""

    log_size: int
    changes: list[list[Any]]
    new_epoch: tuple[int, bytes, list[tuple[bytes, bytes]]] | None
    approvals: list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class GrantRef:
    """That event `n` grants `kid` the secrets of these epochs, and the hash the grant must have."""

    n: int
    granter: bytes
    kid: bytes
    first: int
    last: int
    hash: bytes


def _is_bytes(value: Any, length: int = 32) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _pairs(value: Any, second: int) -> list[tuple[bytes, bytes]]:
    well_formed = isinstance(value, list) and all(
        isinstance(row, list) and len(row) == 2 and _is_bytes(row[0]) and _is_bytes(row[1], second) for row in value
    )
    if not well_formed:
        raise EnlaceError("bad_wire")
    return [(row[0], row[1]) for row in value]


def is_policy(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4:
        return False
    k, hist_rule, kind, drop = value
    numbers = type(k) is int and k >= 1 and type(hist_rule) is int and hist_rule in (0, 1)
    return numbers and isinstance(kind, str) and kind in KINDS and type(drop) is bool


def _is_role(value: Any) -> bool:
    return isinstance(value, str) and value in ROLES


def _is_change(change: list[Any]) -> bool:
    name, rest = change[0], change[1:]
    if name == "genesis":
        members = len(rest) == 3 and isinstance(rest[2], list) and all(isinstance(m, list) and len(m) == 2 for m in rest[2])
        return members and _is_bytes(rest[0], 16) and is_policy(rest[1]) and all(_is_bytes(k) and _is_role(r) for k, r in rest[2])
    if name in ("add", "role"):
        return len(rest) == 2 and _is_bytes(rest[0]) and _is_role(rest[1])
    if name == "remove":
        return len(rest) == 2 and _is_bytes(rest[0]) and (rest[1] is None or _is_count(rest[1]))
    if name == "rekey":
        return len(rest) == 3 and _is_bytes(rest[0]) and _is_bytes(rest[1]) and (rest[2] is None or _is_count(rest[2]))
    if name == "hist":
        return len(rest) == 4 and _is_bytes(rest[0]) and _is_count(rest[1]) and _is_count(rest[2]) and _is_bytes(rest[3])
    if name == "policy":
        return len(rest) == 1 and is_policy(rest[0])
    return False


def parse_control(body: bytes) -> Control:
    """Raises EnlaceError `bad_wire` for a form no client makes, `unknown_change` for a change of a later version."""
    try:
        value = cbor.decode(body)
    except EnlaceError:
        raise EnlaceError("bad_wire") from None
    if not isinstance(value, list) or len(value) != 4 or not _is_count(value[0]) or not isinstance(value[1], list):
        raise EnlaceError("bad_wire")
    log_size, changes, epoch, approvals = value
    if not all(isinstance(change, list) and change and isinstance(change[0], str) for change in changes):
        raise EnlaceError("bad_wire")
    if any(change[0] not in KNOWN_CHANGES for change in changes):
        raise EnlaceError("unknown_change")
    if not all(map(_is_change, changes)):
        raise EnlaceError("bad_wire")
    new_epoch = None
    if epoch is not None:
        if not isinstance(epoch, list) or len(epoch) != 3 or not _is_count(epoch[0]) or not _is_bytes(epoch[1]):
            raise EnlaceError("bad_wire")
        new_epoch = (epoch[0], epoch[1], _pairs(epoch[2], 32))
    return Control(log_size, changes, new_epoch, _pairs(approvals, 64))


@dataclass
class ChannelState:
    """What the events so far amount to. `members` {kid: role}; `head_n` is the number of events, `head_t` = T_{head_n}."""

    channel_id: bytes
    policy: list[Any] = field(default_factory=list)
    members: dict[bytes, str] = field(default_factory=dict)
    epoch: int = -1
    commits: dict[int, bytes] = field(default_factory=dict)
    head_n: int = 0
    head_t: bytes = b""
    rekey_pending: bool = False
    log_size: int = 0
    grants: list[GrantRef] = field(default_factory=list)
    repudiated: dict[bytes, int] = field(default_factory=dict)
    spans: dict[bytes, list[list[Any]]] = field(default_factory=dict)  # kid -> [[from n, to n or None, role]]
    epochs: list[tuple[int, int]] = field(default_factory=list)  # (n from which it is current, epoch)
    ts: dict[int, bytes] = field(default_factory=dict)  # T by position, as far as applied here
    placed: set[bytes] = field(default_factory=set)  # ids of the events taken here
    proposals: dict[bytes, str] = field(default_factory=dict)  # event id of a referral.propose -> authority asked

    def __post_init__(self) -> None:
        if not self.head_t:
            self.head_t = events.transcript_start(self.channel_id)
        self.ts.setdefault(self.head_n, self.head_t)

    @property
    def kind(self) -> str:
        return str(self.policy[2]) if self.policy else ""

    def member_at(self, n: int, kid: bytes) -> str | None:
        """The role a key had for an event at position n; None: it was not a member."""
        for first, last, role in self.spans.get(kid, ()):
            if first <= n and (last is None or n < last):
                return str(role)
        return None

    def epoch_at(self, n: int) -> int:
        """The epoch current for an event at position n."""
        current = -1
        for first, epoch in self.epochs:
            if first <= n:
                current = epoch
        return current

    def place(self, n: int, t: bytes) -> None:
        """The server's word for "everything before n is known to me": sets the head without applying what lies between."""
        self.head_n, self.head_t = n, t
        self.ts[n] = t

    def authorities(self, directory: Directory) -> set[str]:
        return {key.authority for kid in self.members if (key := directory.key(kid))}

    # --- applying ---------------------------------------------------------------------------------------------------

    def apply(self, event: Event, directory: Directory) -> None:
        """Checks the next event at position head_n and takes it; on refusal nothing changes."""
        if event.kind == CONTROL:
            self.apply_control(event, directory)
            return
        self.check(event, directory)
        self._note_act(event)
        self._advance(event)

    def check(self, event: Event, directory: Directory, t_seen: bytes | None = None) -> None:
        """All rules for a post, record or act at position head_n. `t_seen`: the checker's own T at event.seen_n, when the
        state does not hold it. The order of checks is the order in which a reader would doubt."""
        self._check_envelope(event, directory)
        if self.rekey_pending:
            raise EnlaceError("rekey_pending")
        role = self.members.get(event.sender_kid)
        if role is None and event.kind == ACT:
            self._check_guest(event, directory)
        elif role is None:
            raise EnlaceError("not_a_member")
        elif role not in POSTING:
            raise EnlaceError("not_allowed")
        if event.epoch != self.epoch:
            raise EnlaceError("wrong_epoch")
        events.verify_payload(event)
        own = t_seen if t_seen is not None else self.ts.get(event.seen_n)
        if event.seen_n > self.head_n or own != event.t_seen:
            raise EnlaceError("wrong_transcript")
        if event.event_id in self.placed:  # what its author saw is still true later, so that alone does not stop a second showing
            raise EnlaceError("wrong_transcript", "played again")

    def _check_envelope(self, event: Event, directory: Directory) -> Key:
        if event.channel_id != self.channel_id:
            raise EnlaceError("wrong_channel")
        key = directory.key(event.sender_kid)
        if key is None:  # whether its authority is still listed is asked of who enters and changes, never of the past
            raise EnlaceError("unknown_key")
        events.verify_signature(event, key.sig_pub)
        return key

    def _check_guest(self, event: Event, directory: Directory) -> None:
        """A desk answers the referral addressed to its authority before it is in the channel (ADR 1), and nothing else."""
        body = act_body(event.payload)
        reply_to = body.get("reply_to")
        asked = self.proposals.get(_b64u_bytes(reply_to)) if isinstance(reply_to, str) else None
        key = directory.key(event.sender_kid)
        answers = is_answer(body) and asked is not None and key is not None and key.authority == asked
        # As of the log the channel was last judged by: a revocation of later years must not unsay an acceptance.
        barred = directory.revoked(event.sender_kid, self.log_size) or not directory.trusted(asked or "", self.log_size)
        if not answers or barred:
            raise EnlaceError("not_a_member")
        if event.seen_n != 0:
            raise EnlaceError("wrong_transcript")

    def note_proposal(self, event_id: bytes, payload: bytes) -> None:
        """Remembers a referral.propose, so that the authority asked may answer it."""
        body = act_body(payload)
        if body.get("act") == "referral.propose" and isinstance(body.get("to"), str):
            self.proposals[event_id] = body["to"]

    def _note_act(self, event: Event) -> None:
        if event.kind == ACT:
            self.note_proposal(event.event_id, event.payload)

    def _advance(self, event: Event) -> None:
        self.placed.add(event.event_id)
        self.place(self.head_n + 1, events.transcript(self.head_t, event.event_id))

    def apply_control(self, event: Event, directory: Directory) -> Control:
        """-> the parsed body. All rules of 5.2; on refusal nothing changes."""
        self._check_envelope(event, directory)
        events.verify_payload(event)
        if event.seen_n != self.head_n or event.t_seen != self.head_t:
            raise EnlaceError("stale_head")
        control = parse_control(event.payload)
        if control.log_size < self.log_size:
            raise EnlaceError("log_went_back")
        if control.log_size > directory.size:
            raise EnlaceError("key_log_behind")
        after = self._fork()
        if self.head_n == 0:
            _Genesis(after, event, control, directory).run()
        else:
            _Amendment(after, event, control, directory).run()
        after.log_size = control.log_size
        after._advance(event)
        self.__dict__.update(after.__dict__)
        return control

    def _fork(self) -> "ChannelState":
        """A copy of all that a control event may change; the positions are shared, because they only grow."""
        after = copy(self)
        after.members, after.commits, after.repudiated = dict(self.members), dict(self.commits), dict(self.repudiated)
        after.spans = {kid: [list(span) for span in spans] for kid, spans in self.spans.items()}
        after.grants, after.epochs = list(self.grants), list(self.epochs)
        return after

    def grants_for(self, *kids: bytes) -> list[GrantRef]:
        return [grant for grant in self.grants if grant.kid in kids]


def act_body(payload: bytes) -> dict[str, Any]:
    """The JSON object of an act, {} for anything else: what it says is the case's business, here only its name counts."""
    try:
        body = json.loads(payload.decode("utf-8"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) and _depth_within(body, DEEPEST_ACT) else {}


def is_answer(body: dict[str, Any]) -> bool:
    return isinstance(body.get("act"), str) and body["act"] in ANSWERS


def _no_number(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON: the other language refuses them


def _depth_within(value: Any, most: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most > 0 and all(_depth_within(item, most - 1) for item in inner)


def _b64u_bytes(text: str) -> bytes:
    """b"" for anything but the one canonical form."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
    return data if urlsafe_b64encode(data).rstrip(b"=").decode() == text else b""


class _Change:
    """What genesis and amendments share: the keys as of log_size, and the new epoch."""

    def __init__(self, state: ChannelState, event: Event, control: Control, directory: Directory) -> None:
        self.state, self.event, self.control, self.directory = state, event, control, directory
        self.n, self.signer = state.head_n, event.sender_kid

    def current_key(self, kid: bytes) -> Key:
        key = self.directory.key(kid)
        newest = self.directory.current(key.subject, self.control.log_size) if key else None
        if key is None or newest is None or newest.kid != kid:
            raise EnlaceError("not_vouched")
        return key

    def authority(self, kid: bytes) -> str:
        key = self.directory.key(kid)
        if key is None:
            raise EnlaceError("unknown_key")
        return key.authority

    def role_of(self, key: Key) -> int:
        return key.role_at(self.control.log_size)

    def enter(self, kid: bytes, role: str) -> None:
        self.state.members[kid] = role
        self.state.spans.setdefault(kid, []).append([self.n + 1, None, role])

    def leave(self, kid: bytes) -> None:
        self.state.members.pop(kid)
        self.state.spans[kid][-1][1] = self.n + 1

    def begin_epoch(self, expected: int) -> None:
        if self.control.new_epoch is None:
            return
        number, commit, recipients = self.control.new_epoch
        kids = [kid for kid, _ in recipients]
        if number != expected:
            raise EnlaceError("wrong_epoch")
        if len(kids) != len(set(kids)) or set(kids) != set(self.state.members):
            raise EnlaceError("wrong_recipients")
        self.state.epoch, self.state.rekey_pending = number, False
        self.state.commits[number] = commit
        self.state.epochs.append((self.n + 1, number))
        self.state.grants += [GrantRef(self.n, self.signer, kid, number, number, digest) for kid, digest in recipients]


class _Genesis(_Change):
    def run(self) -> None:
        changes = self.control.changes
        if len(changes) != 1 or changes[0][0] != "genesis" or channel_id_of(changes[0]) != self.state.channel_id:
            raise EnlaceError("bad_genesis")
        if self.control.new_epoch is None or self.event.epoch != 0:
            raise EnlaceError("bad_genesis")
        _, _, policy, members = changes[0]
        kids = [kid for kid, _ in members]
        if not kids or len(kids) != len(set(kids)):
            raise EnlaceError("bad_genesis")
        for kid, role in members:
            self.current_key(kid)
            self.enter(kid, role)
        if self.state.members.get(self.signer) != COORDINATOR:
            raise EnlaceError("not_allowed")
        self.state.policy = policy
        self.begin_epoch(0)
        # The genesis event is itself under epoch 0 and its signer a member at position 0.
        self.state.epochs[0] = (0, 0)
        for span in self.state.spans.values():
            span[0][0] = 0


class _Amendment(_Change):
    """Any control event after genesis: every change judged in turn against the members as changed so far."""

    def run(self) -> None:
        self.role = self.state.members.get(self.signer)
        self.added: list[bytes] = []
        self.removed: list[bytes] = []
        self.rekeyed = False
        self.histories: dict[bytes, int] = {}
        self.coordinator_given_up = False
        self.epoch_before = self.state.epoch
        self.before = dict(self.state.members)
        self.check_signer()
        self.approving = self.check_approvals()
        for change in self.control.changes:
            if change[0] == "genesis":
                raise EnlaceError("bad_genesis")
            TAKERS[change[0]](self, *change[1:])
        self.finish()

    def check_signer(self) -> None:
        if not self.directory.vouched(self.signer, self.control.log_size):
            raise EnlaceError("key_revoked")
        if self.event.epoch != self.state.epoch:
            raise EnlaceError("wrong_epoch")
        if self.role is None and not self.enters_by_rekey():
            if not self.only_removes_as_focal():
                raise EnlaceError("not_a_member")
            if self.control.new_epoch is not None:
                raise EnlaceError("not_allowed")
        if self.state.rekey_pending and self.control.new_epoch is None:
            raise EnlaceError("rekey_pending")

    def is_focal_of(self, kid: bytes) -> bool:
        key = self.directory.key(self.signer)
        return key is not None and self.role_of(key) == FOCAL and key.authority == self.authority(kid)

    def enters_by_rekey(self) -> bool:
        """The first change puts the signer in the place of its own earlier key; `rekey` judges whether it may."""
        first = next(iter(self.control.changes), [None])
        return first[0] == "rekey" and first[2] == self.signer

    def only_removes_as_focal(self) -> bool:
        changes = self.control.changes
        return bool(changes) and all(change[0] == "remove" and self.is_focal_of(change[1]) for change in changes)

    def check_approvals(self) -> set[str]:
        """-> the authorities of the signer and of the approvers, coordinators before this event. An approval that does not
        verify is refused also where none is needed: whoever reads the list later may take it for one."""
        body = approval_body(self.state.channel_id, self.event.t_seen, self.control.log_size, self.control.changes)
        authorities = {self.authority(self.signer)}
        for kid, signature in self.control.approvals:
            key = self.directory.key(kid)
            if key is None or self.before.get(kid) != COORDINATOR:
                raise EnlaceError("bad_approval")
            if not self.directory.vouched(kid, self.control.log_size) or not verify(key.sig_pub, body, signature):
                raise EnlaceError("bad_approval")
            authorities.add(key.authority)
        return authorities

    def require_countries(self) -> None:
        """k is the policy as changed so far."""
        if len(self.approving) < self.state.policy[0]:
            raise EnlaceError("not_enough_countries")

    def add(self, kid: bytes, role: str) -> None:
        key = self.current_key(kid)
        if kid in self.state.members:
            raise EnlaceError("already_member")
        signer = self.directory.key(self.signer)
        present = key.authority in self.state.authorities(self.directory)
        own_lead = signer is not None and self.role_of(signer) in (SUPERVISOR, FOCAL) and signer.authority == key.authority
        if self.role != COORDINATOR and not (present and own_lead):
            raise EnlaceError("not_allowed")
        if not present:
            self.require_countries()
        self.enter(kid, role)
        self.added.append(kid)

    def remove(self, kid: bytes, repudiate_from: int | None) -> None:
        if kid not in self.state.members:
            raise EnlaceError("no_such_member")
        by_itself = kid == self.signer
        revoked = self.directory.revoked(kid, self.control.log_size)
        member_may = self.role == COORDINATOR or (self.role is not None and revoked)
        if not (by_itself or member_may or self.is_focal_of(kid)):
            raise EnlaceError("not_allowed")
        if repudiate_from is not None:
            if repudiate_from > self.n:
                raise EnlaceError("bad_wire")
            self.state.repudiated[kid] = repudiate_from
        self.coordinator_given_up |= by_itself or (self.role == COORDINATOR and not revoked)
        self.leave(kid)
        self.removed.append(kid)

    def rekey(self, old: bytes, new: bytes, repudiate_from: int | None) -> None:
        if old not in self.state.members:
            raise EnlaceError("no_such_member")
        if new in self.state.members:
            raise EnlaceError("already_member")
        key, before, signer = self.current_key(new), self.directory.key(old), self.directory.key(self.signer)
        if before is None or signer is None or before.subject != key.subject:
            raise EnlaceError("not_allowed")
        # After a key reset only somebody else can say that the person is the same: a rogue focal point who vouched for a key
        # of its own in an officer's name must not walk into the officer's channels with it.
        if not self.directory.continues(old, new) and (self.role is None or signer.subject == key.subject):
            raise EnlaceError("not_confirmed")
        if repudiate_from is not None:
            self.repudiate(old, new, repudiate_from)
        role = self.state.members[old]
        self.leave(old)
        self.enter(new, role)
        self.rekeyed = True
        if new == self.signer:
            self.role = role

    def repudiate(self, old: bytes, new: bytes, first: int) -> None:
        """Whose messages they were, or a coordinator: nobody else unsays what a colleague wrote."""
        if self.signer != new and self.role != COORDINATOR:
            raise EnlaceError("not_allowed")
        if first > self.n:
            raise EnlaceError("bad_wire")
        self.state.repudiated[old] = first

    def hist(self, kid: bytes, first: int, last: int, digest: bytes) -> None:
        if kid not in self.state.members:
            raise EnlaceError("no_such_member")
        if self.role is None or (self.state.policy[1] == 1 and self.role not in (COORDINATOR, CUSTODIAN)):
            raise EnlaceError("not_allowed")
        if first > last or last > self.epoch_before:
            raise EnlaceError("wrong_epoch")
        self.histories[kid] = max(last, self.histories.get(kid, -1))
        self.state.grants.append(GrantRef(self.n, self.signer, kid, first, last, digest))

    def change_role(self, kid: bytes, role: str) -> None:
        if kid not in self.state.members:
            raise EnlaceError("no_such_member")
        if self.role != COORDINATOR:
            raise EnlaceError("not_allowed")
        self.require_countries()
        self.coordinator_given_up = True
        self.leave(kid)
        self.enter(kid, role)

    def change_policy(self, policy: list[Any]) -> None:
        if self.role != COORDINATOR:
            raise EnlaceError("not_allowed")
        if policy[2] != self.state.policy[2]:
            raise EnlaceError("not_allowed")
        self.require_countries()
        self.state.policy = policy

    def finish(self) -> None:
        if not self.state.members:
            raise EnlaceError("last_member")
        if self.coordinator_given_up and COORDINATOR not in self.state.members.values():
            raise EnlaceError("last_coordinator")
        if not self.control.changes and self.control.new_epoch is None:
            raise EnlaceError("bad_wire")
        if self.control.new_epoch is not None:
            if self.signer not in self.state.members:
                raise EnlaceError("not_allowed")
            if any(self.directory.revoked(kid, self.control.log_size) for kid in self.state.members):
                raise EnlaceError("key_revoked")
            self.begin_epoch(self.epoch_before + 1)
            return
        if self.rekeyed:  # the old key may be in other hands
            raise EnlaceError("needs_new_epoch")
        if any(self.histories.get(kid, -1) < self.epoch_before for kid in self.added):
            raise EnlaceError("needs_history")
        others = [kid for kid in self.removed if kid != self.signer]
        if others and self.role is not None:
            raise EnlaceError("needs_new_epoch")
        if self.removed:
            self.state.rekey_pending = True


TAKERS: dict[str, Callable[..., None]] = {
    "add": _Amendment.add,
    "remove": _Amendment.remove,
    "rekey": _Amendment.rekey,
    "hist": _Amendment.hist,
    "role": _Amendment.change_role,
    "policy": _Amendment.change_policy,
}


def verify_history(
    channel_id: bytes, wires: Iterable[bytes], directory: Directory
) -> tuple[ChannelState, list[tuple[int, Event | None, str | None]]]:
    """Replays a whole channel. -> (state, [(n, event, None or the code of the check that failed)]).

    A sealed event that fails is shown as failed and still counts in the transcript, as the server gave it that place; a
    control event that fails ends the replay, because nobody knows who is a member after it."""
    state = ChannelState(channel_id)
    rows: list[tuple[int, Event | None, str | None]] = []
    for n, wire in enumerate(wires):
        event = None
        try:
            event = events.parse(wire)
            state.apply(event, directory)
            rows.append((n, event, None))
        except EnlaceError as error:
            rows.append((n, event, error.code))
            if event is None or event.kind == CONTROL or error.code == "wrong_channel":
                break
            state._advance(event)
    return state, rows
