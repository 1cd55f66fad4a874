"""What the demo's sign-in page shows: its people with their secrets, and how far the making of the network is. Read from files
beside the demo database, which exist nowhere else."""

import base64
import binascii
import json
import time
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django_otp.oath import TOTP

from liaison.models import Authority, Officer


def _read(name: str) -> Any:
    try:
        return json.loads((settings.VAR_DIR / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def progress() -> dict[str, Any] | None:
    """{"done", "total", "what"} while the network is being made; None when it is complete."""
    state = _read("demo-progress.json")
    return state if isinstance(state, dict) and not state.get("complete") else None


def is_complete() -> bool:
    state = _read("demo-progress.json")
    return isinstance(state, dict) and state.get("complete") is True


def accounts() -> list[dict[str, Any]]:
    return _read("demo.json") or []


def people() -> list[dict[str, Any]]:
    """The accounts with today's one-time code, names in the active language; the Honduran desk first, officers before leads."""
    names = {row.pk: row.name for row in Authority.objects.all()} if get_language() else {}
    shown = [_shown(account, names) for account in accounts()]
    return sorted(shown, key=_order)


def _order(person: dict[str, Any]) -> tuple[bool, str, int]:
    roles = ("officer", "supervisor", "focal", "secretariat")
    place = roles.index(person["role"]) if person["role"] in roles else len(roles)
    return person["authority"] != "HN", str(person["authority_name"]), place


def _shown(account: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    role = Officer.ROLES.get(account["role"], account["role"])
    return account | {
        "authority_name": names.get(account["authority"], account["authority"]),
        "role_name": str(role),
        "code": code_now(account["username"], account["totp_secret"]),
    }


def code_now(username: str, secret: str) -> str:
    """The code the app would show, or the next one where this one was just used: codes work once."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    try:
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    except (binascii.Error, ValueError):
        return ""
    known = TOTPDevice.objects.filter(user__username=username).values_list("last_t", "drift").first()
    last, drift = known or (0, 0)  # a device that saw early codes expects early ones from then on
    now = int(time.time()) // 30
    oath = TOTP(key, 30, 0, 6)
    oath.time = max(now + drift, last + 1) * 30
    return f"{oath.token():06d}"
