"""The write door of the channels: one verb, one function, one transaction.

Rows, audit and announcement stand or fall together: frames leave only after COMMIT. Nothing here trusts a sender:
every wire is parsed strictly, its signature checked, its key matched with the officer who is signed in, and its place
judged under the channel's lock (protocol.md 8.1 to 8.5, 16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from liaison import audit, keys
from liaison.names import b64u, unb64u
from messaging import access, announce, attachments, bulk, control, guests, hooks, ledger, pace
from messaging.models import KIND_ACT, KIND_CONTROL, SEALED_KINDS, Channel, Event, Receipt
from sealed import events as enl
from sealed.errors import EnlaceError

MAX_WIRE = 64 * 1024
MAX_WIRES = 1000  # one import of 500 people, with room
MAX_RECEIPT = 512

KEYS_KEPT = 10_000

Gift = control.Gift
_signing_keys = ledger.Recent(KEYS_KEPT)  # kid -> public signing key


@dataclass(frozen=True, slots=True)
class Sent:
    """A wire that passed every check that needs no lock: form, size, kind, signature."""

    event: enl.Event
    wire: bytes

    @property
    def key(self) -> bulk.Key:
        e = self.event
        return b64u(e.channel_id), e.sender_kid, e.client_id, e.client_seq


@dataclass(frozen=True, slots=True)
class Post:
    """A wire from the socket lane, with the officer whose socket it came by."""

    officer_id: Any
    channel: str
    wire: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A signed receipt, with the officer who handed it in."""

    officer_id: Any
    channel: str
    data: bytes


# --- Verbs ----------------------------------------------------------------------------------------------------------
def create_channel(officer: Any, wires: Sequence[bytes], grants: Sequence[Gift], *, case: bool = False) -> Channel:
    """Make the channel whose genesis is the first wire and append the others, all or nothing.

    A channel of kind "case" is made only with `case` (POST /api/cases) and its second wire is the act that opens it.
    The same request again answers with the same channel. Raises EnlaceError."""
    sent = [_read(wire) for wire in _counted(officer, wires)]
    genesis = sent[0].event
    _require_own_key(officer, sent)
    if genesis.kind != KIND_CONTROL or {s.event.channel_id for s in sent} != {genesis.channel_id}:
        raise EnlaceError("bad_request")
    if case and (len(sent) < 2 or sent[1].event.kind != KIND_ACT):
        raise EnlaceError("bad_request")
    name = b64u(genesis.channel_id)
    if Channel.objects.filter(pk=name).exists():
        append(officer, name, wires, grants)
        return Channel.objects.get(pk=name)
    try:
        return _create(officer, name, sent, grants, case)
    except IntegrityError:
        if not Channel.objects.filter(pk=name).exists():
            raise
        append(officer, name, wires, grants)  # the same request arrived twice at once: the other one made it
        return Channel.objects.get(pk=name)


def append(
    officer: Any, channel_id: str, wires: Sequence[bytes], grants: Sequence[Gift] = (), files: Sequence[bytes] = ()
) -> list[Event]:
    """Append events of any kind, all or nothing, with the grants their control events name and the ids of the `files` they
    refer to. Returns the stored events in the order sent; one sent before (same key, client_id, client_seq, same bytes) is
    returned as it was stored.

    Raises EnlaceError: 404 not_found, 409 stale_head, wrong_epoch, rekey_pending, same_id_other_body, ... or the 422 of
    a refused act with its `fields`."""
    sent = [_read(wire) for wire in _counted(officer, wires)]
    with transaction.atomic():
        channel, standing = access.locked(officer, channel_id)
        _require_own_key(officer, sent)
        if {b64u(s.event.channel_id) for s in sent} != {channel.pk}:
            raise EnlaceError("wrong_channel")
        attachments.share(officer, channel, files)
        book = ledger.open_ledgers([channel], [(channel.pk, s.event.seen_n) for s in sent])[channel.pk]
        return _append(book, officer, sent, grants, standing)


@dataclass(frozen=True, slots=True)
class Sending:
    """What `append` takes, of one channel among many."""

    channel: str
    wires: Sequence[bytes]
    grants: Sequence[Gift]


def append_many(officer: Any, sendings: Sequence[Sending]) -> list[list[Event] | EnlaceError]:
    """`append` for each, in a transaction of its own: what one channel refuses is no reason to refuse another, and what was
    taken stays taken when the line breaks before the answer."""
    return [_append_alone(officer, one) for one in sendings]


def _append_alone(officer: Any, one: Sending) -> list[Event] | EnlaceError:
    try:
        return append(officer, one.channel, one.wires, one.grants)
    except EnlaceError as refusal:
        return refusal


def append_batch(posts: Sequence[Post]) -> list[Event | EnlaceError]:
    """The socket lane: sealed posts of many officers to many channels in one transaction. Each is judged before
    anything is written, so that a bad one is refused alone. Announce with `announce.posted` after this returned."""
    read = [_read_post(post) for post in posts]
    with transaction.atomic():
        results, fresh = _place_posts(posts, read)
    ledger.remember(fresh)
    return results


def save_receipt(officer: Any, channel_id: str, data: bytes) -> Receipt:
    """Keep a member's newest read mark; see save_receipts. Raises EnlaceError."""
    result = save_receipts([Mark(officer.pk, channel_id, data)])[0]
    if isinstance(result, EnlaceError):
        raise result
    announce.receipts([result])
    return result


def save_receipts(marks: Sequence[Mark]) -> list[Receipt | EnlaceError]:
    """Keep many members' newest read marks in one transaction; each may fail alone.

    The signature is by the sender's own key, n is a place that exists and T the hash of it: nobody can say for another,
    or of a past that never was, "seen by". An older mark than the stored one changes nothing."""
    read = [_read_mark(mark) for mark in marks]
    with transaction.atomic():
        results = _judge_marks(marks, read)
        bulk.save_receipts([row for row in results if isinstance(row, Receipt)])
    return results


# --- Reading: what needs no lock ------------------------------------------------------------------------------------
def _counted(officer: Any, wires: Sequence[bytes]) -> Sequence[bytes]:
    if not wires:
        raise EnlaceError("bad_request")
    if len(wires) > MAX_WIRES:
        raise EnlaceError("too_many")
    pace.charge(officer, len(wires))
    return wires


def _read(wire: bytes) -> Sent:
    """Form, size, content hash and signature. The key must be in the key log; whose it is, is judged under the lock."""
    if len(wire) > MAX_WIRE:
        raise EnlaceError("too_large")
    event = enl.parse(wire)
    enl.verify_payload(event)
    enl.verify_signature(event, _signing_key(event.sender_kid))
    return Sent(event, wire)


def _read_post(post: Post) -> Sent | EnlaceError:
    """For the socket lane: sealed kinds only, because control events and acts are refused with reasons, by HTTP."""
    try:
        sent = _read(post.wire)
        if sent.event.kind not in SEALED_KINDS:
            raise EnlaceError("http_only")
        if b64u(sent.event.channel_id) != post.channel:
            raise EnlaceError("wrong_channel")
        return sent
    except EnlaceError as refusal:
        return refusal


def _read_mark(mark: Mark) -> enl.Receipt | EnlaceError:
    try:
        if len(mark.data) > MAX_RECEIPT:
            raise EnlaceError("too_large")
        receipt = enl.parse_receipt(mark.data)
        if b64u(receipt.channel_id) != mark.channel:
            raise EnlaceError("wrong_channel")
        enl.verify_receipt(receipt, _signing_key(receipt.kid))
        return receipt
    except EnlaceError as refusal:
        return refusal


def _signing_key(kid: bytes) -> bytes:
    """A kid is the hash of its keys and the key log only grows, so what is remembered here never becomes wrong. Whether
    the key may still be used is asked under the lock, by the officer's current key."""
    public = _signing_keys.get(kid)
    if public is None:
        key = keys.directory().key(kid)
        if key is None:
            raise EnlaceError("unknown_key")
        public = key.sig_pub
        _signing_keys.put(kid, public)
    return public


def _require_own_key(officer: Any, sent: Sequence[Sent]) -> None:
    """The signed-in officer sends only what the officer's own current key signed: a stolen session cannot replay
    another's wires, and a revoked key sends nothing more."""
    own = _own_keys([officer.pk]).get(officer.pk)
    if {b64u(s.event.sender_kid) for s in sent} != {own}:
        raise EnlaceError("not_your_key")


# --- Writing: under the channel's lock ------------------------------------------------------------------------------
def _create(officer: Any, name: str, sent: Sequence[Sent], grants: Sequence[Gift], case: bool) -> Channel:
    with transaction.atomic():
        channel = control.new_channel(name, sent[0].event, timezone.now())
        if (channel.kind == "case") is not case:
            raise EnlaceError("bad_request")
        channel.save(force_insert=True)
        book = ledger.Ledger(channel, {}, {0: bytes(channel.head_t)})
        _append(book, officer, sent, grants, access.Standing(member=True))
        if case:
            hooks.channel_created(channel, officer)
    return channel


def _append(book: ledger.Ledger, officer: Any, sent: Sequence[Sent], grants: Sequence[Gift], who: access.Standing) -> list[Event]:
    channel, now = book.channel, timezone.now()
    known = bulk.sent_before([s.key for s in sent])
    fresh: list[Event] = []
    answer: list[Event] = []
    change = control.Change()
    for s in sent:
        row = known.get(s.key)
        if row is None:
            row = _append_one(book, officer, s, now, change, who)
            known[s.key] = row
            fresh.append(row)
        elif bytes(row.wire) != s.wire:
            raise EnlaceError("same_id_other_body")
        answer.append(row)
    if fresh:
        Event.objects.bulk_create([row for row in fresh if row.pk is None])
        control.take_grants(channel, change, grants, repeated=len(fresh) < len(answer))
        channel.save()
        _after_append(officer, channel, fresh, change)
    return answer


def _append_one(
    book: ledger.Ledger, officer: Any, sent: Sent, now: datetime, change: control.Change, who: access.Standing
) -> Event:
    """Judge one event and place it. Sealed ones are saved later in bulk; clear ones at once, because what judges them
    (the tracker) refers to the stored row."""
    event, channel = sent.event, book.channel
    if event.kind == KIND_CONTROL and (who.member or who.focal):
        return control.append(book, event, sent.wire, now, change, officer)
    if who.member:
        book.judge_post(event)
    elif who.guest:
        guests.judge(book, event, officer)
    else:
        raise EnlaceError("not_found")
    if event.kind == KIND_ACT and channel.kind != "case":
        raise EnlaceError("acts_not_here")
    row = book.place(event, sent.wire, now)
    if event.kind == KIND_ACT:
        row.save(force_insert=True)
        hooks.judge_act(channel, row, event.payload, officer, officer.authority_id, who.guest)
    return row


def _after_append(officer: Any, channel: Channel, fresh: list[Event], change: control.Change) -> None:
    for verb, about in change.facts:
        audit.record(officer, verb, f"channel:{channel.pk}", about)

    def committed() -> None:
        ledger.remember(fresh)
        control.remember(channel, change)
        announce.appended(channel, fresh, change)

    transaction.on_commit(committed)


def _place_posts(posts: Sequence[Post], read: Sequence[Sent | EnlaceError]) -> tuple[list[Event | EnlaceError], list[Event]]:
    """-> (one result for each post, the events among them that are new)."""
    good = [s for s in read if isinstance(s, Sent)]
    own_keys = _own_keys(p.officer_id for p in posts)
    channels = Channel.objects.select_for_update(no_key=True).filter(pk__in={s.key[0] for s in good}).order_by("pk")
    books = ledger.open_ledgers(channels, [(s.key[0], s.event.seen_n) for s in good])
    known = bulk.sent_before([s.key for s in good])
    now = timezone.now()
    results: list[Event | EnlaceError] = []
    for post, sent in zip(posts, read, strict=True):
        results.append(sent if isinstance(sent, EnlaceError) else _place_post(post, sent, own_keys, books, known, now))
    fresh = [row for row in known.values() if row.t]  # those sent before come back without their T
    bulk.insert_events(fresh)
    bulk.save_heads([books[pk].channel for pk in {row.channel_id for row in fresh}])
    return results, fresh


def _place_post(
    post: Post,
    sent: Sent,
    own_keys: dict[Any, str],
    books: dict[str, ledger.Ledger],
    known: dict[bulk.Key, Event],
    now: datetime,
) -> Event | EnlaceError:
    try:
        book = _require_member(books.get(post.channel), own_keys.get(post.officer_id), sent.event.sender_kid)
        row = known.get(sent.key)
        if row is None:
            book.judge_post(sent.event)
            row = known[sent.key] = book.place(sent.event, sent.wire, now)
        elif bytes(row.wire) != sent.wire:
            raise EnlaceError("same_id_other_body")
        return row
    except EnlaceError as refusal:
        return refusal


def _require_member(book: ledger.Ledger | None, own: str | None, signer: bytes) -> ledger.Ledger:
    """Whoever may not know of the channel gets the same answer as for one that is not there, whoever signed."""
    if not own:
        raise EnlaceError("not_your_key")
    if book is None or unb64u(own) not in book.roll:
        raise EnlaceError("not_found")
    if own != b64u(signer):
        raise EnlaceError("not_your_key")
    return book


def _own_keys(officers: Iterable[Any]) -> dict[Any, str]:
    """Current keys of those who may act now: read again for every batch, so that a deactivated officer or a revoked key
    is refused in the next commit."""
    rows = get_user_model().objects.filter(pk__in=set(officers), is_active=True).values_list("pk", "kid")
    return {pk: kid for pk, kid in rows if kid}


def _judge_marks(marks: Sequence[Mark], read: Sequence[enl.Receipt | EnlaceError]) -> list[Receipt | EnlaceError]:
    channels = Channel.objects.in_bulk({m.channel for m in marks})
    wanted = [(m.channel, r.n) for m, r in zip(marks, read, strict=True) if not isinstance(r, EnlaceError)]
    books = ledger.open_ledgers(channels.values(), wanted, locked=False)
    own_keys = _own_keys(m.officer_id for m in marks)
    now = timezone.now()
    results: list[Receipt | EnlaceError] = []
    for mark, receipt in zip(marks, read, strict=True):
        try:
            results.append(_judge_mark(mark, receipt, books.get(mark.channel), own_keys, now))
        except EnlaceError as refusal:
            results.append(refusal)
    return results


def _judge_mark(
    mark: Mark, receipt: enl.Receipt | EnlaceError, book: ledger.Ledger | None, own_keys: dict[Any, str], now: datetime
) -> Receipt:
    if isinstance(receipt, EnlaceError):
        raise receipt
    book = _require_member(book, own_keys.get(mark.officer_id), receipt.kid)
    book.judge_place(receipt.n, receipt.t)
    return Receipt(channel=book.channel, kid=receipt.kid, n=receipt.n, data=mark.data, at=now)
