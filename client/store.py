"""What the command line keeps between two commands, in files that only their owner reads: the session, and a copy of the sealed
vault whose pins a hostile host must not be able to reset. The passphrase is never kept."""

import json
import os
from pathlib import Path
from typing import Any

from client.enlace import Enlace
from sealed.errors import EnlaceError
from sealed.open_keys import open_vault, vault_counter


def home() -> Path:
    """ENLACE_HOME, or enlace/ in the user's configuration folder."""
    given = os.environ.get("ENLACE_HOME")
    return Path(given) if given else Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "enlace"


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _write(self, name: str, data: bytes) -> None:
        """Never readable by others, not even while it is written."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.folder / f"{name}.new"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        beside.replace(self.folder / name)

    def keep_session(self, enlace: Enlace) -> None:
        session = {"url": enlace.http.base_url, "cookies": enlace.http.cookies()}
        self._write("session.json", json.dumps(session).encode())

    def session(self) -> Enlace:
        """The signed-in client of the last `enlace login`. Raises `sign_in_again`."""
        try:
            kept: dict[str, Any] = json.loads((self.folder / "session.json").read_bytes())
        except (OSError, ValueError):
            raise EnlaceError("sign_in_again") from None
        enlace = Enlace(kept["url"])
        enlace.http.take_cookies(kept["cookies"])
        return enlace

    def forget(self) -> None:
        (self.folder / "session.json").unlink(missing_ok=True)

    def unlock(self, enlace: Enlace, secret: str) -> None:
        """Opens the host's vault and refuses one that is older than the copy here. The pins kept here go on counting."""
        enlace.unlock(secret)
        path = self.folder / "vault"
        if not path.exists() or enlace.vault is None:
            return
        kept = path.read_bytes()
        if vault_counter(kept) > enlace.vault.counter:
            raise EnlaceError("vault_rollback")
        mine = open_vault(kept, enlace.vault_key)
        enlace.vault.heads = mine.heads | enlace.vault.heads if vault_counter(kept) < enlace.vault.counter else mine.heads
        if mine.checkpoint and (enlace.vault.checkpoint is None or mine.checkpoint[0] > enlace.vault.checkpoint[0]):
            enlace.vault.checkpoint = mine.checkpoint

    def keep_vault(self, enlace: Enlace) -> None:
        if enlace.vault is not None:
            self._write("vault", enlace.vault.seal(enlace.vault_key))
