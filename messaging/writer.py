"""The socket lane's two engines: what arrives while one commit runs is the next commit (docs/walk-of-a-message.md).

Runs in the engines' own threads; the socket only submits. Acks leave after COMMIT, then one frame for each channel."""

from collections.abc import Callable
from typing import Any

from liaison.names import b64u
from messaging import actions, announce, events
from messaging.models import Event, Receipt
from realtime import groupcommit
from sealed.errors import EnlaceError

Reply = Callable[[dict[str, Any]], None]
Ref = str | int | None
BUSY = groupcommit.Nack("busy", 2.0)


def _announce_posts(batch: list[actions.Post], results: list[Any]) -> None:
    fresh = {(row.channel_id, row.n): row for row in results if isinstance(row, Event) and row.t}
    announce.posted(fresh.values())


def _announce_receipts(batch: list[actions.Mark], results: list[Any]) -> None:
    announce.receipts(row for row in results if isinstance(row, Receipt))


posts = groupcommit.GroupCommit(actions.append_batch, after=_announce_posts, name="posts")
receipts = groupcommit.GroupCommit(actions.save_receipts, after=_announce_receipts, name="receipts")


def post(item: actions.Post, ref: Ref, reply: Reply) -> None:
    """Queue a sealed post; `reply` gets its ack after COMMIT, or its nack."""
    if not posts.submit(item, lambda result: reply(_answer(item.channel, ref, result))):
        reply(_answer(item.channel, ref, BUSY))


def receipt(item: actions.Mark, ref: Ref, reply: Reply) -> None:
    """Queue a read mark. Only a refusal is answered: the sender sees its own mark come back as a frame."""

    def done(result: Any) -> None:
        if not isinstance(result, Receipt):
            reply(_answer(item.channel, ref, result))

    if not receipts.submit(item, done):
        reply(_answer(item.channel, ref, BUSY))


def refusal(channel: str, ref: Ref, error: EnlaceError) -> dict[str, Any]:
    return _answer(channel, ref, error)


def _answer(channel: str, ref: Ref, result: Any) -> dict[str, Any]:
    if isinstance(result, Event):
        at = announce.iso(result.at)
        return events.Ack(ref, channel, b64u(result.client_id), result.client_seq, result.n, at).as_dict()
    retry_after = getattr(result, "retry_after", None)
    return events.Nack(ref, channel, result.code, retry_after).as_dict()
