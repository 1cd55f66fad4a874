"""The statements of the fast lane that the ORM cannot say in one round trip. Only fixed text and placeholders; arrays on
PostgreSQL, where a thousand placeholders cost more than the statement itself."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import connection

from messaging.models import Channel, Event, Receipt

Key = tuple[str, bytes, bytes, int]  # channel id, sender kid, client id, client seq: one act of sending
KEYS_PER_QUERY = 200

_SENT_BEFORE = (
    "SELECT channel_id, sender_kid, client_id, client_seq, n, event_id, at, wire FROM messaging_event "
    "WHERE (channel_id, sender_kid, client_id, client_seq) IN ({keys})"
)
_KEYS_IN_ARRAYS = "SELECT * FROM unnest(%s::varchar[], %s::bytea[], %s::bytea[], %s::bigint[])"
_INSERT_EVENTS = (
    "INSERT INTO messaging_event (channel_id, n, event_id, kind, sender_kid, client_id, client_seq, epoch, wire, t, at) "
    "SELECT * FROM unnest(%s::varchar[], %s::bigint[], %s::bytea[], %s::smallint[], %s::bytea[], %s::bytea[], "
    "%s::bigint[], %s::int[], %s::bytea[], %s::bytea[], %s::timestamptz[])"
)
_SAVE_HEAD = "UPDATE messaging_channel SET head_n = %s, head_t = %s, last_at = %s WHERE id = %s"
_SAVE_HEADS = (
    "UPDATE messaging_channel AS c SET head_n = h.n, head_t = h.t, last_at = h.at "
    "FROM unnest(%s::varchar[], %s::bigint[], %s::bytea[], %s::timestamptz[]) AS h(id, n, t, at) WHERE c.id = h.id"
)
# An older mark that arrives late must not move a read mark back; of two writers at once the higher n stays.
_SAVE_RECEIPT = (
    "INSERT INTO messaging_receipt (channel_id, kid, n, data, at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (channel_id, kid) DO UPDATE SET n = excluded.n, data = excluded.data, at = excluded.at "
    "WHERE messaging_receipt.n < excluded.n"
)


def key_of(event: Event) -> Key:
    return event.channel_id, bytes(event.sender_kid), bytes(event.client_id), event.client_seq


def sent_before(keys: Sequence[Key]) -> dict[Key, Event]:
    """The stored events of these sendings, as far as an answer needs them (pk and t stay empty).

    One indexed probe for each key: four separate IN lists would be tried in every combination by PostgreSQL before
    version 17."""
    found: dict[Key, Event] = {}
    for start in range(0, len(keys), KEYS_PER_QUERY):
        chunk = keys[start : start + KEYS_PER_QUERY]
        with connection.cursor() as cursor:
            cursor.execute(*_probe(chunk))
            for channel, sender, client, seq, n, event_id, at, wire in cursor.fetchall():
                row = Event(channel_id=channel, sender_kid=bytes(sender), client_id=bytes(client), client_seq=seq, n=n)
                row.event_id, row.at, row.wire = bytes(event_id), _moment(at), bytes(wire)
                found[key_of(row)] = row
    return found


def _probe(keys: Sequence[Key]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        return _SENT_BEFORE.format(keys=_KEYS_IN_ARRAYS), [list(column) for column in zip(*keys, strict=True)]
    places = "VALUES " + ", ".join(["(%s, %s, %s, %s)"] * len(keys))
    return _SENT_BEFORE.format(keys=places), [part for key in keys for part in key]


def _moment(value: Any) -> datetime:
    """SQLite hands times back as text."""
    for convert in connection.ops.get_db_converters(Event._meta.get_field("at").cached_col):
        value = convert(value, None, connection)
    return cast(datetime, value)


def insert_events(events: Sequence[Event]) -> None:
    """The rows get no pk: nothing that places sealed posts asks for it."""
    if not events:
        return
    if connection.vendor != "postgresql":
        Event.objects.bulk_create(events)
        return
    names = ("channel_id", "n", "event_id", "kind", "sender_kid", "client_id", "client_seq", "epoch", "wire", "t", "at")
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_EVENTS, [[getattr(event, name) for event in events] for name in names])


def save_heads(channels: Collection[Channel]) -> None:
    if not channels:
        return
    adapt = connection.ops.adapt_datetimefield_value
    rows = [(c.head_n, bytes(c.head_t), adapt(c.last_at), c.pk) for c in channels]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            n, t, at, pk = (list(column) for column in zip(*rows, strict=True))
            cursor.execute(_SAVE_HEADS, [pk, n, t, at])
        else:
            cursor.executemany(_SAVE_HEAD, rows)


def save_receipts(receipts: Iterable[Receipt]) -> None:
    """In one order for every process, so that two of them never wait for each other."""
    adapt = connection.ops.adapt_datetimefield_value
    ordered = sorted(receipts, key=lambda r: (r.channel_id, bytes(r.kid), r.n))
    rows = [(r.channel_id, bytes(r.kid), r.n, bytes(r.data), adapt(r.at)) for r in ordered]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_SAVE_RECEIPT, rows)
