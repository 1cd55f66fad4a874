"""Replays the key log into a directory of keys (docs/protocol.md 4). Its tree is in merkle.py."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from sealed import certs
from sealed.certs import DELISTED, FOCAL, TRUSTED, Build, CertLeaf, Revocation, Root, TrustList, Witness
from sealed.errors import EnlaceError
from sealed.suite import sha256, verify


@dataclass(frozen=True)
class Key:
    kid: bytes
    authority: str
    subject: bytes
    display: str
    role: int
    kem_pub: bytes
    sig_pub: bytes
    gen: int
    prev_kid: bytes | None
    nbf: int
    exp: int
    index: int  # of the leaf that first vouched for it
    issuer_kid: bytes
    reset: bool  # a later generation without a signature of the one before
    roles: tuple[tuple[int, int], ...]  # (index of the leaf, role it gave), the first certificate first
    revoked_at: int | None = None  # index of the revoking leaf

    def role_at(self, log_size: int) -> int:
        """The role when the log had `log_size` leaves: a promotion makes nothing lawful that was done before it."""
        return next((role for index, role in reversed(self.roles) if index < log_size), self.roles[0][1])


@dataclass
class Directory:
    """Everything the first `size` leaves say. With `own_root` the replay is sovereign: other roots count only as the own
    authority's trust lists name them; without (the server) the first root leaf of an authority stands."""

    own_root: bytes | None = None
    size: int = 0
    keys: dict[bytes, Key] = field(default_factory=dict)
    roots: dict[str, bytes] = field(default_factory=dict)
    own_authority: str | None = None
    trust_lists: list[tuple[int, TrustList]] = field(default_factory=list)  # of the own authority: (index, list)
    rejected: dict[int, str] = field(default_factory=dict)
    trust_versions: dict[str, TrustList] = field(default_factory=dict)
    witnesses: dict[str, bytes] = field(default_factory=dict)  # {authority: public key} of those that cosign now
    builds: list[tuple[int, Build]] = field(default_factory=list)  # releases of the pages: (index, build)

    def copy(self) -> "Directory":
        """Another one that can be extended while somebody reads this one; keys and lists themselves never change."""
        return replace(
            self,
            keys=dict(self.keys),
            roots=dict(self.roots),
            trust_lists=list(self.trust_lists),
            rejected=dict(self.rejected),
            trust_versions=dict(self.trust_versions),
            witnesses=dict(self.witnesses),
            builds=list(self.builds),
        )

    def key(self, kid: bytes) -> Key | None:
        return self.keys.get(kid)

    def vouched(self, kid: bytes, log_size: int | None = None) -> bool:
        """The key was certified and not revoked when the log had `log_size` leaves (None: now)."""
        limit = self.size if log_size is None else log_size
        key = self.keys.get(kid)
        if key is None or key.index >= limit:
            return False
        return (key.revoked_at is None or key.revoked_at >= limit) and self.trusted(key.authority, limit)

    def revoked(self, kid: bytes, log_size: int | None = None) -> bool:
        limit = self.size if log_size is None else log_size
        key = self.keys.get(kid)
        return key is not None and key.revoked_at is not None and key.revoked_at < limit

    def keys_of(self, subject: bytes) -> list[Key]:
        """Every key that a person ever had, revoked ones too."""
        return [key for key in self.keys.values() if key.subject == subject]

    def current(self, subject: bytes, log_size: int | None = None) -> Key | None:
        """The newest vouched key of a person."""
        mine = [key for key in self.keys_of(subject) if self.vouched(key.kid, log_size)]
        return max(mine, key=lambda key: (key.gen, key.index), default=None)

    def continues(self, old: bytes, new: bytes) -> bool:
        """Every generation after `old` up to `new` was signed for by the one before: one reset between them and somebody else
        than the holder of `old` may hold `new`, though the last step looks continuous."""
        key = self.keys.get(new)
        while key is not None and key.gen > 0 and not key.reset and key.prev_kid is not None:
            if key.prev_kid == old:
                return True
            key = self.keys.get(key.prev_kid)
        return False

    def strangers(self, subject: bytes, own: Collection[bytes]) -> list[Key]:
        """Live keys in this person's name that are not among `own`, but for generations before the first of them, which were
        lost."""
        mine = [key.gen for kid in own if (key := self.keys.get(kid))]
        named = [key for key in self.keys_of(subject) if key.kid not in own and self.vouched(key.kid)]
        return [key for key in named if mine and key.gen > min(mine)]

    def trusted(self, authority: str, log_size: int | None = None) -> bool:
        """Listed by our authority, as of `log_size` (None: now). A listing also counts for what came before it, because each
        authority lists the others at its own pace; a delisting counts from its own leaf on, so that no past is lost."""
        public = self.roots.get(authority)
        if public is None or self.own_root is None or authority == self.own_authority:
            return public is not None
        limit, standing = self.size if log_size is None else log_size, None
        for index, trust in self.trust_lists:
            if index >= limit and standing is not None:
                break
            named = {code: status for code, listed, status in trust.roots if listed == public}.get(authority)
            standing = named if named is not None else None if standing is None else DELISTED
        return standing == TRUSTED

    def newest_build(self, release_key: bytes) -> Build | None:
        return next((build for _, build in reversed(self.builds) if build.public == release_key), None)

    def root_of(self, authority: str) -> bytes | None:
        """The root that is trusted now."""
        return self.roots[authority] if self.trusted(authority) else None

    def _expected_root(self, authority: str) -> bytes | None:
        """The only root that a sovereign replay takes for an authority: our own, or the one our newest list with it names."""
        if authority == self.own_authority:
            return self.own_root
        named = (public for _, trust in reversed(self.trust_lists) for code, public, _ in trust.roots if code == authority)
        return next(named, None)


def replay(leaves: Iterable[bytes], own_root: bytes | None = None) -> Directory:
    """A leaf that breaks a rule is recorded in `rejected` with its code and changes nothing.

    With `own_root` the trust lists are read first, because a root may be listed after its first certificates."""
    data = list(leaves)
    directory = Directory(own_root=own_root)
    if own_root is not None:
        _anchor(directory, data)
    return _run(directory, data)


def _anchor(directory: Directory, data: Sequence[bytes]) -> None:
    """Finds the own authority by its root, and its trust lists, before anything is judged."""
    parsed = [parsed_or_none(leaf) for leaf in data]
    own = (leaf.authority for leaf in parsed if isinstance(leaf, Root) and leaf.public == directory.own_root)
    directory.own_authority = next(own, None)
    for index, leaf in enumerate(parsed):
        last = directory.trust_lists[-1][1] if directory.trust_lists else None
        if isinstance(leaf, TrustList) and leaf.authority == directory.own_authority and _follows(leaf, last, directory.own_root):
            directory.trust_lists.append((index, leaf))


def parsed_or_none(leaf: bytes) -> certs.Leaf | None:
    """None: nothing that this version knows, which stops no reader of the log."""
    try:
        return certs.parse(leaf)
    except EnlaceError:
        return None


def _follows(trust: TrustList, last: TrustList | None, root: bytes | None) -> bool:
    """Signed by the root of its authority, and the next one after the last by number and by hash."""
    expected = (1, None) if last is None else (last.version + 1, sha256(last.signed))
    return (trust.version, trust.prev_hash) == expected and root is not None and verify(root, trust.signed, trust.signature)


def extend(directory: Directory, leaves: Iterable[bytes]) -> Directory:
    """Replays the next leaves of the log into `directory`, in place. Not for a sovereign directory: a new trust list may
    change what was said of older leaves, so that one is replayed whole."""
    if directory.own_root is not None:
        raise ValueError("a sovereign directory is replayed whole")
    return _run(directory, leaves)


def _run(directory: Directory, leaves: Iterable[bytes]) -> Directory:
    for leaf in leaves:
        try:
            apply(directory, leaf)
        except EnlaceError as error:
            directory.rejected[directory.size] = error.code
        directory.size += 1
    return directory


def apply(directory: Directory, leaf: bytes) -> None:
    """Takes one leaf as number `directory.size`, or raises EnlaceError `bad_leaf` and changes nothing."""
    parsed = certs.parse(leaf)
    if isinstance(parsed, Root):
        _apply_root(directory, parsed)
    elif isinstance(parsed, CertLeaf):
        _apply_cert(directory, parsed)
    elif isinstance(parsed, Revocation):
        _apply_revocation(directory, parsed)
    elif isinstance(parsed, Witness):
        _apply_witness(directory, parsed)
    elif isinstance(parsed, Build):
        _apply_build(directory, parsed)
    else:
        _apply_trust(directory, parsed)


def _apply_trust(directory: Directory, trust: TrustList) -> None:
    last, root = directory.trust_versions.get(trust.authority), directory.roots.get(trust.authority)
    if directory.own_root is not None and trust.authority == directory.own_authority:
        root = directory.own_root
    if not _follows(trust, last, root):
        raise EnlaceError("bad_leaf", "trust list does not follow, or is not signed by its root")
    directory.trust_versions[trust.authority] = trust


def _apply_root(directory: Directory, root: Root) -> None:
    if directory.own_root is not None and directory._expected_root(root.authority) != root.public:
        raise EnlaceError("bad_leaf", "a root that our authority does not list")
    if root.authority in directory.roots:
        raise EnlaceError("bad_leaf", "a second root of one authority")
    directory.roots[root.authority] = root.public


def _issuer_public(directory: Directory, cert: certs.Cert) -> bytes:
    """Focal points are certified by the root of their authority, all others by one of its live focal points."""
    root = directory.roots.get(cert.authority)
    if root is None:
        raise EnlaceError("bad_leaf", "no root of this authority")
    if cert.role == FOCAL:
        if cert.issuer_kid != certs.root_id(root):
            raise EnlaceError("bad_leaf", "a focal point not certified by its root")
        return root
    issuer = directory.keys.get(cert.issuer_kid)
    if issuer is None or issuer.role != FOCAL or issuer.authority != cert.authority or issuer.revoked_at is not None:
        raise EnlaceError("bad_leaf", "not certified by a live focal point of the same authority")
    return issuer.sig_pub


def _apply_cert(directory: Directory, leaf: CertLeaf) -> None:
    cert = leaf.cert
    if not verify(_issuer_public(directory, cert), leaf.signed, leaf.sig_issuer):
        raise EnlaceError("bad_leaf", "issuer's signature")
    known = directory.keys.get(cert.kid)
    if known is not None:
        renewal = (known.subject, known.authority, known.gen) == (cert.subject, cert.authority, cert.gen)
        if not renewal or known.revoked_at is not None or cert.exp <= known.exp:
            raise EnlaceError("bad_leaf", "not a renewal")
        roles = (*known.roles, (directory.size, cert.role))
        directory.keys[cert.kid] = replace(known, display=cert.display, role=cert.role, roles=roles, nbf=cert.nbf, exp=cert.exp)
        return
    if any(key.authority != cert.authority or key.gen >= cert.gen for key in directory.keys_of(cert.subject)):
        raise EnlaceError("bad_leaf", "a generation that does not follow")
    directory.keys[cert.kid] = Key(
        cert.kid,
        cert.authority,
        cert.subject,
        cert.display,
        cert.role,
        cert.kem_pub,
        cert.sig_pub,
        cert.gen,
        cert.prev_kid,
        cert.nbf,
        cert.exp,
        directory.size,
        cert.issuer_kid,
        reset=cert.gen > 0 and not signed_for(directory, cert, leaf.sig_prev),
        roles=((directory.size, cert.role),),
    )


def signed_for(directory: Directory, cert: certs.Cert | certs.Request, sig_prev: bytes | None) -> bool:
    """The newest key before named this one as its next; else a new generation is a key reset, which people must confirm."""
    previous = directory.keys.get(cert.prev_kid) if cert.prev_kid else None
    if previous is None or previous.subject != cert.subject or sig_prev is None:
        return False
    # Whoever stole a key can sign with it still, after it was revoked or replaced.
    if previous.revoked_at is not None or any(key.gen > previous.gen for key in directory.keys_of(cert.subject)):
        return False
    body = certs.continuation(previous.kid, cert.kid, cert.authority, cert.subject, cert.gen)
    return verify(previous.sig_pub, body, sig_prev)


def _apply_revocation(directory: Directory, revocation: Revocation) -> None:
    key, issuer = directory.keys.get(revocation.kid), directory.keys.get(revocation.issuer_kid)
    if key is None or issuer is None or key.revoked_at is not None:
        raise EnlaceError("bad_leaf", "nothing to revoke")
    by_itself = issuer.kid == key.kid
    by_focal = issuer.role == FOCAL and issuer.authority == key.authority and issuer.revoked_at is None
    if not (by_itself or by_focal) or not verify(issuer.sig_pub, revocation.signed, revocation.signature):
        raise EnlaceError("bad_leaf", "who revokes may not")
    directory.keys[key.kid] = replace(key, revoked_at=directory.size)


def _apply_witness(directory: Directory, witness: Witness) -> None:
    issuer = directory.keys.get(witness.issuer_kid)
    if issuer is None or issuer.role != FOCAL or issuer.authority != witness.authority or issuer.revoked_at is not None:
        raise EnlaceError("bad_leaf", "not a live focal point of this authority")
    if not verify(issuer.sig_pub, witness.signed, witness.signature):
        raise EnlaceError("bad_leaf", "signature")
    if witness.status == TRUSTED:
        directory.witnesses[witness.authority] = witness.public
    else:
        directory.witnesses.pop(witness.authority, None)


def _apply_build(directory: Directory, build: Build) -> None:
    """The releases of one key are one list, each naming the one before: none can be slipped in, left out or taken back."""
    last = directory.newest_build(build.public)
    if build.prev_hash != (sha256(last.signed) if last else None):
        raise EnlaceError("bad_leaf", "a build that does not follow the last one of its release key")
    directory.builds.append((directory.size, build))
