"""Builds the demo network against a running host. Whoever watches learns how far it is from `report`."""

import asyncio
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from client.demo import people as cast
from client.demo.casework import play
from client.demo.paper import pdf
from client.demo.places import AUTHORITIES, PLACES
from client.demo.stories import STORIES
from client.demo.talk import TALKS, Talk
from client.founding import Founder, Person
from client.live import Live
from client.rooms import Room
from sealed.open_keys import normalise, passphrase_words

WORKERS = 4
CASE_WEIGHT = 6  # of the work, against one person or one line
One = TypeVar("One")


class Progress:
    """Counts what is made, in `var`/demo-progress.json for the sign-in page and by `say` for the terminal. Thread-safe."""

    def __init__(self, var: Path, total: int, say: Callable[[str], None]) -> None:
        self.var, self.total, self.say = var, total, say
        self.done, self.accounts = 0, list[dict[str, Any]]()
        self._lock = threading.Lock()

    def phase(self, text: str) -> None:
        self.say(f"  {self.done * 100 // self.total:3d} %  {text}")

    def one(self, count: int = 1) -> None:
        with self._lock:
            self.done += count
            self._write("demo-progress.json", {"done": self.done, "total": self.total, "complete": False})

    def joined(self, key: str, person: Person) -> None:
        with self._lock:
            self.accounts.append(_account(key, person))
            self._write("demo.json", self.accounts)
        self.one()

    def complete(self) -> None:
        self._write("demo-progress.json", {"done": self.total, "total": self.total, "complete": True})

    def _write(self, name: str, content: Any) -> None:
        """Whole or not at all: the page reads it while it grows. Only its owner may read it: there are secrets in it."""
        beside = self.var / f"{name}.new"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        beside.replace(self.var / name)


def _account(key: str, person: Person) -> dict[str, Any]:
    account = person.account
    return {
        "key": key,
        "name": person.name,
        "authority": person.authority,
        "role": person.role,
        "post": person.posts[0] if person.posts else "",
        "languages": person.languages,
        "username": account.username,
        "password": account.password,
        "totp_secret": account.totp_secret,
        "passphrase": account.passphrase,
        "recovery_code": account.recovery_code,
        "codes": account.codes,
    }


def password() -> str:
    return "-".join(normalise(word) for word in passphrase_words(5, "es"))


def build(url: str, token: str, var: Path, say: Callable[[str], None]) -> None:
    """`token`: the secretariat's invitation. Raises what a step raises: then nothing says "complete" and it is made anew."""
    lines = sum(len(talk.lines) for talk in TALKS)
    total = len(AUTHORITIES) + len(PLACES) + len(cast.FOCALS) + len(cast.OFFICERS) + lines + CASE_WEIGHT * len(STORIES)
    progress = Progress(var, total, say)
    with ThreadPoolExecutor(WORKERS) as pool:
        founder = _ground(url, token, progress, pool)
        people = _join_all(founder, progress, pool)
        progress.phase(f"{len(TALKS)} channels and {len(STORIES)} cases")
        posts = {key: founder.posts[place.name] for key, place in PLACES.items()}
        tales_told = threading.Event()
        talks = pool.submit(asyncio.run, _talk_all(people, tales_told, progress))
        try:
            _tell_all(people, posts, progress, pool)
        finally:
            tales_told.set()
        talks.result()
    progress.complete()
    say(f"  100 %  {len(people)} people, {len(TALKS)} channels, {len(STORIES)} cases")


def _ground(url: str, token: str, progress: Progress, pool: ThreadPoolExecutor) -> Founder:
    progress.phase("authorities and posts")
    founder = Founder([url], token, secrets.token_urlsafe(24))
    for code, (spanish, english, french, membership) in AUTHORITIES.items():
        kind = "organization" if code.startswith("x-") else "country"
        founder.admit(code, (spanish, english, french), kind=kind, membership=membership)
        progress.one()
    founder.exchange_trust()
    _each(pool, PLACES.values(), lambda place: _open_post(founder, place, progress))
    return founder


def _open_post(founder: Founder, place: Any, progress: Progress) -> None:
    more = {"networks": list(place.networks)} | ({"capacity": place.capacity} if place.capacity else {})
    fields = (place.authority, place.name, place.kind, place.country, place.tz, place.hours)
    founder.open_post(*fields, city=place.city, **more)
    progress.one()


def _join_all(founder: Founder, progress: Progress, pool: ThreadPoolExecutor) -> dict[str, Person]:
    """Focal points first: they vouch for the others."""
    people: dict[str, Person] = {}
    progress.phase(f"{len(cast.FOCALS)} focal points")

    def focal(key: str) -> None:
        who = cast.FOCALS[key]
        posts = [PLACES[post].name for post in who.posts]
        people[key] = founder.appoint_focal(
            who.authority, who.username, who.name, password(), languages=list(who.languages), posts=posts
        )
        progress.joined(key, people[key])

    _each(pool, cast.FOCALS, focal)
    guests = {name: founder.accredit(authority, name) for name, authority in cast.ORGANIZATIONS.items()}
    progress.phase(f"{len(cast.OFFICERS)} officers")

    def officer(key: str) -> None:
        who = cast.OFFICERS[key]
        posts = [(PLACES[post].name, network) for post in who.posts for network in PLACES[post].networks]
        people[key] = founder.invite(
            who.authority,
            who.username,
            who.name,
            password(),
            role=who.role,
            posts=posts,
            languages=list(who.languages),
            organization=guests.get(who.organization),
        )
        progress.joined(key, people[key])

    _each(pool, cast.OFFICERS, officer)
    return people


async def _talk_all(people: dict[str, Person], tales_told: threading.Event, progress: Progress) -> None:
    """All conversations at once, by the socket, as browsers hold them. Their last lines wait until the cases are there, so that
    whoever enters finds people talking at the top of the list."""
    ending = asyncio.create_task(asyncio.to_thread(tales_told.wait))
    async with AsyncExitStack() as stack:
        speakers = sorted({key for talk in TALKS for key in (talk.founder, *(who for who, _ in talk.lines))})
        sockets = {key: await stack.enter_async_context(Live(people[key].enlace)) for key in speakers}
        for socket in sockets.values():
            await socket.next("hello")
        await asyncio.gather(*(_talk(talk, people, sockets, ending, progress) for talk in TALKS))


async def _talk(
    talk: Talk, people: dict[str, Person], sockets: dict[str, Live], ending: "asyncio.Task[Any]", progress: Progress
) -> None:
    founder, members = people[talk.founder].enlace, {people[key].kid: role for key, role in talk.members.items()}
    room = await asyncio.to_thread(founder.create_channel, talk.kind, members, talk.title, talk.topic)
    rooms, said = {talk.founder: room}, len(room.rows)
    for place, (key, text) in enumerate(talk.lines, 1):
        if place == len(talk.lines):
            await asyncio.shield(ending)
        if key not in rooms:
            rooms[key] = await asyncio.to_thread(people[key].enlace.room, room.id)
        await sockets[key].follow(rooms[key], said)
        said = 1 + await sockets[key].post(rooms[key], text)
        progress.one()
        if place == len(talk.lines) // 2 and talk.paper:
            said = await _share(talk.paper, people, rooms, sockets, said)
        if place == len(talk.lines) * 3 // 4:
            await _read(talk.behind, rooms, sockets, said)
    await _read([key for key in rooms if key not in talk.behind], rooms, sockets, said)


async def _share(
    paper: tuple[str, str, tuple[str, ...]],
    people: dict[str, Person],
    rooms: dict[str, Room],
    sockets: dict[str, Live],
    said: int,
) -> int:
    """-> the number of events after it."""
    who, name, lines = paper
    other = next(key for key in rooms if key != who)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(pdf(list(lines)))
        await sockets[who].follow(rooms[who], said)
        n = await asyncio.to_thread(rooms[who].attach, path)
    await sockets[other].follow(rooms[other], n + 1)
    await asyncio.to_thread(rooms[other].react, n, "received")
    return n + 2


async def _read(keys: Iterable[str], rooms: dict[str, Room], sockets: dict[str, Live], said: int) -> None:
    """Signed receipts of those who have the channel open."""
    for key in keys:
        if key in rooms:
            await sockets[key].follow(rooms[key], said)
            await sockets[key].read(rooms[key])


def _tell_all(people: dict[str, Person], posts: dict[str, str], progress: Progress, pool: ThreadPoolExecutor) -> None:
    tales = [pool.submit(play, story, people, posts, seed) for seed, story in enumerate(STORIES)]
    for told, tale in enumerate(as_completed(tales), 1):
        tale.result()
        progress.one(CASE_WEIGHT)
        if told % 10 == 0:
            progress.phase(f"{told} of {len(STORIES)} cases")


def _each(pool: ThreadPoolExecutor, items: Iterable[One], do: Callable[[One], None]) -> None:
    for waiting in [pool.submit(do, item) for item in items]:
        waiting.result()
