"""What the sockets are told, always after COMMIT: by actions through transaction.on_commit, by the writer when its
batch is stored. Who hears a channel is decided by membership alone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from liaison.names import b64u
from messaging import events
from messaging.models import Channel, Event, Member, Receipt
from realtime.hub import hub

if TYPE_CHECKING:
    from messaging.control import Change

LIVE_ROOM = 50  # members up to which everybody is told who is online and who has read
FRAME_ROOM = 128 * 1024  # bytes of wires; more than that is announced by its head only and pulled by who looks


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wire_view(row: Event) -> dict[str, object]:
    return {"n": row.n, "wire": b64u(row.wire), "at": iso(row.at)}


def events_frame(channel_id: str, rows: Sequence[Event], head: int) -> dict[str, object]:
    """Frame of consecutive events. Without rows it only says where the head is, and every reader sees the gap."""
    start = rows[0].n if rows else head
    return events.Events(channel_id, start, [wire_view(row) for row in rows], head).as_dict()


def appended(channel: Channel, rows: Sequence[Event], change: "Change") -> None:
    """Events of one HTTP request. Who was removed hears nothing more, not even their own removal's event; who was added
    hears the event that added them."""
    for member in change.left:
        if member.officer_id and not _still_in(channel, member.officer_id):
            hub.expel(str(member.officer_id), channel.pk)
    for member in change.joined:
        if member.officer_id:
            hub.admit(str(member.officer_id), channel.pk, head=channel.head_n)
    _publish(channel.pk, rows, channel.head_n)


def posted(rows: Iterable[Event]) -> None:
    """Events of one batch of the socket lane: one frame for each channel."""
    by_channel: dict[str, list[Event]] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, []).append(row)
    for channel_id, placed in by_channel.items():
        placed.sort(key=lambda row: row.n)
        _publish(channel_id, placed, placed[-1].n + 1)


def receipts(rows: Iterable[Receipt]) -> None:
    """In a large channel every reader's mark told to every reader would be most of the traffic: there they are fetched."""
    for row in rows:
        if row.channel.size > LIVE_ROOM:
            continue
        frame = events.Receipt(row.channel_id, b64u(row.kid), row.n, b64u(row.data), iso(row.at))
        hub.publish(frame.as_dict(), to=row.channel_id)


def _publish(channel_id: str, rows: Sequence[Event], head: int) -> None:
    small = sum(len(row.wire) for row in rows) <= FRAME_ROOM
    hub.publish(events_frame(channel_id, rows if small else (), head), to=channel_id)


def _still_in(channel: Channel, officer_id: int) -> bool:
    """The same officer may be a member by a newer key."""
    return Member.objects.filter(channel=channel, officer_id=officer_id, left_n=None).exists()
