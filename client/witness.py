"""A country's witness: run by cron on a machine of the country, it checks that the host's key log only grew, replays its rules
under the own root, and signs the head (docs/protocol.md 4.3). Officers of the country are warned where its word is missing for
three days.

Its file holds its own key, what it saw last, and the own root: a restored or copied file would sign what it no longer
remembers, so there is one, on one machine."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from client.b64 import b64u, unb64u
from client.enlace import Enlace
from client.log import Log
from client.rooms import now_ms
from sealed import checkpoint, safety
from sealed.errors import EnlaceError
from sealed.keylog import Directory
from sealed.open_checkpoint import cosign
from sealed.open_keys import make_witness
from sealed.open_suite import random_bytes, sign_public
from sealed.replica import Head


@dataclass
class Witness:
    """`seen`: the last head that it signed, or only accepted."""

    path: Path
    authority: str
    seed: bytes
    own_root: bytes
    seen: Head | None = None

    @property
    def public(self) -> bytes:
        return sign_public(self.seed)

    @classmethod
    def create(cls, path: Path, enlace: Enlace, root_digits: str) -> "Witness":
        """A new witness beside a session of an account of its authority. `root_digits`: the 60 digits of the own root as they
        stand on the onboarding sheet. Raises `wrong_root` where the key log has no such root; never writes over a file."""
        log = Log(enlace.http)
        log.sync()
        authority = str(enlace.officer["authority"])
        public = log.directory.roots.get(authority, b"")
        if not safety.same(safety.root_fingerprint(public), root_digits):
            raise EnlaceError("wrong_root")
        made = cls(path, authority, random_bytes(32), public)
        path.touch(mode=0o600, exist_ok=False)
        made.save()
        return made

    @classmethod
    def read(cls, path: Path) -> "Witness":
        kept = json.loads(path.read_text(encoding="ascii"))
        seen = kept["seen"] and Head(kept["seen"][0], unb64u(kept["seen"][1]), unb64u(kept["seen"][2]), kept["seen"][3])
        return cls(path, kept["authority"], unb64u(kept["seed"]), unb64u(kept["own_root"]), seen)

    def save(self) -> None:
        """Whole or not at all, on the disk before anything is said: it must never forget what it signed."""
        seen = self.seen and [self.seen.size, b64u(self.seen.root), b64u(self.seen.log_key or b""), self.seen.note]
        kept = {"authority": self.authority, "seed": b64u(self.seed), "own_root": b64u(self.own_root), "seen": seen}
        beside = self.path.with_name(self.path.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def look(self, enlace: Enlace) -> list[str]:
        """Checks the log and cosigns its head. -> what is new in the own authority's name, a line each, for whoever reads
        cron's mail. Raises `log_shrunk`, `log_forked` (with the proof), `bad_checkpoint`, `no_witness`; then nothing was
        signed."""
        log = Log(enlace.http)
        known = self.seen.size if self.seen else 0
        head = log.sync(self.own_root, self.seen)
        if log.directory.own_authority != self.authority or log.directory.witnesses.get(self.authority) != self.public:
            raise EnlaceError("no_witness")
        self.seen = head
        self.save()
        line = cosign(checkpoint.parse(head.note), checkpoint.witness_name(self.authority), self.seed, int(time.time()))
        enlace.http.post("/api/keylog/cosignatures", {"size": head.size, "line": line})
        return news(log.directory, self.authority, known)


def news(directory: Directory, authority: str, known: int) -> list[str]:
    """Leaves from number `known` on that speak in this authority's name, or that broke a rule: what its focal points should
    recognise."""
    own = [key for key in directory.keys.values() if key.authority == authority]
    found = [(key.index, f"key of {key.display}{' (KEY RESET)' if key.reset else ''}") for key in own]
    found += [(key.revoked_at, f"revoked: key of {key.display}") for key in own if key.revoked_at is not None]
    found += [(index, f"release {build.version} of the pages, key {b64u(build.public)}") for index, build in directory.builds]
    found += [(index, f"refused leaf: {code}") for index, code in directory.rejected.items()]
    return [f"{index}  {told}" for index, told in sorted(found) if index >= known]


def admit(enlace: Enlace, public: bytes, *, runs: bool = True) -> None:
    """As a focal point: whose word counts for the own authority from now on, or no more."""
    leaf = make_witness(str(enlace.officer["authority"]), public, enlace.identity, now_ms(), runs=runs)
    enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})
