"""The root key of an authority, kept offline in a file that seven words open, and what it signs there: focal points'
certificates and the list of the roots that the authority trusts (docs/protocol.md 4). Never on the host and never on a machine
with a network."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from client import private_file
from client.authority import AuthorityRoot
from client.b64 import b64u, unb64u
from sealed import cbor, certs, safety
from sealed.certs import DELISTED, TRUSTED
from sealed.errors import EnlaceError
from sealed.keylog import parsed_or_none, replay
from sealed.open_keys import make_trust_leaf, open_slot, passphrase_words, seal_passphrase_slot
from sealed.open_suite import aead_open, aead_seal, random_bytes

FORMAT = "enlace-root/1"


@dataclass(frozen=True)
class RootFile:
    path: Path
    authority: str
    display: str
    public: bytes
    slot: bytes
    sealed: bytes

    @classmethod
    def create(cls, path: Path, authority: str, display: str, *, language: str = "es") -> tuple["RootFile", list[str], bytes]:
        """-> (the file, the seven words that open it, the leaf that announces the root). Never over a file: `file_exists`."""
        root, key, words = AuthorityRoot.create(authority, display), random_bytes(32), passphrase_words(language=language)
        sealed = aead_seal(key, cls._context(authority, root.public), root.seed)
        made = cls(path, authority, display, root.public, seal_passphrase_slot(" ".join(words), key), sealed)
        kept = {"format": FORMAT, "authority": authority, "display": display}
        kept |= {"public": b64u(root.public), "slot": b64u(made.slot), "sealed": b64u(sealed)}
        private_file.create(path, json.dumps(kept, ensure_ascii=False))
        return made, words, root.root_leaf()

    @classmethod
    def read(cls, path: Path) -> "RootFile":
        """Raises `bad_root_file`."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["format"] != FORMAT:
                raise ValueError
            secrets = (unb64u(kept[name]) for name in ("public", "slot", "sealed"))
            return cls(path, str(kept["authority"]), str(kept["display"]), *secrets)
        except (OSError, ValueError, KeyError, TypeError, EnlaceError):
            raise EnlaceError("bad_root_file") from None

    @staticmethod
    def _context(authority: str, public: bytes) -> bytes:
        return cbor.encode(["enl1.rootfile", authority, public])

    @property
    def digits(self) -> str:
        return safety.root_fingerprint(self.public)

    def open(self, words: str) -> AuthorityRoot:
        """Raises `bad_passphrase`; `bad_root_file` where what opened is not the key that the file names."""
        key = open_slot(self.slot, words)
        if key is None:
            raise EnlaceError("bad_passphrase")
        root = AuthorityRoot(
            self.authority, self.display, aead_open(key, self._context(self.authority, self.public), self.sealed, "bad_root_file")
        )
        if root.public != self.public:
            raise EnlaceError("bad_root_file")
        return root


def certify_focal(root: AuthorityRoot, request: bytes, digits: str, *, years: int) -> bytes:
    """-> the leaf that makes a focal point. `digits`: of the new key, as its owner read them aloud. Raises `wrong_digits` where
    they are not those of the request: somebody may stand between; `bad_leaf` for a request of another authority or role."""
    parsed = certs.parse_request(request)
    if parsed.authority != root.authority or parsed.role != certs.FOCAL:
        raise EnlaceError("bad_leaf")
    if not safety.same(safety.fingerprint(parsed.kid), digits):
        raise EnlaceError("wrong_digits")
    return root.certify_focal(request, years=years)


def next_trust(root: AuthorityRoot, leaves: Sequence[bytes], add: Sequence[tuple[str, str]], drop: Sequence[str]) -> bytes:
    """-> the leaf of the next trust list: the one before, as it stands in the key log, with `add` [(authority, the 60 digits of
    its root as its own people gave them)] and without `drop`. Raises `wrong_root` where no announced root has these digits, so
    that a root of the host's making is never listed."""
    directory = replay(leaves, root.public)
    last = directory.trust_lists[-1][1] if directory.trust_lists else None
    rows = {code: (public, status) for code, public, status in last.roots} if last else {root.authority: (root.public, TRUSTED)}
    announced = [leaf for leaf in map(parsed_or_none, leaves) if isinstance(leaf, certs.Root)]
    for code, digits in add:
        fits = [one for one in announced if one.authority == code and safety.same(safety.root_fingerprint(one.public), digits)]
        if not fits:
            raise EnlaceError("wrong_root")
        rows[code] = (fits[0].public, TRUSTED)
    for code in drop:
        if code not in rows or code == root.authority:
            raise EnlaceError("wrong_root")
        rows[code] = (rows[code][0], DELISTED)
    listed = [(code, public, status) for code, (public, status) in sorted(rows.items())]
    version = last.version + 1 if last else 1
    return make_trust_leaf(root.seed, root.authority, version, last.signed if last else None, listed)
