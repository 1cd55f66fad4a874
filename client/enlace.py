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
from dataclasses import dataclass, field
from typing import Any

from client import totp
from client.b64 import b64u, unb64u
from client.http import Http
from client.rooms import Fields, Room, act_bytes, now_ms
from sealed import certs, keylog, merkle
from sealed.channel import channel_id_of
from sealed.errors import EnlaceError
from sealed.events import ACT, CONTROL, transcript_start
from sealed.keylog import Directory, Key
from sealed.open_channel import Keyring
from sealed.open_events import Author, control_body
from sealed.open_keys import (
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
)
from sealed.open_suite import random_bytes

YEAR = 365 * 24 * 3600
HOLD_OFF = 1.2  # s
FRESH = 5.0  # s


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
        self.directory = Directory()
        self.leaves: list[bytes] = []
        self.vault: Vault | None = None
        self.vault_key = b""
        self.me: dict[str, Any] = {}
        self._log_lock = threading.Lock()
        self._synced = -FRESH

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
    def officer(self) -> dict[str, Any]:
        return self.me["officer"]

    @property
    def identity(self) -> Identity:
        if self.vault is None:
            raise EnlaceError("locked")
        return self.vault.identity

    # --- Keys ------------------------------------------------------------------------------------------------------------

    def make_keys(self, account: Account, own_root: bytes, *, language: str = "es") -> None:
        """First keys of a person: seed, seven words, recovery code, vault, request. `own_root`: the root of the own authority as
        it stands on the onboarding sheet, never as the host says."""
        identity = Identity.create()
        self.vault_key = random_bytes(32)
        account.passphrase = " ".join(passphrase_words(language=language))
        code = new_recovery_code()
        account.recovery_code = show_recovery_code(code)
        self.vault = Vault(unb64u(self.officer["subject"]), 1, [(0, identity.user_seed)], own_root)
        slots = [
            {"slot": b64u(seal_passphrase_slot(account.passphrase, self.vault_key)), "name": ""},
            {"slot": b64u(seal_recovery_slot(code, self.vault_key)), "name": ""},
        ]
        self.http.put("/api/me/vault", {"vault": b64u(self.vault.seal(self.vault_key)), "slots": slots})
        self.ask_for_certificate()

    def certificate_request(self) -> bytes:
        role = certs.ROLES[self.officer["role"]]
        subject, name = unb64u(self.officer["subject"]), self.officer["name"]
        return make_request(self.identity, self.officer["authority"], subject, name, role)

    def ask_for_certificate(self) -> None:
        self.http.post("/api/me/certificate-request", {"request": b64u(self.certificate_request())})

    def unlock(self, secret: str) -> None:
        """Opens the vault with the passphrase or the recovery code. Raises `bad_passphrase`, or `wrong_vault` where the vault is
        not the one whose key the authority vouched for."""
        self._read_me()
        if not self.me["vault"]:
            raise EnlaceError("bad_vault", "none stored")
        self.vault_key = self._vault_key(secret)
        vault = open_vault(unb64u(self.me["vault"]), self.vault_key)
        if vault.subject != unb64u(self.officer["subject"]):
            raise EnlaceError("wrong_vault")
        self.vault = vault
        self.sync()
        key = self.directory.current(vault.subject)
        if key is not None and key.kid not in {Identity(seed).kid for _, seed in vault.seeds}:
            self.vault = None
            raise EnlaceError("wrong_vault")

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
        if self.vault is None:
            raise EnlaceError("locked")
        self.vault.counter += 1
        self.http.put("/api/me/vault", {"vault": b64u(self.vault.seal(self.vault_key))})

    # --- The key log ---------------------------------------------------------------------------------------------------------

    def sync(self) -> Directory:
        """Fetches new leaves, refuses a log that lost or changed what was pinned, replays it under the own root."""
        with self._log_lock:
            self._synced = time.monotonic()
            return self._sync()

    def fresh(self) -> Directory:
        """The directory as it was at most a few seconds ago: a revocation is a matter of minutes, not of milliseconds."""
        return self.directory if time.monotonic() - self._synced < FRESH else self.sync()

    def _sync(self) -> Directory:
        own_root = self.vault.own_root if self.vault else None
        answer = self.http.get("/api/keylog", **{"from": len(self.leaves)})
        if answer["size"] < len(self.leaves):
            raise EnlaceError("keylog_rollback")
        if not answer["leaves"] and self.directory.size == len(self.leaves) and self.directory.own_root == own_root:
            return self.directory
        self.leaves += [unb64u(leaf) for leaf in answer["leaves"]]
        hashes = [merkle.leaf_hash(leaf) for leaf in self.leaves]
        if self.vault and self.vault.checkpoint:
            size, root = self.vault.checkpoint
            if size > len(hashes) or merkle.tree_root(hashes[:size]) != root:
                raise EnlaceError("keylog_rollback")
        self.directory = keylog.replay(self.leaves, own_root)
        if self.vault:
            self.vault.checkpoint = (len(hashes), merkle.tree_root(hashes))
        return self.directory

    def key(self, kid: bytes) -> Key:
        """A key that may be sealed to now. Raises `not_vouched`."""
        found = self.directory.key(kid)
        if found is None:
            found = self.sync().key(kid)
        if found is None or not self.directory.vouched(kid) or found.exp < time.time():
            raise EnlaceError("not_vouched")
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
        leaf = make_revocation(kid, self.identity.sig_seed, self.identity.kid, reason, now_ms())
        return int(self.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})["index"])

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
