"""One sentence for each act, for this reader: what happened, without who (that stands beside it)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.kinds.base import Fact, Kind
from cases.kinds.fields import ALL, OneOf, spans, when
from cases.names import Names

Said = Mapping[str, Any]
Speaker = Callable[[Kind, Said, Names], str]


def sentence(kind: Kind, act: str, data: Said, names: Names) -> str:
    return SPEAKERS[act](kind, data, names)


def code_label(kind: Kind, act: str, field: str, code: str) -> str:
    """The label of a coded value, as the act's own schema names it."""
    for one in kind.acts[act].fields:
        if one.name == field and isinstance(one.type, OneOf):
            return str(one.type.codes.get(code, code))
    return code


def fact_title(fact: Fact, data: Said) -> str:
    """ "Consent (Return)": the fact with what tells it apart."""
    keys = []
    for one in fact.extras:
        if one.name in fact.keys and isinstance(one.type, OneOf):
            keys.append(str(one.type.codes.get(data.get(one.name, ""), "")))
    return f"{fact.label} ({', '.join(keys)})" if keys else str(fact.label)


def people(data: Said) -> str:
    refs = data.get("persons", ALL)
    return _("everybody") if refs == ALL else spans(refs)


def short(text: str) -> str:
    """A moment of an act as the reader's clock shows it."""
    return date_format(localtime(when(text)), "SHORT_DATETIME_FORMAT")


def _opened(kind: Kind, data: Said, names: Names) -> str:
    refs = spans([one["ref"] for one in data["persons"]])
    return _("Case opened at {post} with {persons}.").format(post=names.post(data["desk"])["name"], persons=refs)


def _added(kind: Kind, data: Said, names: Names) -> str:
    return _("Registered: {persons}.").format(persons=spans([one["ref"] for one in data["persons"]]))


def _off(kind: Kind, data: Said, names: Names) -> str:
    why = code_label(kind, "person.off", "reason", data["reason"])
    return _("Taken off the case: {persons} ({reason}).").format(persons=people(data), reason=why)


def _fact(kind: Kind, data: Said, names: Names) -> str:
    fact = kind.by_name[data["name"]]
    values = {
        "fact": fact_title(fact, data),
        "value": fact.values[data["value"]],
        "basis": fact.bases[data["basis"]],
        "persons": people(data),
    }
    if not fact.per_person:
        return _("{fact}: {value} (basis: {basis}).").format(**values)
    return _("{fact}, {persons}: {value} (basis: {basis}).").format(**values)


def _referred(kind: Kind, data: Said, names: Names) -> str:
    values = {
        "authority": names.authority(data["to"]),
        "post": names.post(data["post"])["name"],
        "purpose": code_label(kind, "referral.propose", "purpose", data["purpose"]),
        "persons": people(data),
        "due": short(data["due"]),
    }
    if names.mine(data["to"]):
        return _("Referred to us, {post}: {purpose}, for {persons}. Answer by {due}.").format(**values)
    return _("Referred to {authority}, {post}: {purpose}, for {persons}. Answer by {due}.").format(**values)


def _accepted(kind: Kind, data: Said, names: Names) -> str:
    return _("Referral accepted.")


def _declined(kind: Kind, data: Said, names: Names) -> str:
    why = code_label(kind, "referral.decline", "reason", data["reason"])
    return _("Referral declined: {reason}.").format(reason=why)


def _revoked(kind: Kind, data: Said, names: Names) -> str:
    why = code_label(kind, "referral.revoke", "reason", data["reason"])
    return _("Referral revoked: {reason}.").format(reason=why)


def _withheld(kind: Kind, data: Said, names: Names) -> str:
    return _("{persons} withheld from {authority}: {reason}.").format(
        persons=people(data),
        authority=names.authority(data["from"]),
        reason=code_label(kind, "withhold", "reason", data["reason"]),
    )


def _lift_proposed(kind: Kind, data: Said, names: Names) -> str:
    why = code_label(kind, "withhold.lift.propose", "reason", data["reason"])
    return _("Lifting of the withholding proposed: {reason}. A second officer confirms it.").format(reason=why)


def _lifted(kind: Kind, data: Said, names: Names) -> str:
    return _("Withholding lifted by a second officer.")


def _due(kind: Kind, data: Said, names: Names) -> str:
    return _("Term “{clock}” moved to {at}: {reason}.").format(
        clock=code_label(kind, "due", "clock", data["clock"]),
        at=short(data["at"]),
        reason=code_label(kind, "due", "reason", data["reason"]),
    )


def _assigned(kind: Kind, data: Said, names: Names) -> str:
    return _("Officer assigned.")


def _planned(kind: Kind, data: Said, names: Names) -> str:
    return _("Journey of {persons} planned to {post}: departure {depart}, arrival {arrive}.").format(
        persons=people(data),
        post=names.post(data["post"])["name"],
        depart=short(data["depart_at"]),
        arrive=short(data["arrive_at"]),
    )


def _departed(kind: Kind, data: Said, names: Names) -> str:
    values = {"persons": people(data), "post": names.post(data["post"])["name"], "count": data.get("count")}
    if "count" in data:
        return _("Departed to {post}: {persons}, {count} counted.").format(**values)
    return _("Departed to {post}: {persons}.").format(**values)


def _counted(kind: Kind, data: Said, names: Names) -> str:
    values = {"count": data["persons"], "post": names.post(data["post"])["name"]}
    if data["place"] == "arrival":
        return _("{count} counted on arrival at {post}.").format(**values)
    return _("{count} counted on the way, at {post}.").format(**values)


def _given(kind: Kind, data: Said, names: Names) -> str:
    values = {"persons": people(data), "post": names.post(data["post"])["name"], "authority": names.authority(data["to"])}
    if names.mine(data["to"]):
        return _("Handed over to us at {post}: {persons}.").format(**values)
    return _("Handed over to {authority} at {post}: {persons}.").format(**values)


def _received(kind: Kind, data: Said, names: Names) -> str:
    return _("Received at {post}: {persons}.").format(post=names.post(data["post"])["name"], persons=people(data))


def _closing(kind: Kind, data: Said, names: Names) -> str:
    outcome = code_label(kind, "close.propose", "outcome", data["outcome"])
    return _("Closing proposed: {outcome}. It waits for a second signature.").format(outcome=outcome)


def _closed(kind: Kind, data: Said, names: Names) -> str:
    return _("Closing signed. The case is closed.")


def _not_closed(kind: Kind, data: Said, names: Names) -> str:
    why = code_label(kind, "close.decline", "reason", data["reason"])
    return _("Closing not signed: {reason}.").format(reason=why)


SPEAKERS: dict[str, Speaker] = {
    "case.open": _opened,
    "person.add": _added,
    "person.off": _off,
    "fact": _fact,
    "referral.propose": _referred,
    "referral.accept": _accepted,
    "referral.decline": _declined,
    "referral.revoke": _revoked,
    "withhold": _withheld,
    "withhold.lift.propose": _lift_proposed,
    "withhold.lift": _lifted,
    "due": _due,
    "assign": _assigned,
    "plan": _planned,
    "depart": _departed,
    "count": _counted,
    "handover.give": _given,
    "handover.receive": _received,
    "close.propose": _closing,
    "close.sign": _closed,
    "close.decline": _not_closed,
}

TONES = {
    "referral.decline": "warn",
    "referral.revoke": "warn",
    "withhold": "bad",
    "close.decline": "warn",
    "close.sign": "good",
    "referral.accept": "good",
    "handover.receive": "good",
}
ICONS = {
    "case.open": "cases",
    "person.add": "person-add",
    "person.off": "person-remove",
    "fact": "check",
    "referral.propose": "send",
    "referral.accept": "check",
    "referral.decline": "stop",
    "referral.revoke": "stop",
    "withhold": "lock",
    "withhold.lift.propose": "lock",
    "withhold.lift": "unlock",
    "due": "clock",
    "assign": "people",
    "plan": "bus",
    "depart": "bus",
    "count": "people",
    "handover.give": "handover",
    "handover.receive": "handover",
    "close.propose": "sign",
    "close.sign": "sign",
    "close.decline": "stop",
}
