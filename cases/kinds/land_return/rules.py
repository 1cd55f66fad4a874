"""What only a return by land refuses: arrival at night or off hours, short notice, split families."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.kinds.fields import Errors, Sentence, spans, when
from cases.kinds.land_return.facts import EXCEPTIONS
from cases.kinds.land_return.stages import held, left
from cases.kinds.state import Act, CaseState, Person

NOTICE = timedelta(hours=24)
FIRST_LIGHT, LAST_LIGHT = 6, 18  # local hours at the post; within the tropics day and night hardly change


def brakes(state: CaseState) -> dict[str, tuple[str, ...]]:
    """The authority of a feared country learns nothing: {country: persons who expressed fear and are still held}.

    It binds while that country takes no part; one that already does is not added again, and the person is held back."""
    found: dict[str, tuple[str, ...]] = {}
    for person in state.present():
        if held(person) and person.says("screening") == "fear":
            found[person.citizenship] = (*found.get(person.citizenship, ()), person.ref)
    return found


def check(state: CaseState, act: Act, world: Any, refs: tuple[str, ...]) -> Errors:
    if act.name == "plan":
        return _check_plan(state, act, world, refs)
    if act.name == "depart":
        return _check_departure(state, act, refs)
    if act.name == "count":
        return _check_count(state, act)
    if act.name in ("handover.give", "handover.receive"):
        return _refuse_held(state, refs)
    if act.name == "fact" and act.data["name"] == "reception":
        return _check_reception(state, act)
    return {}


def _refuse_held(state: CaseState, refs: tuple[str, ...]) -> Errors:
    stopped = [ref for ref in refs if held(state.persons[ref])]
    if not stopped:
        return {}
    text = _("{persons} is off the manifest until a competent body has answered.")
    return {"persons": Sentence(text, {"persons": spans(stopped)})}


def _check_plan(state: CaseState, act: Act, world: Any, refs: tuple[str, ...]) -> Errors:
    errors = _refuse_held(state, refs) or _refuse_split_families(state, refs)
    missing = [name for name in _exceptions_needed(act, world, len(refs)) if name not in act.data.get("exceptions", ())]
    if missing:
        listed = Sentence(EXCEPTIONS[missing[0]])
        text = _("This needs an exception signed by the reception post: {what}.")
        errors["exceptions"] = Sentence(text, {"what": listed})
    return errors


def _exceptions_needed(act: Act, world: Any, persons: int) -> list[str]:
    post, arrive = world.posts[act.data["post"]], when(act.data["arrive_at"])
    local: datetime = post.local(arrive)
    found = []
    if not post.is_open(arrive):
        found.append("off_hours")
    if not FIRST_LIGHT <= local.hour < LAST_LIGHT:
        found.append("after_dark")
    if when(act.data["depart_at"]) - act.at < NOTICE:
        found.append("short_notice")
    if post.capacity is not None and persons > post.capacity:
        found.append("over_capacity")
    return found


def _refuse_split_families(state: CaseState, refs: tuple[str, ...]) -> Errors:
    chosen = set(refs)
    together: dict[str, list[Person]] = {}
    for person in state.present():
        if "family" in person.extras:
            together.setdefault(person.extras["family"], []).append(person)
    for family, members in together.items():
        inside = [person for person in members if person.ref in chosen]
        outside = [person for person in members if person.ref not in chosen]
        agreed = all(person.says("family_split") == "agreed" for person in inside)
        if inside and outside and not agreed:
            text = _("Family {family} travels together: {persons} would stay behind.")
            return {"persons": Sentence(text, {"family": family, "persons": spans([p.ref for p in outside])})}
    return {}


def _check_departure(state: CaseState, act: Act, refs: tuple[str, ...]) -> Errors:
    if errors := _refuse_held(state, refs):
        return errors
    if act.data["count"] != len(refs):
        text = _("{count} were counted and {named} are named: both must agree before anybody leaves.")
        return {"count": Sentence(text, {"count": act.data["count"], "named": len(refs)})}
    return {}


def _check_count(state: CaseState, act: Act) -> Errors:
    departures = [count for count in state.counts if count.place == "departure"]
    if not departures:
        return {"place": Sentence(_("Nobody has left yet."))}
    if act.data["place"] == "arrival" and act.authority in {count.authority for count in departures}:
        # Who sent them cannot be the one who says that all arrived.
        return {"place": Sentence(_("The receiving authority counts on arrival."))}
    if act.data["persons"] > left(state):
        return {"persons": Sentence(_("More than left: {left} left."), {"left": left(state)})}
    return {}


def _check_reception(state: CaseState, act: Act) -> Errors:
    if state.plan is None:
        return {"name": Sentence(_("There is no manifest to answer yet."))}
    asked, basis = state.plan.exceptions, act.data["basis"]
    if act.data["value"] == "confirmed" and asked and basis != "exception_signed":
        return {"basis": Sentence(_("The manifest asks for an exception: sign it, or answer that you cannot receive."))}
    return {}
