"""A host that lies about its key log. It signs what it shows with its own key, so that only what clients remember finds it
out."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from client.b64 import b64u
from sealed import certs, merkle
from sealed.issuing import log_public, sign_checkpoint
from sealed.open_keys import Identity, certify, make_request

Lie = Callable[[dict[str, Any], int], dict[str, Any]]  # (the true answer of /api/keylog, from) -> the told one


class Liar(httpx.BaseTransport):
    """The line to the host; `lie(answer of /api/keylog, from)` may change what is said."""

    def __init__(self) -> None:
        self.true = httpx.HTTPTransport()
        self.lie: Lie | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.true.handle_request(request)
        if self.lie is None or request.url.path != "/api/keylog":
            return answer
        told = json.loads(answer.read())
        return httpx.Response(200, json=self.lie(told, int(request.url.params.get("from", 0))))


def shows(leaves: Sequence[bytes], seed: bytes, cosigned: str = "") -> Lie:
    """A host whose log is these leaves, rightly signed."""
    root = merkle.tree_root([merkle.leaf_hash(leaf) for leaf in leaves])
    note = sign_checkpoint("localhost/enlace-keys", len(leaves), root, seed)

    def lie(told: dict[str, Any], first: int) -> dict[str, Any]:
        shown = {"size": len(leaves), "leaves": [b64u(leaf) for leaf in leaves[first:]], "checkpoint": note}
        return shown | {"log_key": b64u(log_public(seed)), "cosigned": cosigned}

    return lie


def certificate(focal: Identity, *, subject: bytes = b"\x07" * 16, name: str = "Nadie", gen: int = 0) -> bytes:
    """By a focal point of Honduras for a key that its person never asked for: the host needs such help, and it leaves a trace."""
    made = certs.parse_request(make_request(Identity.create(), "HN", subject, name, certs.OFFICER, gen))
    return certify(made, focal.sig_seed, focal.kid, 1, 2**40)
