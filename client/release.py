"""The release key: it says offline which manifest of the pages is a release (docs/adr/0022). Never on a host."""

import json
from dataclasses import dataclass
from pathlib import Path

from client import private_file
from client.b64 import b64u, unb64u
from client.rooms import now_ms
from client.site import Manifest
from sealed import certs
from sealed.errors import EnlaceError
from sealed.open_keys import make_build
from sealed.open_suite import random_bytes, sign_public

FORMAT = "enlace-release-key/1"


@dataclass(frozen=True)
class ReleaseKey:
    seed: bytes

    @property
    def public(self) -> bytes:
        return sign_public(self.seed)

    @classmethod
    def create(cls, path: Path) -> "ReleaseKey":
        """Read by its owner alone; never over a file. Raises `file_exists`."""
        made = cls(random_bytes(32))
        private_file.create(path, json.dumps({"format": FORMAT, "seed": b64u(made.seed)}))
        return made

    @classmethod
    def read(cls, path: Path) -> "ReleaseKey":
        try:
            kept = json.loads(path.read_text(encoding="ascii"))
            seed = unb64u(kept["seed"]) if kept["format"] == FORMAT else b""
        except (OSError, ValueError, KeyError, TypeError):
            seed = b""
        if len(seed) != 32:
            raise EnlaceError("not_a_release")
        return cls(seed)

    def sign(self, manifest: Manifest, previous: bytes | None) -> bytes:
        """-> the leaf. `previous`: the leaf of the release before by this key. Raises `not_a_release` where that is another's."""
        last = parse_build(previous) if previous is not None else None
        if last is not None and last.public != self.public:
            raise EnlaceError("not_a_release")
        return make_build(self.seed, manifest.version, manifest.digest, last.signed if last else None, now_ms())


def parse_build(leaf: bytes) -> certs.Build:
    """Raises `not_a_release` for anything but a signed release."""
    try:
        build = certs.parse(leaf)
    except EnlaceError:
        build = None
    if not isinstance(build, certs.Build):
        raise EnlaceError("not_a_release")
    return build
