"""What the command line keeps between two commands, in files that only their owner reads: the session, and a copy of the sealed
vault whose pins a hostile host must not be able to reset. The passphrase is never kept."""

import json
import os
from pathlib import Path
from typing import Any

from client.enlace import Enlace
from sealed.errors import EnlaceError
from sealed.suite import sha256


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
        """Opens the host's vault; one that is older than the copy kept here is refused, and the pins kept here go on counting."""
        path = self.folder / "vault"
        enlace.unlock(secret, kept=path.read_bytes() if path.exists() else b"")

    def keep_proof(self, proof: dict[str, Any]) -> Path:
        """What a host signed against itself, for the focal point. -> where it lies now."""
        data = json.dumps(proof).encode()
        name = f"proof-{sha256(data).hex()[:12]}.json"
        self._write(name, data)
        return self.folder / name

    def keep_vault(self, enlace: Enlace) -> None:
        if enlace.vault is not None:
            self._write("vault", enlace.vault.seal(enlace.vault.local_key))
