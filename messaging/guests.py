"""The one thing an officer who is no member may write: the answer to a referral made to their own authority.

That is how a desk accepts a case before it can read it (protocol.md 16). The tracker judges the answer itself; here
stands only what every client checks as well."""

import json
from typing import Any

from liaison.names import unb64u
from messaging.ledger import Ledger
from messaging.models import KIND_ACT, Event
from sealed import events as enl
from sealed.errors import EnlaceError

ANSWERS = frozenset(("referral.accept", "referral.decline"))


def judge(book: Ledger, event: enl.Event, officer: Any) -> None:
    """Raises EnlaceError unless the event answers an open question to the signer's authority. A guest knows nothing of
    the transcript, so it signs for T_0 and for the epoch it was told."""
    if event.kind != KIND_ACT:
        raise EnlaceError("not_found")
    if book.channel.rekey_pending:
        raise EnlaceError("rekey_pending")
    if event.epoch != book.channel.epoch:
        raise EnlaceError("wrong_epoch")
    if event.seen_n != 0:
        raise EnlaceError("wrong_transcript")
    book.judge_seen(event)
    body = _parse(event.payload)
    question = _question(book.channel.pk, body)
    if question.get("act") != "referral.propose" or question.get("to") != officer.authority_id:
        raise EnlaceError("not_found")


def _question(channel_id: str, body: dict[str, Any]) -> dict[str, Any]:
    if body.get("act") not in ANSWERS:
        raise EnlaceError("not_found")
    event_id = unb64u(body.get("reply_to"), 32)
    row = Event.objects.filter(channel_id=channel_id, kind=KIND_ACT, event_id=event_id).first()
    if row is None:
        raise EnlaceError("not_found")
    return _parse(enl.parse(bytes(row.wire)).payload)


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        body = json.loads(payload)
    except ValueError:
        raise EnlaceError("bad_request") from None
    if not isinstance(body, dict):
        raise EnlaceError("bad_request")
    return body
