"""An officer at work without a browser: join, sign in, unlock, verify, talk, work cases. Everything a browser can do goes
through the same doors; secrets stay in this process.

    ana = Enlace("http://localhost:8000")
    ana.signin("ana.zelaya", password, totp_secret)
    ana.unlock("seven words ...")
    room = ana.room(channel_id)
    room.post("Buenos días")
"""

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from client import totp
from client.b64 import b64u, unb64u
from client.http import Http
from client.log import Log
from client.rooms import Fields, Room, act_bytes, now_ms
from sealed import certs
from sealed.channel import channel_id_of
from sealed.errors import EnlaceError
from sealed.events import ACT, CONTROL, transcript_start
from sealed.keylog import Directory, Key
from sealed.open_channel import Keyring
from sealed.open_events import Author, control_body
from sealed.open_keys import (
    ARGON2,
    Identity,
    Vault,
    certify,
    make_request,
    make_revocation,
    new_recovery_code,
    open_slot,
    open_vault,
    parse_recovery_code,
    passphrase_words,
    seal_passphrase_slot,
    seal_recovery_slot,
    show_recovery_code,
    vault_counter,
)
from sealed.open_suite import random_bytes
from sealed.replica import Told

YEAR = 365 * 24 * 3600
HOLD_OFF = 1.2  # s


@dataclass
class Account:
    """What a person writes down after joining. Held by tests and the demo; a real officer keeps it on paper."""

    username: str
    password: str
    totp_secret: str
    passphrase: str = ""
    recovery_code: str = ""
    codes: list[str] = field(default_factory=list)


class Enlace:
    def __init__(self, base_url: str, *, language: str = "es") -> None:
        self.http = Http(base_url, language=language)
        self.log = Log(self.http)
        self.argon2 = ARGON2  # what guessing the passphrase of a new slot costs
        self.vault: Vault | None = None
        self.vault_key = b""
        self.me: dict[str, Any] = {}
        self._log_lock = threading.Lock()

    # --- Signing in --------------------------------------------------------------------------------------------------

    def join(self, token: str, password: str, *, language: str = "es") -> Account:
        """Takes an invitation: password and second factor. Leaves this client signed in, without keys yet."""
        account = self.http.post(f"/api/join/{token}/account", {"password": password, "language": language})
        who = self.http.get(f"/api/join/{token}")
        secret = account["totp_secret"]
        answer = self._first_code(token, secret)
        self._read_me()
        return Account(who["username"], password, secret, codes=answer["recovery_codes"])

    def _first_code(self, token: str, secret: str) -> dict[str, Any]:
        """The code of the step before is still accepted and leaves the current one unused for the next sign-in. Where the step
        changes on the way, that code is too old on arrival and the one after it is right."""
        path = f"/api/join/{token}/otp"
        try:
            return self.http.post(path, {"code": totp.code_at(secret, totp.step_now() - 1)})
        except EnlaceError as error:
            if error.code != "wrong_code":
                raise
        return self.http.post(path, {"code": totp.code_at(secret, totp.step_now() - 1)})

    def signin(self, username: str, password: str, totp_secret: str) -> None:
        """Both factors. Codes work once: where this process used the current one, the next is taken, after a wait if need be."""
        self.http.post("/api/signin", {"username": username, "password": password})
        self._give_code("/api/signin/otp", totp_secret)
        self._read_me()

    def signin_with(self, username: str, password: str, code: str) -> None:
        """The same with a code somebody typed: six digits, or a recovery code."""
        self.http.post("/api/signin", {"username": username, "password": password})
        self.http.post("/api/signin/otp", {"code": code})
        self._read_me()

    def step_up(self, totp_secret: str) -> None:
        """Gives a fresh code for what asks for one."""
        self._give_code("/api/me/step-up", totp_secret)

    def _give_code(self, path: str, totp_secret: str) -> None:
        for attempt in range(3):
            try:
                self.http.post(path, {"code": totp.fresh_code(totp_secret)})
                return
            except EnlaceError as error:
                if error.code != "wrong_code" or attempt == 2:
                    raise
                time.sleep(HOLD_OFF)  # another process used this code; the host answers the next try only after a moment

    def signout(self) -> None:
        self.http.session.post("/signout/", headers={"X-CSRFToken": self.http._csrf()})
        self.vault, self.vault_key = None, b""

    def _read_me(self) -> None:
        self.me = self.http.get("/api/me")

    @property
    def directory(self) -> Directory:
        return self.log.directory

    @property
    def officer(self) -> dict[str, Any]:
        return self.me["officer"]

    @property
    def identity(self) -> Identity:
        """The newest key that the authority vouches for: one made since waits for its focal point. Before any is, the newest."""
        own = self.identities
        return next((one for one in own if self.directory.vouched(one.kid)), own[0])

    @property
    def identities(self) -> list[Identity]:
        """Of every generation, the newest first."""
        return self._open_vault().identities

    # --- Keys ------------------------------------------------------------------------------------------------------------

    def make_keys(self, account: Account, own_root: bytes, *, language: str = "es") -> None:
        """First keys of a person, or new ones after vault, words and code were all lost: then they are a key reset, which a
        colleague confirms in each channel. `own_root`: the root of the own authority as it stands on the onboarding sheet,
        never as the host says."""
        self._read_me()
        stored = vault_counter(unb64u(self.me["vault"])) if self.me["vault"] else 0
        vault = Vault(unb64u(self.officer["subject"]), stored, [], own_root)
        if stored:
            self.log.sync(own_root)
        self._new_generation(vault, account, language)

    def renew_keys(self, account: Account, *, language: str = "es") -> None:
        """A new key after the one in use, which names it as its next, in a vault with new words and code: whoever has the old
        ones opens nothing of it. Needs a fresh code of the app (`step_up`). It counts when the focal point has vouched for it;
        then `move_keys`."""
        self.sync()
        self._new_generation(self._open_vault(), account, language)

    def _new_generation(self, vault: Vault, account: Account, language: str) -> None:
        known = [key.gen for key in self.directory.keys_of(vault.subject)]
        gen = max([*known, *(gen for gen, _ in vault.seeds), -1]) + 1
        seeds, vault_key, code = [*vault.seeds, (gen, random_bytes(32))], random_bytes(32), new_recovery_code()
        account.passphrase, account.recovery_code = " ".join(passphrase_words(language=language)), show_recovery_code(code)
        made = replace(vault, seeds=seeds, counter=vault.counter + 1)
        slots = [
            {"slot": b64u(seal_passphrase_slot(account.passphrase, vault_key, self.argon2)), "name": ""},
            {"slot": b64u(seal_recovery_slot(code, vault_key)), "name": ""},
        ]
        self.http.put("/api/me/vault", {"vault": b64u(made.seal(vault_key)), "slots": slots})
        self.vault, self.vault_key = made, vault_key
        self.ask_for_certificate()

    def certificate_request(self) -> bytes:
        """For the newest key, named by the one in use where there is one; the same again renews what runs out."""
        role = certs.ROLES[self.officer["role"]]
        subject, name = unb64u(self.officer["subject"]), self.officer["name"]
        gen, newest = max(self._open_vault().seeds)[0], self.identities[0]
        previous = None if self.identity.kid == newest.kid or self.directory.revoked(self.identity.kid) else self.identity
        return make_request(newest, self.officer["authority"], subject, name, role, gen, previous)

    def ask_for_certificate(self) -> None:
        self.http.post("/api/me/certificate-request", {"request": b64u(self.certificate_request())})

    def unlock(self, secret: str, *, kept: bytes | None = None) -> None:
        """Opens the vault with the passphrase or the recovery code. `kept`: the copy of the vault that this machine kept, b""
        where it never had one. Raises `bad_passphrase`; `vault_rollback` for an older vault than that copy; `wrong_vault` where
        the keys are not those that the authority vouched for; `witness_stale` where a machine without memory has nobody else to
        ask whether all this is yesterday's."""
        self._read_me()
        if not self.me["vault"]:
            raise EnlaceError("bad_vault", "none stored")
        self.vault_key = self._vault_key(secret)
        vault = open_vault(unb64u(self.me["vault"]), self.vault_key)
        if vault.subject != unb64u(self.officer["subject"]):
            raise EnlaceError("wrong_vault")
        seen = _opened_copy(kept, vault) if kept else None
        if seen:
            vault.remember(seen)
        self.vault = vault
        try:
            self._refuse_stale(forgetful=kept is not None and seen is None)
        except EnlaceError:
            self.vault = None
            raise

    def _refuse_stale(self, *, forgetful: bool) -> None:
        vault = self._open_vault()
        self.sync()
        known = self.directory.keys_of(vault.subject)
        own = {one.kid for one in vault.identities} & {key.kid for key in known}
        waits = all(key.gen < max(vault.seeds)[0] for key in known)  # after all was lost, for the focal point
        if self.directory.current(vault.subject) is not None and not own and not waits:
            raise EnlaceError("wrong_vault")
        if forgetful and self.log.witness_stale:
            raise EnlaceError("witness_stale")

    def strangers(self) -> list[Key]:
        """Keys that were issued in this officer's name and are not in the vault."""
        vault = self._open_vault()
        return self.directory.strangers(vault.subject, {one.kid for one in vault.identities})

    def _open_vault(self) -> Vault:
        if self.vault is None:
            raise EnlaceError("locked")
        return self.vault

    def _vault_key(self, secret: str) -> bytes:
        try:
            code: str | bytes = parse_recovery_code(secret)
        except EnlaceError:
            code = secret
        for row in self.me["slots"]:
            key = open_slot(unb64u(row["slot"]), code)
            if key is not None:
                return key
        raise EnlaceError("bad_passphrase")

    def save_pins(self) -> None:
        """Stores the vault anew with what was pinned since."""
        vault = self._open_vault()
        vault.counter += 1
        self.http.put("/api/me/vault", {"vault": b64u(vault.seal(self.vault_key))})

    # --- The key log ---------------------------------------------------------------------------------------------------------

    def sync(self) -> Directory:
        """The newest key log, held against what the vault pins (client/log.py)."""
        with self._log_lock:
            return self._synced()

    def fresh(self) -> Directory:
        """The directory as it was at most a few seconds ago."""
        with self._log_lock:
            return self.directory if self.log.fresh else self._synced()

    def _synced(self) -> Directory:
        if self.vault is None:
            self.log.sync()
        else:
            self.vault.checkpoint = self.log.sync(self.vault.own_root, self.vault.checkpoint)
        return self.directory

    def hear(self, told: Told) -> None:
        """What the author of a message says of the key log. Raises `log_shrunk` or `log_forked` where the host shows two."""
        if told[0] > self.directory.size:
            self.sync()
        self.log.hear(told)

    def key(self, kid: bytes, *, entering: bool = True) -> Key:
        """A key that may be sealed to now. `entering`: by somebody who has no part in it yet. Raises `not_vouched`,
        `key_expired`."""
        found = self.directory.key(kid)
        if found is None:
            found = self.sync().key(kid)
        if found is None or not self.directory.vouched(kid):
            raise EnlaceError("not_vouched")
        if entering and found.exp < time.time():
            raise EnlaceError("key_expired")
        return found

    def people(self) -> list[dict[str, Any]]:
        return self.http.get("/api/directory")["officers"]

    def vouch(self, request_row: dict[str, Any], *, years: int = 2) -> int:
        """As a focal point: signs the certificate of a request whose fingerprint was compared. -> index in the key log."""
        request = certs.parse_request(unb64u(request_row["request"]))
        now = int(time.time())
        leaf = certify(request, self.identity.sig_seed, self.identity.kid, now - 60, now + years * YEAR)
        return int(self.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})["index"])

    def revoke(self, kid: bytes, reason: int = 0) -> int:
        """As a focal point, or for a key of one's own, which signs for itself. -> index in the key log."""
        by = next((one for one in self.identities if one.kid == kid), self.identity)
        leaf = make_revocation(kid, by.sig_seed, by.kid, reason, now_ms())
        return int(self.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})["index"])

    def move_keys(self, *, not_mine_since: datetime | None = None) -> dict[str, str | None]:
        """Puts the newest key in the place of the earlier one in every channel, with a new epoch. `not_mine_since`: what the
        earlier key wrote from then on is disowned. -> {channel: None, or the code why not: `not_confirmed` after a key
        reset}."""
        self.sync()
        return {row["id"]: self._moved(row["id"], not_mine_since) for row in self.channels()}

    def _moved(self, channel: str, not_mine_since: datetime | None) -> str | None:
        try:
            self.room(channel).take_own_place(not_mine_since)
        except EnlaceError as error:
            return error.code
        return None

    # --- Channels ----------------------------------------------------------------------------------------------------------

    def channels(self) -> list[dict[str, Any]]:
        return self.http.get("/api/channels")["channels"]

    def room(self, channel_id: str) -> Room:
        """The channel, verified from its first event and opened."""
        return Room(self, unb64u(channel_id)).load()

    def create_channel(self, kind: str, members: dict[bytes, str], title: str = "", topic: str = "") -> Room:
        """`members` {kid: role} besides oneself, who becomes coordinator. Every key is checked against the own trust list."""
        room, wires, grants = self._founded(kind, members)
        if title:
            wires.append(room.sealed_wire(1, ["title", title, topic]))
        self.http.post("/api/channels", {"wires": [b64u(w) for w in wires], "grants": grants})
        return room.founded(wires)

    def _founded(self, kind: str, members: dict[bytes, str]) -> tuple[Room, list[bytes], list[list[str]]]:
        """A new channel in memory: its genesis is made and applied, not yet sent."""
        self.fresh()
        own = self.identity
        everyone = {own.kid: "o", **{kid: role for kid, role in members.items() if kid != own.kid}}
        keys = {kid: (own.kem_pub if kid == own.kid else self.key(kid).kem_pub) for kid in everyone}
        genesis = ["genesis", secrets.token_bytes(16), [1, 0, kind, False], [[kid, role] for kid, role in everyone.items()]]
        channel_id = channel_id_of(genesis)
        room = Room(self, channel_id)
        ring = Keyring(own, channel_id)
        new_epoch, grants = ring.new_epoch(0, keys)
        room.ring = ring
        body = control_body(self.directory.size, [genesis], new_epoch)
        wire = room.author.clear(channel_id, 0, CONTROL, 0, room.state.head_t, now_ms(), body)
        room.foresee(wire)
        return room, [wire], [[b64u(kid), b64u(grant)] for kid, grant in grants.items()]

    # --- Cases ---------------------------------------------------------------------------------------------------------------

    def open_case(self, opening: dict[str, Any], records: Sequence[tuple[str, Fields]], members: dict[bytes, str]) -> Room:
        """`opening` the fields of the act case.open (kind, code, handling, desk, persons); `records` [(ref, [(field, value)])]
        are sealed. One request: nothing is half-opened."""
        room, wires, grants = self._founded("case", members)
        wires.append(room.act_wire({"act": "case.open", "v": 1, **opening}))
        wires += [room.record_wire(ref, fields) for ref, fields in records]
        self.http.post("/api/cases", {"wires": [b64u(w) for w in wires], "grants": grants})
        room.code = opening["code"]
        return room.founded(wires)

    def cases(self, **filters: Any) -> list[dict[str, Any]]:
        return self.http.get("/api/cases", **filters)["cases"]

    def case(self, code: str) -> dict[str, Any]:
        return self.http.get(f"/api/cases/{code}")

    def answer_referral(
        self,
        code: str,
        referral: str,
        *,
        accept: bool,
        officers: Sequence[bytes] = (),
        reason: str = "",
        place: tuple[str, int] | None = None,
    ) -> None:
        """As an officer of the desk asked, who is not in the channel yet: a signed reply (docs/adr/0001). `referral`: the id of
        the act that proposed it; `officers` who join, oneself by default; `place` (channel id, epoch) where it is known."""
        channel, epoch = place or self._place_of(code)
        body: dict[str, Any] = {"act": "referral.accept" if accept else "referral.decline", "v": 1, "reply_to": referral}
        if accept:
            body["officers"] = [b64u(kid) for kid in (officers or [self.identity.kid])]
        else:
            body["reason"] = reason
        channel_id = unb64u(channel)
        author = Author(self.identity, random_bytes(8))
        wire = author.clear(channel_id, epoch, ACT, 0, transcript_start(channel_id), now_ms(), act_bytes(body))
        self.http.post(f"/api/channels/{channel}/events", {"wires": [b64u(wire)], "grants": []})

    def _place_of(self, code: str) -> tuple[str, int]:
        channel = self.case(code)["case"]["channel"]
        return channel, int(self.http.get(f"/api/channels/{channel}")["epoch"])


def _opened_copy(kept: bytes, vault: Vault) -> Vault | None:
    """None: of keys that were all lost since. Then this machine remembers nothing of the new ones."""
    try:
        return open_vault(kept, vault.local_key)
    except EnlaceError:
        return None
