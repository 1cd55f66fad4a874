"""The smallest honest door: cookie `who` names the officer, two tables hold members and events.

Wires are whatever the tests post. The same wire of the same sender is the same event, as in the real house."""

import os
import time
from collections import defaultdict
from typing import Any

from django.db import connection, transaction

from realtime.asgi import cookies
from realtime.door import Frame, Reply, Session
from realtime.groupcommit import GroupCommit, Nack
from realtime.hub import hub


def head_of(channel: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM event WHERE channel = %s", [channel])
        return cursor.fetchone()[0]


def session_of(officer: str, key: str) -> Session:
    with connection.cursor() as cursor:
        cursor.execute("SELECT channel FROM member WHERE officer = %s", [officer])
        own = [channel for (channel,) in cursor.fetchall()]
        peers: set[str] = set()
        for channel in own:  # in a hall of a thousand nobody watches who is online
            cursor.execute("SELECT officer FROM member WHERE channel = %s LIMIT 51", [channel])
            members = {member for (member,) in cursor.fetchall()}
            peers |= members - {officer} if len(members) <= 50 else set()
    topics = frozenset({"board", *(f"presence:{peer}" for peer in peers)})
    return Session(officer, key, topics, {channel: head_of(channel) for channel in own})


class Door:
    def open(self, scope: dict[str, Any]) -> Session | int:
        if text := os.environ.get("PIPES_FAIL"):
            raise RuntimeError(text)
        officer = cookies(scope).get("who")
        if officer is None:
            return 4401
        return session_of(officer, cookies(scope).get("key", officer))

    def recheck(self, sessions: list[Session], acted: frozenset[str]) -> list[Session | int]:
        if gone := os.environ.get("PIPES_GONE"):
            with open(gone) as file:
                names = file.read().split()
            return [4403 if s.officer in names else session_of(s.officer, s.key) for s in sessions]
        return [session_of(session.officer, session.key) for session in sessions]

    def pull(self, channel: str, after: int, limit: int) -> Frame:
        if delay := os.environ.get("PIPES_PULL_DELAY"):
            time.sleep(float(delay))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n, wire, at FROM event WHERE channel = %s AND n >= %s ORDER BY n LIMIT %s",
                [channel, after, limit],
            )
            wires = [{"n": n, "wire": wire, "at": at} for n, wire, at in cursor.fetchall()]
        return {"t": "events", "channel": channel, "from": after, "wires": wires, "head": head_of(channel)}

    def post(self, session: Session, frame: Frame, reply: Reply) -> None:
        def done(result: Any) -> None:
            if isinstance(result, Nack):
                reply({"t": "nack", "ref": frame["ref"], "code": result.code, "retry_after": result.retry_after})
            else:
                reply({"t": "ack", "ref": frame["ref"], "n": result})

        if not writer.submit((session.officer, frame["channel"], frame["wire"]), done):
            reply({"t": "nack", "ref": frame["ref"], "code": "busy", "retry_after": 1})

    def receipt(self, session: Session, frame: Frame, reply: Reply) -> None:
        hub.publish({"t": "receipt", "channel": frame["channel"], "receipt": frame["receipt"]}, frame["channel"])


def commit(batch: list[tuple[str, str, str]]) -> list[Any]:
    results: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for officer, channel, wire in batch:
            cursor.execute("SELECT 1 FROM member WHERE officer = %s AND channel = %s", [officer, channel])
            if cursor.fetchone() is None:
                results.append(Nack("not_found"))
                continue
            if wire == "poison":
                raise RuntimeError("a wire that no code foresaw")
            cursor.execute("SELECT n FROM event WHERE channel = %s AND officer = %s AND wire = %s", [channel, officer, wire])
            if (row := cursor.fetchone()) is not None:
                results.append(row[0])
                continue
            n = head_of(channel)
            cursor.execute("INSERT INTO event VALUES (%s, %s, %s, %s, %s)", [channel, n, officer, wire, 0])
            results.append(n)
    return results


def after(batch: list[tuple[str, str, str]], results: list[Any]) -> None:
    channels: dict[str, dict[int, str]] = defaultdict(dict)
    for (_, channel, wire), n in zip(batch, results, strict=True):
        if isinstance(n, int):
            channels[channel][n] = wire
    for channel, wires in channels.items():
        rows = [{"n": n, "wire": wire, "at": 0} for n, wire in sorted(wires.items())]
        hub.publish({"t": "events", "channel": channel, "from": rows[0]["n"], "wires": rows}, channel)


writer: GroupCommit[tuple[str, str, str]] = GroupCommit(commit, after)
door = Door()
