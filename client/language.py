"""The language of a person, where this package speaks to them: sentences of errors come from the catalogues of its pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from client.site import Site
from sealed.errors import EnlaceError

KNOWN = ("es", "en", "fr")


@dataclass(frozen=True)
class Language:
    code: str
    sentences: Mapping[str, object]

    def say(self, english: str) -> str:
        found = self.sentences.get(english)
        return found if isinstance(found, str) and found else english

    @classmethod
    def of(cls, accepted: str, site: Site) -> "Language":
        """`accepted`: an Accept-Language header, or LANG. The first that Enlace speaks, else Spanish."""
        wished = (part.strip()[:2].lower() for part in accepted.split(","))
        code = next((one for one in wished if one in KNOWN), KNOWN[0])
        try:
            text = (site.file(f"/static/build/i18n/{code}.js") or b"").decode()
            return cls(code, json.loads(text.removeprefix("globalThis.enlaceCatalogue=").removesuffix(";\n")))
        except (EnlaceError, ValueError):
            return cls(code, {})
