"""What a sign-in password and a user name may be."""

import base64
import re
import unicodedata
from typing import Any
from urllib.parse import quote

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liaison.models import Officer
from sealed.errors import EnlaceError

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
LONGEST = 256
SHORTEST_WORD = 4


class ContextValidator:
    """Refuses passwords made of what everybody knows: the product, the network, the person's own names."""

    WORDS = ("enlace", "conferencia regional", "migracion")

    def validate(self, password: str, user: Any = None) -> None:
        plain = _plain(password)
        names = f"{getattr(user, 'username', '')} {getattr(user, 'name', '')}"
        own = [word for word in re.split(r"[\s._-]+", _plain(names)) if len(word) >= SHORTEST_WORD]
        for word in (*self.WORDS, *own):
            plain = plain.replace(word, "")
        if len(plain.strip()) < 10:
            raise ValidationError(_("This password says little more than names that everybody knows."), code="context")

    def get_help_text(self) -> str:
        return _("Do not build it from your own name or the name of this network.")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def check(password: str, officer: Officer) -> None:
    """Raises EnlaceError `weak_password` with the reasons in the reader's language."""
    if len(password) > LONGEST:
        raise EnlaceError("weak_password", fields={"password": _("At most 256 characters.")})
    try:
        password_validation.validate_password(password, officer)
    except ValidationError as error:
        raise EnlaceError("weak_password", fields={"password": " ".join(error.messages)}) from None


def check_name(username: str) -> None:
    """Plain letters only: a Cyrillic "а" in a user name is somebody pretending to be somebody else."""
    if not USERNAME.fullmatch(username):
        text = _("Use 3 to 40 plain letters, digits, dots or dashes, and begin with a letter or digit.")
        raise EnlaceError("bad_request", fields={"username": text})


def otpauth(username: str, secret: str) -> str:
    """The address that a code app opens or scans."""
    return f"otpauth://totp/{quote(f'Enlace:{username}')}?secret={secret}&issuer=Enlace"


def base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")
