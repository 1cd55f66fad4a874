"""The offline half of an authority: its root key, which certifies focal points and signs the trust list. Never on the host."""

import time
from dataclasses import dataclass

from sealed import certs
from sealed.open_keys import certify, make_root_leaf, make_trust_leaf
from sealed.open_suite import random_bytes, sign_public

YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class AuthorityRoot:
    authority: str
    display: str
    seed: bytes

    @classmethod
    def create(cls, authority: str, display: str) -> "AuthorityRoot":
        return cls(authority, display, random_bytes(32))

    @property
    def public(self) -> bytes:
        return sign_public(self.seed)

    def root_leaf(self) -> bytes:
        return make_root_leaf(self.seed, self.authority, self.display, time.time_ns() // 1_000_000)

    def trust_leaf(self, roots: list[tuple[str, bytes]]) -> bytes:
        """The first trust list: the roots whose fingerprints were exchanged."""
        return make_trust_leaf(self.seed, self.authority, 1, None, [(code, public, certs.TRUSTED) for code, public in roots])

    def certify_focal(self, request: bytes, *, years: int = 3) -> bytes:
        parsed = certs.parse_request(request)
        now = int(time.time())
        return certify(parsed, self.seed, certs.root_id(self.public), now - 60, now + years * YEAR, certs.FOCAL)
