"""The stage graph of a trafficking case: what each stage waits for, and the terms that run meanwhile."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from cases.kinds.base import CLOSED, RECEIVER_STEP, Clock, Gate, Stage, needs, needs_act, partner_lacking
from cases.kinds.common import COMMON_CLOCKS
from cases.kinds.fields import Label, day
from cases.kinds.state import CaseState, Person

TRAVELS = frozenset(("return", "third_country"))


def victims(state: CaseState, person: Person) -> bool:
    """The gates wait for everybody who was not found to be no victim."""
    return person.says("status") != "not_victim"


def travels(state: CaseState, person: Person) -> bool:
    return person.says("solution") in TRAVELS


def returns(state: CaseState, person: Person) -> bool:
    return person.says("solution") == "return"


def some_victims(state: CaseState) -> bool:
    return any(victims(state, person) for person in state.present())


def some_may_travel(state: CaseState) -> bool:
    """Until everybody chose to stay, the stages of the journey lie ahead."""
    return any(victims(state, p) and p.says("solution") != "stay" for p in state.present())


def travellers(state: CaseState) -> list[Person]:
    return [p for p in state.present() if victims(state, p) and travels(state, p)]


def not_planned(state: CaseState) -> Sequence[str] | None:
    covered = state.plan.persons if state.plan else ()
    return [p.ref for p in travellers(state) if p.ref not in covered] or None


def not_departed(state: CaseState) -> Sequence[str] | None:
    return [p.ref for p in travellers(state) if not (p.departed or p.given_to)] or None


def not_given(state: CaseState) -> Sequence[str] | None:
    return [p.ref for p in travellers(state) if not p.given_to] or None


def not_received(state: CaseState) -> Sequence[str] | None:
    return [p.ref for p in travellers(state) if p.given_to and not p.received] or None


def all_travelled(state: CaseState) -> bool:
    going = travellers(state)
    return bool(going) and not_departed(state) is None


def all_received(state: CaseState) -> bool:
    going = travellers(state)
    return bool(going) and all(p.received for p in going)


CONSENT_ASSISTANCE = needs(
    victims,
    "consent",
    {"given"},
    _("Consent to assistance"),
    _("Ask {persons} for consent to assistance."),
    {
        "refused": _("{persons} refused assistance: offer it again, or close the case."),
        "withdrawn": _("{persons} withdrew consent to assistance."),
    },
    keys=("assistance",),
)
CONSENT_SHARING = needs(
    victims,
    "consent",
    {"given"},
    _("Consent to sharing"),
    _("Ask {persons} for consent to share the case with another country."),
    {
        "refused": _("{persons} does not allow sharing: nothing may cross the border."),
        "withdrawn": _("{persons} withdrew consent to sharing: stop sharing and tell the recipients."),
    },
    keys=("sharing",),
    only=lambda state, person: person.says("solution") != "stay",
)
CONSENT_RETURN = needs(
    victims,
    "consent",
    {"given"},
    _("Consent to the return"),
    _("Ask {persons} for consent to the return."),
    {
        "refused": _("{persons} does not agree to return: choose another solution."),
        "withdrawn": _("{persons} withdrew consent: the return is blocked."),
    },
    keys=("return",),
    only=returns,
)
SAFE_RETURN = needs(
    victims,
    "risk",
    {"low", "managed"},
    _("Return is safe"),
    _("Assess the risk in the country of return for {persons}."),
    {"high": _("The risk in the country of return is high for {persons}: the return is blocked.")},
    keys=("destination",),
    only=travels,
)
PROCEEDINGS = needs(
    victims,
    "proceedings",
    {"none", "cleared"},
    _("Legal proceedings cleared"),
    _("State whether legal proceedings are open for {persons}."),
    {"open": _("Legal proceedings of {persons} are open: the return is blocked until they are cleared.")},
    only=travels,
)


def risk(where: str, label: Label, asks: Label) -> Gate:
    return needs(victims, "risk", {"low", "managed", "high"}, label, asks, keys=(where,))


STAGES = (
    Stage("detected", _("Detected")),
    Stage(
        "screened",
        _("Screened and safe"),
        (
            needs(
                victims,
                "screened",
                {"safe"},
                _("Screened and safe"),
                _("Screen {persons} for safety."),
                {
                    "unsafe": _("{persons} is not safe: find a safe place first."),
                    "unable": _("{persons} could not be screened yet: try again in a safe place."),
                },
            ),
        ),
        some_victims,
    ),
    Stage(
        "decided",
        _("Status decided"),
        (
            needs(
                lambda state, person: True,
                "status",
                {"possible", "actual", "not_victim"},
                _("Status decided"),
                _("Decide the status of {persons}."),
            ),
        ),
    ),
    Stage(
        "protected",
        _("Protected"),
        (
            needs(
                victims,
                "protection",
                {"shelter", "community", "declined"},
                _("Protection in place"),
                _("Arrange protection for {persons}."),
                {"pending": _("Protection for {persons} is still being arranged.")},
            ),
            needs(
                victims,
                "reflection",
                {"granted", "waived"},
                _("Reflection period"),
                _("Grant {persons} a period of reflection."),
                {"refused": _("{persons} was refused a period of reflection: have the decision reviewed.")},
            ),
        ),
        some_victims,
    ),
    Stage("consented", _("Consent given"), (CONSENT_ASSISTANCE, CONSENT_SHARING), some_victims),
    Stage(
        "assessed",
        _("Risk assessed in both countries"),
        (
            risk("host", _("Risk in the host country"), _("Assess the risk in the host country for {persons}.")),
            risk(
                "destination",
                _("Risk in the country of return"),
                _("Assess the risk in the country of return for {persons}."),
            ),
        ),
        some_victims,
    ),
    Stage(
        "chosen",
        _("Solution chosen"),
        (
            needs(
                victims,
                "solution",
                {"stay", "third_country", "return"},
                _("Solution chosen"),
                _("Choose a solution together with {persons}."),
            ),
        ),
        some_victims,
    ),
    Stage(
        "documented",
        _("Nationality and documents"),
        (
            needs(
                victims,
                "nationality",
                {"confirmed"},
                _("Nationality confirmed"),
                _("Confirm the nationality of {persons}."),
                {
                    "denied": _("The nationality of {persons} was not confirmed: check the data or ask elsewhere."),
                    "pending": _("The nationality of {persons} is being checked."),
                },
                only=travels,
                turn=RECEIVER_STEP,
            ),
            needs(
                victims,
                "document",
                {"issued", "held"},
                _("Travel document"),
                _("Obtain a travel document for {persons}."),
                {
                    "refused": _("A travel document was refused for {persons}."),
                    "pending": _("The travel document of {persons} was requested."),
                },
                only=travels,
                turn=RECEIVER_STEP,
            ),
        ),
        some_may_travel,
    ),
    Stage(
        "planned",
        _("Journey and reception planned"),
        (
            CONSENT_RETURN,
            SAFE_RETURN,
            PROCEEDINGS,
            needs_act(
                "partner",
                "referral.propose",
                _("A desk receives"),
                _("Refer the case to the desk that will receive, and have it accepted."),
                partner_lacking,
            ),
            needs(
                victims,
                "reception",
                {"named"},
                _("Reception named"),
                _("Name who receives {persons}."),
                {"none": _("Nobody can receive {persons}: the return is blocked.")},
                only=travels,
                turn=RECEIVER_STEP,
            ),
            needs_act("plan", "plan", _("Journey planned"), _("Plan the journey of {persons}."), not_planned),
        ),
        some_may_travel,
    ),
    Stage(
        "travelled",
        _("Travelled"),
        (needs_act("departed", "depart", _("Departed"), _("Register the departure of {persons}."), not_departed),),
        some_may_travel,
        all_travelled,
    ),
    Stage(
        "received",
        _("Received and countersigned"),
        (
            needs_act("given", "handover.give", _("Handed over"), _("Hand over {persons}."), not_given),
            needs_act(
                "received",
                "handover.receive",
                _("Received"),
                _("Confirm person by person that {persons} arrived."),
                not_received,
                turn=RECEIVER_STEP,
            ),
        ),
        some_may_travel,
        all_received,
    ),
    Stage(
        "reintegrating",
        _("Reintegration plan"),
        (
            needs(
                victims,
                "reintegration",
                {"agreed", "declined"},
                _("Reintegration plan"),
                _("Agree on a reintegration plan with {persons}."),
                {"pending": _("The reintegration plan of {persons} is being prepared.")},
                turn=RECEIVER_STEP,
            ),
        ),
        some_victims,
    ),
    Stage(
        "monitored",
        _("Monitored"),
        (
            needs(
                victims,
                "monitoring",
                {"done", "declined", "lost"},
                _("Monitoring"),
                _("Monitor how {persons} is doing."),
                {"continued": _("The monitoring of {persons} goes on.")},
                turn=RECEIVER_STEP,
            ),
        ),
        some_victims,
    ),
    CLOSED,
)


def _stated(name: str, *keys: str) -> Callable[[CaseState], bool]:
    """True once everybody in scope has the fact."""
    return lambda state: all(p.fact(name, *keys) for p in state.present() if victims(state, p))


def _chosen_at(state: CaseState) -> datetime | None:
    days = [day(p.facts[("solution",)].on) for p in travellers(state)]
    first = min((one for one in days if one), default=None)
    return datetime.combine(first, time(), UTC) if first else None


def _reflection_ends(state: CaseState) -> datetime | None:
    found = [p.fact("reflection") for p in state.present() if victims(state, p) and p.says("reflection") == "granted"]
    ends = [day(fact.extras["until"]) for fact in found if fact and "until" in fact.extras]
    first = min((one for one in ends if one), default=None)
    return datetime.combine(first, time(), UTC) + timedelta(days=1) if first else None


def _consent_ends(state: CaseState) -> datetime | None:
    given = [f for p in state.present() for key, f in p.facts.items() if key[0] == "consent" and f.value == "given"]
    ends = [one for fact in given if "expires" in fact.extras and (one := day(fact.extras["expires"]))]
    return datetime.combine(min(ends), time(), UTC) if ends else None


def _plan_agreed(state: CaseState) -> datetime | None:
    found = [p.fact("reintegration") for p in state.present() if p.says("reintegration") == "agreed"]
    days = [one for fact in found if fact and (one := day(fact.on))]
    return datetime.combine(max(days), time(), UTC) if days else None


def _monitored(state: CaseState) -> bool:
    return all(p.says("monitoring") in ("done", "declined", "lost") for p in state.present() if victims(state, p))


CLOCKS = (
    Clock("screening", _("Screening"), lambda state: state.opened, _stated("screened"), hours=24),
    Clock("decision", _("Decision on the status"), lambda state: state.opened, _stated("status"), hours=10 * 24),
    Clock("reflection", _("End of the reflection period"), _reflection_ends, _stated("solution"), due=_reflection_ends),
    Clock(
        "nationality",
        _("Nationality, without undue delay"),
        _chosen_at,
        lambda state: all(p.says("nationality") in ("confirmed", "denied") for p in travellers(state)),
        hours=15 * 24,
    ),
    Clock(
        "journey",
        _("Departure as planned"),
        lambda state: state.plan.depart if state.plan else None,
        lambda state: not_departed(state) is None,
        due=lambda state: state.plan.depart if state.plan else None,
    ),
    Clock("consent", _("Consent to renew"), _consent_ends, lambda state: False, due=_consent_ends),
    Clock("monitoring", _("Monitoring"), _plan_agreed, _monitored, hours=90 * 24),
    *COMMON_CLOCKS,
)
