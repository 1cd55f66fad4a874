"""The door of /ws for the channels (settings.ENLACE_SOCKET_DOOR): who a socket is, what it hears, where its posts go.

A socket outlives no right: session, officer and membership are read again at least every 10 s for each socket, and in
the commit of every post. What the client says it belongs to is never asked for."""

from collections import defaultdict
from typing import Any

from django.conf import settings

from liaison import sessions
from liaison.names import unb64u
from messaging import actions, announce, shapes, writer
from messaging.models import Channel, Member
from realtime.asgi import cookies
from realtime.door import Reply, Session
from sealed.errors import EnlaceError

SIGN_IN_AGAIN = 4401
PULL_ROOM = 500 * 1024  # bytes of wires: their base64url stays under the 700 KiB of one frame


class Door:
    """See realtime/door.py for which thread calls what."""

    def open(self, scope: dict[str, Any]) -> Session | int:
        key = cookies(scope).get(settings.SESSION_COOKIE_NAME, "")
        officer = sessions.live([key]).get(key) if key else None
        return SIGN_IN_AGAIN if officer is None else _sessions({key: officer})[key]

    def recheck(self, sessions_now: list[Session], acted: frozenset[str]) -> list[Session | int]:
        sessions.touch_all(acted)
        fresh = _sessions(sessions.live({s.key for s in sessions_now}))
        return [_unless_another(s, fresh.get(s.key)) for s in sessions_now]

    def pull(self, channel: str, after: int, limit: int) -> dict[str, Any]:
        found = Channel.objects.filter(pk=channel).first()
        if found is None:
            raise EnlaceError("not_found")
        rows = shapes.events_after(found, after, limit, PULL_ROOM)
        frame = announce.events_frame(channel, rows, found.head_n)
        return frame | {"from": after}

    def post(self, session: Session, frame: dict[str, Any], reply: Reply) -> None:
        ref, channel = frame.get("ref"), frame["channel"]
        try:
            wire = unb64u(frame["wire"])
        except EnlaceError as refusal:
            reply(writer.refusal(channel, ref, refusal))
            return
        writer.post(actions.Post(session.data, channel, wire), ref, reply)

    def receipt(self, session: Session, frame: dict[str, Any], reply: Reply) -> None:
        ref, channel = frame.get("ref"), frame["channel"]
        try:
            data = unb64u(frame["receipt"])
        except EnlaceError as refusal:
            reply(writer.refusal(channel, ref, refusal))
            return
        writer.receipt(actions.Mark(session.data, channel, data), ref, reply)


def _unless_another(before: Session, now: Session | None) -> Session | int:
    """A session key that now belongs to someone else must not carry over an open socket."""
    return SIGN_IN_AGAIN if now is None or now.officer != before.officer else now


def _sessions(officers: dict[str, Any]) -> dict[str, Session]:
    """What each login session hears, in a fixed number of queries. `data` is the officer's pk."""
    pks = {officer.pk for officer in officers.values()}
    heads = _heads(pks)
    seen_by = _colleagues(pks, heads)
    return {
        key: Session(
            officer=str(officer.pk),
            key=key,
            topics=frozenset(_board(officer)) | {f"presence:{pk}" for pk in seen_by[officer.pk]},
            heads=heads[officer.pk],
            data=officer.pk,
        )
        for key, officer in officers.items()
    }


def _heads(pks: set[Any]) -> dict[Any, dict[str, int]]:
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    rows = Member.objects.filter(officer_id__in=pks, left_n=None)
    for pk, channel, head in rows.values_list("officer_id", "channel_id", "channel__head_n"):
        found[pk][channel] = head
    return found


def _colleagues(pks: set[Any], heads: dict[Any, dict[str, int]]) -> dict[Any, set[Any]]:
    """Whose presence each officer may see: those with whom it shares a channel that is not too large."""
    channels = {channel for mine in heads.values() for channel in mine}
    rows = Member.objects.filter(
        channel_id__in=channels, channel__size__lte=announce.LIVE_ROOM, left_n=None, officer__isnull=False
    )
    present: dict[str, set[Any]] = defaultdict(set)
    for channel, officer in rows.values_list("channel_id", "officer_id"):
        present[channel].add(officer)
    return {pk: {o for channel in heads[pk] for o in present[channel]} - {pk} for pk in pks}


def _board(officer: Any) -> list[str]:
    """Officers of an accredited organization are guests of their authority: its board is not theirs."""
    own = officer.authority_id and not officer.organization_id
    return [f"board:{officer.authority_id}"] if own else []


door = Door()
