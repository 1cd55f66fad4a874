"""Channels: listed, read, followed, written into."""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from client.commands import Commands
from client.commands.session import unlocked, where
from client.enlace import Enlace
from client.live import Live
from client.rooms import Room, Row
from client.talk import Said
from sealed.errors import EnlaceError, as_read

LAST = 30


def register(commands: Commands) -> None:
    commands.add("list", _list, "your channels, newest first")
    read = commands.add("read", _read, "the last messages of a channel, verified and opened")
    read.add_argument("-n", type=int, default=LAST, help=f"how many (default {LAST})")
    read.add_argument("--mark", action="store_true", help="send a signed read receipt")
    post = commands.add("post", _post, "write into a channel")
    tail = commands.add("tail", _tail, "follow a channel live until Ctrl-C")
    for one in (read, post, tail):
        one.add_argument("channel", help="the beginning of its title or id")
    post.add_argument("text", help="the message, or - to read it from standard input")


def _list(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        for row in enlace.channels():
            unread = f"{row['unread']:4} new" if row["unread"] else " " * 8
            print(f"{row['id'][:8]}  {row['kind']:8}  {unread}  {_title_or_why_not(enlace, row)}")


def _title_or_why_not(enlace: Enlace, row: dict[str, Any]) -> str:
    """One channel that was tampered with does not hide the others."""
    try:
        return _title(enlace.room(row["id"]), row)
    except EnlaceError as error:
        return f"[{error.code}] {where(error)}{error.sentence}"


def _title(room: Room, row: dict[str, Any]) -> str:
    code = f"{row['case']['code']}  " if row.get("case") else ""
    return code + (room.title or ", ".join(member["name"] for member in row["members"]))


def _warn_of(enlace: Enlace, room: Room) -> None:
    for granter, code in room.bad_grants:
        why = "does not open" if code != "missing_epoch_key" else "did not arrive as it was given"
        print(
            f"enlace: a key that {granter.display} gave you for this channel {why}: some messages stay closed. Nothing is lost; "
            "ask any member to open the earlier messages to you again.",
            file=sys.stderr,
        )
    for kid in room.forked:
        key = enlace.directory.key(kid)
        print(
            f"enlace: {key.display if key else '?'} signed another past of this channel than the one you see. Speak by phone: "
            "the server may be showing each of you something else.",
            file=sys.stderr,
        )


def found(enlace: Enlace, wanted: str) -> Room:
    """Raises `not_found` when no channel, or more than one, begins like this."""
    rows = [row["id"] for row in enlace.channels()]
    by_id = [name for name in rows if name.startswith(wanted)] if len(wanted) >= 4 else []
    rooms = [enlace.room(name) for name in by_id] or _open(enlace, rows)
    fitting = rooms if by_id else [room for room in rooms if room.title.casefold().startswith(wanted.casefold())]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return fitting[0]


def _open(enlace: Enlace, names: Sequence[str]) -> list[Room]:
    """Those that open: the title of a channel that was tampered with is not believed, its id still finds it and says why."""
    rooms = []
    for name in names:
        with contextlib.suppress(EnlaceError):
            rooms.append(enlace.room(name))
    return rooms


def _who(enlace: Enlace, kid: bytes | None) -> str:
    key = enlace.directory.key(kid) if kid else None
    return f"{key.display} ({key.authority})" if key else "?"


def _line(enlace: Enlace, at: str, kid: bytes | None, words: str) -> str:
    when = datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone().strftime("%d.%m. %H:%M")
    return f"{when}  {_who(enlace, kid)}: {words}"


def _as_they_stand(enlace: Enlace, room: Room) -> list[str]:
    """The messages with what became of them; an event that failed a check says which, and what to do."""
    talk = room.talk()
    lines = {said.n: _line(enlace, said.at, said.by, _words(enlace, said)) for said in talk.messages()}
    for row in room.opened():
        if code := row.code or talk.refused.get(row.n):
            lines[row.n] = _line(enlace, row.at, row.event.sender_kid if row.event else None, f"[{code}] {as_read(code)}")
    return [lines[n] for n in sorted(lines)]


def _words(enlace: Enlace, said: Said) -> str:
    if said.withdrawn:
        return f"(withdrawn by {_who(enlace, said.withdrawn.by)}: {said.withdrawn.reason})"
    marks = "".join(f"  [{mark} {len(who)}]" for mark, who in said.reactions.items())
    return said.text + ("  (edited)" if len(said.versions) > 1 else "") + marks


def _as_they_come(enlace: Enlace, room: Room, rows: Sequence[Row]) -> list[str]:
    talk = room.talk()
    said = [(row, talk.line(row)) for row in rows]
    return [_line(enlace, row.at, row.event.sender_kid if row.event else None, words) for row, words in said if words]


def _read(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        room = found(enlace, options.channel)
        _warn_of(enlace, room)
        print(room.title)
        for line in _as_they_stand(enlace, room)[-options.n :]:
            print(line)
        if options.mark:
            room.read()


def _post(options: argparse.Namespace) -> None:
    text = sys.stdin.read() if options.text == "-" else options.text
    with unlocked() as enlace:
        found(enlace, options.channel).post(text.strip())


def _tail(options: argparse.Namespace) -> None:
    with unlocked() as enlace, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_follow(enlace, found(enlace, options.channel)))


async def _follow(enlace: Enlace, room: Room) -> None:
    async with Live(enlace) as live:
        await live.next("hello")
        told = len(room.refresh().rows)
        while True:
            try:
                room.hear(await live.next("events", seconds=60, channel=room.id))
            except TimeoutError:  # silence may also be a host that keeps frames back
                await asyncio.to_thread(room.refresh)
            for line in _as_they_come(enlace, room, room.opened()[told:]):
                print(line, flush=True)
            told = len(room.rows)
