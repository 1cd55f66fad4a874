"""The stage graph of a return by land, its terms, and the alert that rings when fewer arrive than left."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cases.kinds.base import (
    CLOSED,
    RECEIVER_STEP,
    Alert,
    Clock,
    Gate,
    Missing,
    Stage,
    needs,
    needs_act,
    partner_lacking,
    turn_of,
)
from cases.kinds.common import COMMON_CLOCKS
from cases.kinds.fields import Sentence
from cases.kinds.state import CaseState, Count, Person

HELD = frozenset(("fear", "trafficking", "family"))


def held(person: Person) -> bool:
    """Off the manifest: a protection need was found and no competent body has answered that the person may return.

    A later screening opens the question again: an answer counts only when it is newer than the need."""
    screening, answer = person.fact("screening"), person.fact("clearance")
    if screening is None or screening.value not in HELD:
        return answer is not None and answer.value == "protected"
    return answer is None or answer.n < screening.n or answer.value != "may_return"


def on_manifest(state: CaseState, person: Person) -> bool:
    return not held(person)


def manifest(state: CaseState) -> list[Person]:
    return [person for person in state.present() if not held(person)]


def anybody_left(state: CaseState) -> bool:
    return bool(manifest(state))


def not_planned(state: CaseState) -> Sequence[str] | None:
    covered = state.plan.persons if state.plan else ()
    return [p.ref for p in manifest(state) if p.ref not in covered] or None


def not_departed(state: CaseState) -> Sequence[str] | None:
    return [p.ref for p in manifest(state) if not p.departed] or None


def not_received(state: CaseState) -> Sequence[str] | None:
    return [p.ref for p in manifest(state) if p.departed and not p.received] or None


def departed(state: CaseState) -> bool:
    return any(person.departed for person in state.present())


def all_departed(state: CaseState) -> bool:
    return departed(state) and not_departed(state) is None


def newest(state: CaseState, place: str) -> Count | None:
    found = [count for count in state.counts if count.place == place]
    return found[-1] if found else None


def left(state: CaseState) -> int:
    """Heads counted at all departures together; a count in transit or on arrival says how many are there by then."""
    return sum(count.persons for count in state.counts if count.place == "departure")


def not_arrived(state: CaseState) -> Sequence[str] | None:
    return None if newest(state, "arrival") else ()


def reception_agreed(state: CaseState) -> bool:
    """The post's word counts for the plan it saw: a newer plan asks again."""
    answer = state.facts.get(("reception",))
    return state.plan is not None and answer is not None and answer.n > state.plan.n and answer.value == "confirmed"


def no_reception(state: CaseState) -> Missing | None:
    if reception_agreed(state):
        return None
    answer = state.facts.get(("reception",))
    refused = state.plan is not None and answer is not None and answer.n > state.plan.n
    if refused:
        text, turn, fact, act = _("The reception post cannot receive as planned: plan again."), state.owner, "", "plan"
    else:
        text, turn = _("The reception post confirms hours and capacity."), turn_of(state, RECEIVER_STEP)
        fact, act = "reception", ""
    return Missing("reception", Sentence(text), (), turn, fact, act)


STAGES = (
    Stage("identified", _("Identified")),
    Stage(
        "informed",
        _("Rights explained"),
        (
            needs(
                on_manifest,
                "rights",
                {"told"},
                _("Rights explained"),
                _("Explain their rights to {persons}."),
                {"not_understood": _("{persons} did not understand their rights yet: use another language or form.")},
            ),
            needs(
                on_manifest,
                "consular",
                {"accepted", "declined"},
                _("Consular contact offered"),
                _("Offer consular contact to {persons}."),
            ),
        ),
        anybody_left,
    ),
    Stage(
        "screened",
        _("Protection screened"),
        (
            needs(
                on_manifest,
                "screening",
                {"clear", *HELD},
                _("Protection screening"),
                _("Screen {persons} for protection needs."),
            ),
        ),
    ),
    Stage(
        "confirmed",
        _("Nationality confirmed"),
        (
            needs(
                on_manifest,
                "nationality",
                {"confirmed"},
                _("Nationality confirmed"),
                _("Confirm the nationality of {persons}."),
                {
                    "denied": _("The nationality of {persons} was not confirmed: take them off the case or ask again."),
                    "pending": _("The nationality of {persons} is being checked."),
                },
            ),
        ),
        anybody_left,
    ),
    Stage(
        "proposed",
        _("Manifest proposed"),
        (
            needs_act(
                "partner",
                "referral.propose",
                _("A post receives"),
                _("Refer the case to the post that will receive, and have it accepted."),
                partner_lacking,
            ),
            needs_act("plan", "plan", _("Manifest"), _("Put {persons} on a manifest."), not_planned),
        ),
        anybody_left,
    ),
    Stage(
        "agreed",
        _("Reception confirmed"),
        (Gate("reception", _("Reception confirmed"), no_reception),),
        anybody_left,
    ),
    Stage(
        "ready",
        _("Belongings and medicine returned"),
        (
            needs(
                on_manifest,
                "belongings",
                {"returned", "none"},
                _("Belongings returned"),
                _("Return their belongings to {persons}."),
                {"missing": _("Belongings of {persons} are missing: find them before departure.")},
            ),
            needs(
                on_manifest,
                "medicine",
                {"given", "not_needed"},
                _("Medicine"),
                _("See that {persons} has medicine for the journey."),
                {"missing": _("Medicine for {persons} is missing: find it before departure.")},
            ),
        ),
        anybody_left,
    ),
    Stage(
        "departed",
        _("Departed"),
        (needs_act("departed", "depart", _("Departed and counted"), _("Count {persons} at departure."), not_departed),),
        anybody_left,
        all_departed,
    ),
    Stage(
        "arrived",
        _("Arrived"),
        (
            needs_act(
                "arrived",
                "count",
                _("Counted on arrival"),
                _("Count the persons on arrival."),
                not_arrived,
                turn=RECEIVER_STEP,
            ),
        ),
        anybody_left,
        lambda state: newest(state, "arrival") is not None,
    ),
    Stage(
        "received",
        _("Received one by one"),
        (
            needs_act(
                "received",
                "handover.receive",
                _("Received one by one"),
                _("Confirm person by person that {persons} arrived."),
                not_received,
                turn=RECEIVER_STEP,
            ),
        ),
        anybody_left,
    ),
    Stage(
        "helped",
        _("Helped onward"),
        (
            needs(
                on_manifest,
                "onward",
                {"transport", "shelter", "family", "declined"},
                _("Onward help"),
                _("Offer onward help to {persons}."),
                turn=RECEIVER_STEP,
            ),
        ),
        anybody_left,
    ),
    CLOSED,
)


def fewer_arrived(state: CaseState) -> Sentence | None:
    """41 left and 40 arrived: rings until somebody counts again, explains it, or takes the missing off the case."""
    arrived = newest(state, "arrival")
    seen = arrived or newest(state, "transit")
    if seen is None or state.closed or seen.persons == left(state):
        return None
    explained = state.facts.get(("difference",))
    if explained is not None and explained.n > seen.n:
        return None
    if arrived:
        text = _("{left} left and {arrived} arrived.")
    else:
        text = _("{left} left and {arrived} were counted on the way.")
    return Sentence(text, {"left": left(state), "arrived": seen.persons})


def fear_on_the_way(state: CaseState) -> Sentence | None:
    """Somebody who already left expressed fear: nobody hands that person over before a competent body answers."""
    refs = [p.ref for p in state.present() if held(p) and p.departed and not p.received]
    if not refs or state.closed:
        return None
    return Sentence(_("{persons} may need protection and is already on the way."), {"persons": ", ".join(refs)})


ALERTS = (
    Alert("count", _("The counts differ"), fewer_arrived),
    Alert("fear", _("Protection need on the way"), fear_on_the_way),
)


def _unanswered_fear(state: CaseState) -> bool:
    return any(_waits_for_body(person) for person in state.present())


def _waits_for_body(person: Person) -> bool:
    answer, screening = person.fact("clearance"), person.fact("screening")
    return held(person) and screening is not None and (answer is None or answer.n < screening.n)


def _departure(state: CaseState) -> datetime | None:
    return state.plan.depart if state.plan else None


CLOCKS = (
    Clock(
        "screening",
        _("Protection screening"),
        lambda state: state.opened,
        lambda state: all(person.fact("screening") for person in state.present()),
        hours=24,
    ),
    Clock(
        "clearance",
        _("Answer of the competent body"),
        lambda state: state.opened,
        lambda state: not _unanswered_fear(state),
        hours=10 * 24,
    ),
    Clock(
        "reception",
        _("Word of the reception post"),
        _departure,
        lambda state: reception_agreed(state) or departed(state),
        due=lambda state: state.plan.depart - timedelta(hours=12) if state.plan else None,
    ),
    Clock("departure", _("Departure as planned"), _departure, departed, due=_departure),
    Clock(
        "arrival",
        _("Arrival as planned"),
        lambda state: state.plan.arrive if state.plan and departed(state) else None,
        lambda state: newest(state, "arrival") is not None,
        due=lambda state: state.plan.arrive + timedelta(hours=1) if state.plan else None,
    ),
    *COMMON_CLOCKS,
)
