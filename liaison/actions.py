"""The write door of the network: one verb, one function, one transaction."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from liaison import audit, keys, sessions
from liaison.models import (
    Appointment,
    Authority,
    CertificateRequest,
    Invitation,
    Officer,
    Organization,
    Post,
    RecoveryCode,
    Slot,
    Vault,
)
from liaison.names import b64u
from liaison.signin import passwords
from sealed import certs, keylog
from sealed.errors import EnlaceError

INVITATION_LIFE = timedelta(hours=24)
RECOVERY_CODES = 10
PASSPHRASE = 1  # the type of the slot that no vault is without
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def _hash(secret: str) -> str:
    """For random secrets of 60 bits and more, which nobody can guess offline: a plain digest suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- Invitations and joining -------------------------------------------------------------------------------------------


@transaction.atomic
def invite(by: Officer | None, authority: Authority | None, person: dict[str, Any]) -> tuple[Officer, str]:
    """Makes the account without a password and its single-use token. `person` {username, name, role, languages, posts:
    [(Post, network, function)], organization}. -> (officer, token)."""
    passwords.check_name(person["username"])
    try:
        with transaction.atomic():
            officer = Officer.objects.create_officer(
                person["username"],
                None,
                name=person["name"],
                authority=authority,
                organization=person.get("organization"),
                role=person["role"],
                languages=person.get("languages", []),
                language=(person.get("languages") or ["es"])[0],
            )
    except IntegrityError:
        raise EnlaceError("bad_request", fields={"username": _("This user name is taken.")}) from None
    for post, network, function in person.get("posts", []):
        Appointment.objects.create(officer=officer, post=post, network=network, function=function)
    audit.record(by, "invite", f"officer {officer.pk}", officer.role)
    return officer, _new_token(by, officer)


def _new_token(by: Officer | None, officer: Officer) -> str:
    """The one open invitation of this officer; one made before is worth nothing from now on."""
    token = secrets.token_urlsafe(24)
    Invitation.objects.filter(officer=officer).delete()
    Invitation.objects.create(token_hash=_hash(token), officer=officer, made_by=by)
    return token


@transaction.atomic
def invite_again(by: Officer, officer: Officer) -> str:
    """For an invitation that ran out, a forgotten password or a lost phone. -> token. Whoever uses it gets the account; what is
    sealed stays sealed, because the vault opens only with the seven words."""
    audit.record(by, "invite.again", f"officer {officer.pk}")
    return _new_token(by, officer)


def invitation(token: str) -> Invitation:
    """The open invitation of this token. Raises `not_found` for one that is unknown, used or old."""
    row = Invitation.objects.select_related("officer", "officer__authority").filter(token_hash=_hash(token), used_at=None).first()
    if row is None or row.made_at < timezone.now() - INVITATION_LIFE or not row.officer.is_active:
        raise EnlaceError("not_found")
    return row


@transaction.atomic
def set_first_password(token: str, password: str, language: str) -> str:
    """-> the base32 secret of the code app. May be repeated until the first code is confirmed."""
    row = invitation(token)
    officer = row.officer
    passwords.check(password, officer)
    officer.set_password(password)
    officer.language = language
    officer.save(update_fields=["password", "language"])
    return new_code_app(officer)


@transaction.atomic
def confirm_first_code(token: str, code: str) -> tuple[Officer, list[str]]:
    """The first code of the app: the invitation is used up. -> (officer, recovery codes, shown once)."""
    row = Invitation.objects.select_for_update().get(pk=invitation(token).pk)
    if row.used_at is not None or not row.officer.has_usable_password():
        raise EnlaceError("not_found")
    _confirm_code_app(row.officer, code)
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    audit.record(row.officer, "join", f"officer {row.officer_id}")
    sessions.end_all(row.officer)  # whoever sits in one that the officer lost
    return row.officer, new_recovery_codes(row.officer)


# --- Password and second factor ----------------------------------------------------------------------------------------


@transaction.atomic
def change_password(officer: Officer, password: str, session_key: str | None) -> None:
    """Every other session ends: who knew the old password may sit in one."""
    passwords.check(password, officer)
    officer.set_password(password)
    officer.save(update_fields=["password"])
    audit.record(officer, "password.change", f"officer {officer.pk}")
    sessions.end_all(officer, but=session_key)


@transaction.atomic
def new_code_app(officer: Officer) -> str:
    """A second factor that does not count yet. -> its base32 secret; an earlier one that was never confirmed is gone."""
    TOTPDevice.objects.filter(user=officer, confirmed=False).delete()
    return passwords.base32(TOTPDevice.objects.create(user=officer, name="app", confirmed=False).bin_key)


def pending_code_app(officer: Officer) -> str | None:
    """The secret of the one that does not count yet."""
    device = TOTPDevice.objects.filter(user=officer, confirmed=False).first()
    return passwords.base32(device.bin_key) if device else None


@transaction.atomic
def change_code_app(officer: Officer, code: str, session_key: str | None) -> None:
    """The new app counts from its first code on, and the one before no longer: who found the old phone has nothing."""
    _confirm_code_app(officer, code)
    audit.record(officer, "code_app.change", f"officer {officer.pk}")
    sessions.end_all(officer, but=session_key)


def _confirm_code_app(officer: Officer, code: str) -> None:
    device = TOTPDevice.objects.select_for_update().filter(user=officer, confirmed=False).first()
    if device is None or not device.verify_token(code):
        raise EnlaceError("wrong_code")
    TOTPDevice.objects.filter(user=officer).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])


@transaction.atomic
def new_recovery_codes(officer: Officer) -> list[str]:
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(officer=officer).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(officer=officer, code_hash=_hash(code.replace("-", ""))) for code in codes)
    return codes


def use_recovery_code(officer: Officer, text: str) -> bool:
    """True once for each code, however many ask at once: one conditional UPDATE decides."""
    plain = "".join(text.upper().split()).replace("-", "")
    used = RecoveryCode.objects.filter(officer=officer, code_hash=_hash(plain), used_at=None).update(used_at=timezone.now())
    if used:
        audit.record(officer, "recovery_code.used", f"officer {officer.pk}")
    return bool(used)


# --- Keys: only ciphertext and public things pass here ------------------------------------------------------------------


@transaction.atomic
def save_vault(officer: Officer, data: bytes, counter: int, slots: list[tuple[str, int, str, bytes]] | None) -> None:
    """Takes a vault whose counter is the next one: of two browsers that save at once, the second reads first. `slots`
    (id, type, sealed name, data) replace all slots when given: a lock that is taken away goes together with the vault key that it
    opened. Raises `last_slot` where none of them is a passphrase's."""
    _lock(officer)  # a first vault has no row to lock: of two browsers that make one at once, one wins
    current = Vault.objects.filter(officer=officer).first()
    if counter != (current.counter if current else 0) + 1:
        raise EnlaceError("vault_moved_on")
    if current is None and not slots:
        raise EnlaceError("last_slot")  # a first vault without one could never be opened again
    Vault.objects.update_or_create(officer=officer, defaults={"data": data, "counter": counter})
    if slots is not None:
        if not any(sort == PASSPHRASE for _, sort, _, _ in slots):
            raise EnlaceError("last_slot")
        Slot.objects.filter(officer=officer).delete()
        for slot_id, sort, name, content in slots:
            Slot.objects.create(officer=officer, slot_id=slot_id, type=sort, name=name, data=content)
        audit.record(officer, "vault.slots", f"officer {officer.pk}")


def _lock(officer: Officer) -> None:
    """Vault and slots of one person change one after another."""
    Officer.objects.select_for_update().get(pk=officer.pk)


@transaction.atomic
def add_slot(officer: Officer, slot_id: str, sort: int, name: str, data: bytes) -> None:
    _lock(officer)
    if not Vault.objects.filter(officer=officer).exists():
        raise EnlaceError("bad_request", "no vault")
    Slot.objects.update_or_create(officer=officer, slot_id=slot_id, defaults={"type": sort, "name": name, "data": data})
    audit.record(officer, "slot.add", f"officer {officer.pk}", f"type {sort}")


@transaction.atomic
def name_slot(slot: Slot, name: str) -> None:
    """`name`: sealed by its owner."""
    slot.name = name
    slot.save(update_fields=["name"])
    audit.record(slot.officer, "slot.name", f"officer {slot.officer_id}", f"type {slot.type}")


@transaction.atomic
def ask_for_certificate(officer: Officer, data: bytes) -> None:
    """The officer's own key, own name and own role, or it is refused: a request is what the focal point will sign."""
    request = certs.parse_request(data)
    own = (
        request.subject == officer.subject_bytes
        and request.authority == officer.authority_id
        and request.role == officer.role_number
        and request.display == officer.name
    )
    if not own:
        raise EnlaceError("bad_request", "not the officer's own request")
    _check_generation(request)
    CertificateRequest.objects.update_or_create(
        officer=officer, defaults={"data": data, "kid": b64u(request.kid), "at": timezone.now()}
    )
    audit.record(officer, "certificate.ask", f"officer {officer.pk}")


def _check_generation(request: certs.Request) -> None:
    """The focal point is not asked to sign what the key log would refuse, or show as something else than it is."""
    known = keys.directory()
    renewed = known.key(request.kid)
    if renewed is not None:
        fits = renewed.subject == request.subject and renewed.gen == request.gen and renewed.revoked_at is None
    else:
        fits = all(key.gen < request.gen for key in known.keys_of(request.subject))
    named = request.sig_prev is None or renewed is not None or keylog.signed_for(known, request, request.sig_prev)
    if not fits or not named:
        raise EnlaceError("bad_request", "not the next key of this officer")


@transaction.atomic
def refuse_request(by: Officer, request: CertificateRequest) -> None:
    audit.record(by, "certificate.refuse", f"officer {request.officer_id}")
    request.delete()


# --- The network's own data ------------------------------------------------------------------------------------------


@transaction.atomic
def admit_authority(by: Officer, fields: dict[str, Any]) -> Authority:
    if Authority.objects.filter(pk=fields["code"]).exists():
        raise EnlaceError("bad_request", fields={"code": _("This authority is already in the network.")})
    authority = Authority.objects.create(**fields)
    audit.record(by, "authority.admit", authority.pk)
    return authority


@transaction.atomic
def open_post(by: Officer, authority: Authority, fields: dict[str, Any]) -> Post:
    post = Post.objects.create(authority=authority, **fields)
    audit.record(by, "post.open", str(post.pk), authority.pk)
    return post


@transaction.atomic
def accredit(by: Officer, authority: Authority, name: str) -> Organization:
    organization = Organization.objects.create(name=name, accredited_by=authority)
    audit.record(by, "organization.accredit", str(organization.pk), authority.pk)
    return organization


@transaction.atomic
def end_sessions(by: Officer, officer: Officer) -> None:
    """A focal point who hears of a stolen laptop signs it out before the officer finds another."""
    audit.record(by, "sessions.end", f"officer {officer.pk}")
    sessions.end_all(officer)


@transaction.atomic
def deactivate(by: Officer, officer: Officer) -> None:
    """Ends the account at once, sockets included. The key's revocation is a leaf of its own, signed by the focal point."""
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    audit.record(by, "officer.deactivate", f"officer {officer.pk}")
    sessions.end_all(officer)
