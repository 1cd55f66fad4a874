"""How a network begins: the secretariat admits authorities, each authority makes its root offline and certifies its focal
points, and they vouch for their officers. Used by the demo and by the tests; a real network does the same by hand, once."""

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from client.authority import AuthorityRoot
from client.b64 import b64u
from client.enlace import Account, Enlace
from sealed.open_keys import ARGON2

OFFICE_HOURS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass
class Person:
    """Somebody who joined, at work: signed in and unlocked."""

    enlace: Enlace
    account: Account
    name: str
    authority: str
    role: str
    languages: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    @property
    def kid(self) -> bytes:
        return self.enlace.identity.kid


class Founder:
    """`urls`: one or several processes of one host; people are spread over them. `token`: the invitation that `manage.py
    create_secretariat` prints. `argon2`: what guessing a passphrase costs (KiB, passes, lanes). Its methods may be called
    from several threads at once."""

    def __init__(self, urls: list[str], token: str, password: str, *, argon2: tuple[int, int, int] = ARGON2) -> None:
        self._argon2 = argon2
        self._urls = itertools.cycle(urls)
        self.secretariat = Enlace(next(self._urls))
        self.secretariat_account = self.secretariat.join(token, password)
        self.roots: dict[str, AuthorityRoot] = {}
        self.focals: dict[str, Person] = {}
        self.posts: dict[str, str] = {}  # name -> id
        self._desks: dict[str, threading.Lock] = {}

    def admit(self, code: str, names: tuple[str, str, str], *, kind: str = "country", membership: str = "member") -> None:
        """`names` in Spanish, English, French. The root's secret half stays in this process."""
        fields = {"code": code, "kind": kind, "membership": membership}
        shown = dict(zip(("name_es", "name_en", "name_fr"), names, strict=True))
        self.secretariat.http.post("/api/network/authorities", fields | shown)
        self.roots[code] = AuthorityRoot.create(code, names[0])
        self._desks[code] = threading.Lock()
        self._append(self.roots[code].root_leaf())

    def exchange_trust(self) -> None:
        """Every authority lists the roots of all: what focal points do when they meet and compare fingerprints."""
        known = [(code, root.public) for code, root in self.roots.items()]
        for root in self.roots.values():
            self._append(root.trust_leaf(known))

    def open_post(
        self, authority: str, name: str, kind: str, country: str, tz: str, hours: dict[str, Any], *, city: str = "", **more: Any
    ) -> str:
        """-> its id. `more`: capacity (persons), networks."""
        fields = {"authority": authority, "name": name, "kind": kind, "country": country, "tz": tz, "hours": hours, "city": city}
        self.posts[name] = str(self.secretariat.http.post("/api/network/posts", fields | more)["id"])
        return self.posts[name]

    def appoint_focal(
        self, authority: str, username: str, name: str, password: str, *, languages: list[str], posts: Sequence[str] = ()
    ) -> Person:
        """A focal point: invited by the secretariat, certified by the authority's root."""
        invitation = self._invitation(
            self.secretariat, username, name, "focal", languages, [(p, "consular") for p in posts], authority
        )
        person = self._join(invitation, authority, name, "focal", password, languages)
        leaf = self.roots[authority].certify_focal(person.enlace.certificate_request())
        person.enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
        person.posts = list(posts)
        self.focals[authority] = person
        return person

    def accredit(self, authority: str, name: str) -> int:
        """-> the id of a civil-society organization, whose officers are guests."""
        return int(self.focals[authority].enlace.http.post("/api/network/organizations", {"name": name})["id"])

    def invite(
        self,
        authority: str,
        username: str,
        name: str,
        password: str,
        *,
        role: str = "officer",
        posts: Sequence[tuple[str, str]] = (),
        languages: list[str],
        organization: int | None = None,
    ) -> Person:
        """An officer or supervisor: invited and vouched for by the focal point. `posts` [(name of the post, network)]."""
        focal = self.focals[authority].enlace
        with self._desks[authority]:
            invitation = self._invitation(focal, username, name, role, languages, posts, None, organization)
        person = self._join(invitation, authority, name, role, password, languages)
        with self._desks[authority]:
            rows = focal.http.get("/api/authority/requests")["requests"]
            # The fingerprint is compared as two people would by voice: both ends of it are in this process.
            focal.vouch(next(row for row in rows if row["kid"] == b64u(person.kid)))
        person.posts = [post for post, _ in posts]
        return person

    def _invitation(
        self,
        by: Enlace,
        username: str,
        name: str,
        role: str,
        languages: list[str],
        posts: Sequence[tuple[str, str]],
        authority: str | None,
        organization: int | None = None,
    ) -> str:
        fields: dict[str, Any] = {"username": username, "name": name, "role": role, "languages": languages}
        fields["posts"] = [{"post": self.posts[post], "network": network} for post, network in posts]
        fields |= {"authority": authority} if authority else {}
        fields |= {"organization": organization} if organization is not None else {}
        return str(by.http.post("/api/authority/invitations", fields)["token"])

    def _join(self, token: str, authority: str, name: str, role: str, password: str, languages: list[str]) -> Person:
        language = languages[0]
        enlace = Enlace(next(self._urls), language=language)
        enlace.argon2 = self._argon2
        account = enlace.join(token, password, language=language)
        enlace.make_keys(account, self.roots[authority].public, language=language)
        return Person(enlace, account, name, authority, role, languages)

    def _append(self, leaf: bytes) -> None:
        self.secretariat.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
