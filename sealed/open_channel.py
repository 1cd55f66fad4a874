"""The keyring of a channel: epoch secrets got from grants, and grants made for others (docs/protocol.md 5.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sealed import cbor
from sealed.channel import ChannelState, GrantRef
from sealed.errors import EnlaceError
from sealed.events import Event
from sealed.open_events import epoch_commit, open_told
from sealed.open_keys import Identity
from sealed.open_suite import hpke_open, hpke_seal, random_bytes
from sealed.replica import Told
from sealed.suite import sha256


def new_epoch_secret() -> bytes:
    return random_bytes(32)


def make_grant(channel_id: bytes, granter: bytes, recipient: bytes, kem_pub: bytes, secrets: Mapping[int, bytes]) -> bytes:
    """Seals epoch secrets {epoch: secret} to one member."""
    info = cbor.encode(["enl1.grant", channel_id, granter, recipient])
    return hpke_seal(kem_pub, info, cbor.encode([[epoch, secret] for epoch, secret in sorted(secrets.items())]))


def open_grant(identity: Identity, channel_id: bytes, granter: bytes, blob: bytes) -> dict[int, bytes]:
    """-> {epoch: secret}. Raises EnlaceError `bad_grant`."""
    info = cbor.encode(["enl1.grant", channel_id, granter, identity.kid])
    try:
        rows = cbor.decode(hpke_open(identity.kem_seed, info, blob))
    except EnlaceError:
        raise EnlaceError("bad_grant") from None
    if not isinstance(rows, list) or not all(map(_is_secret_of_an_epoch, rows)):
        raise EnlaceError("bad_grant")
    return dict(rows)


def _is_secret_of_an_epoch(row: Any) -> bool:
    """Exactly [epoch, 32 bytes]: a number in place of the secret would be taken for so many zeros."""
    formed = isinstance(row, list) and len(row) == 2 and type(row[0]) is int and isinstance(row[1], bytes)
    return formed and len(row[1]) == 32


class Keyring:
    """The epoch secrets one officer holds in one channel. Nothing enters unchecked against hash and commitment."""

    def __init__(self, identity: Identity, channel_id: bytes, older: Iterable[Identity] = ()) -> None:
        """`identity` grants; `older` are earlier keys of the same officer, to which something may have been granted."""
        self.identity, self.channel_id = identity, channel_id
        self.own = {one.kid: one for one in (identity, *older)}
        self.secrets: dict[int, bytes] = {}

    def take(self, state: ChannelState, grant: GrantRef, blob: bytes) -> None:
        """Opens one grant announced in a signed event. Raises `bad_grant` (hash, seal) or `wrong_commit`."""
        if sha256(blob) != grant.hash or grant.kid not in self.own:
            raise EnlaceError("bad_grant")
        opened = open_grant(self.own[grant.kid], self.channel_id, grant.granter, blob)
        if set(opened) != set(range(grant.first, grant.last + 1)):
            raise EnlaceError("bad_grant")
        for epoch, secret in opened.items():
            commit = state.commits.get(epoch)
            if commit is None or epoch_commit(secret, self.channel_id, epoch) != commit:
                raise EnlaceError("wrong_commit")
        self.secrets |= opened

    def take_all(self, state: ChannelState, blobs: Iterable[tuple[int, bytes]]) -> list[tuple[GrantRef, str]]:
        """`blobs`: (n of the granting event, grant). -> the grants that did not verify, with the code why.

        A bad grant does not stop the others: the same epochs may be granted again by somebody honest."""
        by_hash = {(n, sha256(blob)): blob for n, blob in blobs}
        failed = []
        for grant in state.grants_for(*self.own):
            if self.holds(grant):
                continue
            blob = by_hash.get((grant.n, grant.hash))
            if blob is None:
                failed.append((grant, "missing_epoch_key"))
                continue
            try:
                self.take(state, grant, blob)
            except EnlaceError as error:
                failed.append((grant, error.code))
        return failed

    def holds(self, grant: GrantRef) -> bool:
        """Every secret that this grant gives, from it or from another."""
        return all(epoch in self.secrets for epoch in range(grant.first, grant.last + 1))

    def secret(self, epoch: int) -> bytes:
        if epoch not in self.secrets:
            raise EnlaceError("missing_epoch_key")
        return self.secrets[epoch]

    def open(self, event: Event) -> Any:
        return self.open_told(event)[0]

    def open_told(self, event: Event) -> tuple[Any, Told | None]:
        """-> (body, what its author says of the key log)."""
        return open_told(event, self.secret(event.epoch))

    def grant_to(self, recipient: bytes, kem_pub: bytes, first: int, last: int) -> bytes:
        """A history grant of epochs first..last. Raises `missing_epoch_key` for an epoch this keyring lacks."""
        chosen = {epoch: self.secret(epoch) for epoch in range(first, last + 1)}
        return make_grant(self.channel_id, self.identity.kid, recipient, kem_pub, chosen)

    def new_epoch(
        self, epoch: int, members: Mapping[bytes, bytes]
    ) -> tuple[tuple[int, bytes, list[tuple[bytes, bytes]]], dict[bytes, bytes]]:
        """`members` {kid: kem_pub}. -> (new_epoch of a control body, {kid: grant}); the secret is kept in this ring."""
        secret = new_epoch_secret()
        self.secrets[epoch] = secret
        granter = self.identity.kid
        grants = {kid: make_grant(self.channel_id, granter, kid, kem, {epoch: secret}) for kid, kem in members.items()}
        recipients = [(kid, sha256(grant)) for kid, grant in sorted(grants.items())]
        return (epoch, epoch_commit(secret, self.channel_id, epoch), recipients), grants
