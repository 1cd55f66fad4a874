"""The files that a host serves beside its pages, as this package holds them: `enlace open` serves from here, `enlace verify-site`
compares with it. Made by scripts/served.py (docs/adr/0022)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sealed.errors import EnlaceError

FORMAT = "enlace-site/1"
PACKAGED = Path(__file__).with_name("served")


@dataclass(frozen=True)
class Manifest:
    """`data`: its bytes, whose SHA-256 stands in the key log. `files`: {"/static/...": SHA-256 in hex}. `csp`: the policy of
    every page."""

    data: bytes
    version: str
    csp: str
    files: Mapping[str, str]

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.data).digest()

    @classmethod
    def parse(cls, data: bytes) -> "Manifest":
        """Raises EnlaceError `no_pages` for anything but a manifest."""
        try:
            told = json.loads(data)
            if told["format"] != FORMAT:
                raise ValueError(told["format"])
            return cls(data, str(told["version"]), str(told["csp"]), dict(told["files"]))
        except (ValueError, KeyError, TypeError):
            raise EnlaceError("no_pages") from None


@dataclass(frozen=True)
class Site:
    """`leaf`: the manifest as the key log announces it, signed by the release key; None in a package that was not released."""

    folder: Path
    manifest: Manifest
    leaf: bytes | None

    @classmethod
    def of_this_package(cls) -> "Site":
        return cls.read(PACKAGED)

    @classmethod
    def read(cls, folder: Path) -> "Site":
        try:
            data = (folder / "manifest.json").read_bytes()
        except OSError:
            raise EnlaceError("no_pages") from None
        leaf = folder / "build.leaf"
        return cls(folder, Manifest.parse(data), leaf.read_bytes() if leaf.exists() else None)

    def file(self, path: str) -> bytes | None:
        """What the manifest names `path`; None where it names nothing so. Raises `no_pages` where a file is not as it says."""
        if path not in self.manifest.files:
            return None
        try:
            data = (self.folder / path.lstrip("/")).read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != self.manifest.files[path]:
            raise EnlaceError("no_pages", path)
        return data
