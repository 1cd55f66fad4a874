"""What all kinds share: how a person is described, why things are refused, and the acts that exist everywhere."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases.kinds.base import Clock, SealedField
from cases.kinds.fields import (
    MAX_PERSONS,
    ActSchema,
    AuthorityCode,
    CaseCode,
    Codes,
    Country,
    EventId,
    Field,
    KeyId,
    ListOf,
    Moment,
    Number,
    Objects,
    OneOf,
    PostId,
    Ref,
    Refs,
    SomeOf,
)
from cases.kinds.state import CaseState

SEXES: Codes = {"f": _("Female"), "m": _("Male"), "x": _("Other"), "unknown": _("Not known")}
AGE_BANDS: Codes = {
    "0-5": _("0 to 5 years"),
    "6-11": _("6 to 11 years"),
    "12-14": _("12 to 14 years"),
    "15-17": _("15 to 17 years"),
    "18-24": _("18 to 24 years"),
    "25-39": _("25 to 39 years"),
    "40-59": _("40 to 59 years"),
    "60+": _("60 years or more"),
    "unknown": _("Not known"),
}
HANDLING: Codes = {
    "H0": _("H0 Use within the network"),
    "H1": _("H1 Not for use in court without the originator's permission"),
    "H2": _("H2 No onward sharing"),
    "H3": _("H3 Other restriction, ask the originator"),
}
CARE_FLAGS: Codes = {
    "pregnant": _("Pregnant"),
    "disability": _("Disability"),
    "medical": _("Needs medical care"),
    "medicine": _("Takes medicine every day"),
    "nursing": _("Nursing a baby"),
    "violence": _("Survivor of violence"),
    "lgbti": _("LGBTI person at risk"),
    "interpreter": _("Needs an interpreter"),
}
OFF_REASONS: Codes = {
    "duplicate": _("Registered twice"),
    "error": _("Registered in error"),
    "withdrew": _("Withdrew"),
    "not_arrived": _("Did not arrive"),
    "other_case": _("Goes on in another case"),
}
DECLINE_REASONS: Codes = {
    "not_competent": _("Another body is competent"),
    "no_capacity": _("No capacity"),
    "insufficient": _("Too little information"),
    "duplicate": _("Already known here"),
    "legal": _("Not allowed by law"),
    "safety": _("Not safe for the person"),
}
REVOKE_REASONS: Codes = {
    "person_withdrew": _("The person withdrew consent"),
    "no_answer": _("No answer in time"),
    "sent_in_error": _("Sent in error"),
    "another_desk": _("Another desk takes it"),
    "safety": _("Not safe for the person"),
}
WITHHOLD_REASONS: Codes = {
    "may_be_refugee": _("May be a refugee"),
    "asked": _("The person asked for it"),
    "official_involved": _("An official of that authority may be involved"),
    "family_risk": _("Risk from family or traffickers there"),
}
LIFT_REASONS: Codes = {
    "person_agrees": _("The person now agrees"),
    "no_risk_found": _("A competent body found no risk"),
    "made_in_error": _("Made in error"),
}
DUE_REASONS: Codes = {
    "agreed": _("Agreed by both sides"),
    "waiting_document": _("Waiting for a document"),
    "person_asked": _("The person asked for time"),
    "health": _("Health"),
    "urgent": _("Urgent"),
    "logistics": _("Transport or weather"),
}
CLOSE_DECLINE_REASONS: Codes = {
    "not_finished": _("Something is still to be done"),
    "wrong_outcome": _("The outcome is not right"),
    "person_missing": _("A person is not accounted for"),
}
TRANSPORT: Codes = {
    "bus": _("Bus"),
    "car": _("Car"),
    "plane": _("Plane"),
    "on_foot": _("On foot"),
    "boat": _("Boat"),
}

PERSONS = Field("persons", Refs(), _("Persons"))
AT = Field("at", Moment(), _("Date and time"))
TO = Field("to", AuthorityCode, _("To the authority"))
POST = Field("post", PostId(), _("Post"))
REPLY_TO = Field("reply_to", EventId, _("Answers the step"))


def reason(codes: Codes) -> Field:
    return Field("reason", OneOf(codes), _("Reason"))


def person_fields(flags: Codes, more: tuple[Field, ...] = ()) -> tuple[Field, ...]:
    return (
        Field("ref", Ref(), _("Reference")),
        Field("sex", OneOf(SEXES), _("Sex")),
        Field("age_band", OneOf(AGE_BANDS), _("Age")),
        Field("citizenship", Country(), _("Citizenship")),
        Field("flags", SomeOf(flags), _("Care needs")),
        *more,
    )


def common_acts(
    kind: str, prefix: str, persons: tuple[Field, ...], purposes: Codes, outcomes: Codes, clocks: Codes
) -> dict[str, ActSchema]:
    """The acts that every kind understands, in its own vocabulary. `fact` has no fields: the fact it names decides."""
    some = Field("persons", Objects(persons, 1, MAX_PERSONS), _("Persons"))
    schemas = (
        ActSchema(
            "case.open",
            _("Case opened"),
            (
                Field("kind", OneOf({kind: kind}), _("Kind")),
                Field("code", CaseCode(prefix), _("Case code")),
                Field("handling", OneOf(HANDLING), _("Handling")),
                Field("desk", PostId(), _("Desk")),
                some,
            ),
        ),
        ActSchema("person.add", _("Persons registered"), (some,)),
        ActSchema("person.off", _("Persons taken off the case"), (PERSONS, reason(OFF_REASONS))),
        ActSchema(
            "referral.propose",
            _("Referral proposed"),
            (
                TO,
                POST,
                PERSONS,
                Field("purpose", OneOf(purposes), _("Purpose")),
                Field("due", Moment(), _("Answer by")),
                Field("bring", ListOf(KeyId, 1, 20), _("Officers asked for"), required=False),
            ),
        ),
        ActSchema(
            "referral.accept",
            _("Referral accepted"),
            (REPLY_TO, Field("officers", ListOf(KeyId, 1, 20), _("Officers who join"))),
        ),
        ActSchema("referral.decline", _("Referral declined"), (REPLY_TO, reason(DECLINE_REASONS))),
        ActSchema("referral.revoke", _("Referral revoked"), (REPLY_TO, reason(REVOKE_REASONS))),
        ActSchema(
            "withhold",
            _("Withheld from an authority"),
            (Field("from", AuthorityCode, _("From the authority")), PERSONS, reason(WITHHOLD_REASONS)),
        ),
        ActSchema("withhold.lift.propose", _("Lifting of a withholding proposed"), (REPLY_TO, reason(LIFT_REASONS))),
        ActSchema("withhold.lift", _("Withholding lifted"), (REPLY_TO,)),
        ActSchema(
            "due",
            _("Term changed"),
            (Field("clock", OneOf(clocks), _("Term")), Field("at", Moment(), _("New date")), reason(DUE_REASONS)),
        ),
        ActSchema("assign", _("Officer assigned"), (Field("officer", KeyId, _("Officer")),)),
        ActSchema("handover.give", _("Persons handed over"), (PERSONS, TO, POST, AT)),
        ActSchema("handover.receive", _("Persons received"), (PERSONS, POST, AT)),
        ActSchema("close.propose", _("Closing proposed"), (Field("outcome", OneOf(outcomes), _("Outcome")),)),
        ActSchema("close.sign", _("Closing signed"), (REPLY_TO,)),
        ActSchema("close.decline", _("Closing not signed"), (REPLY_TO, reason(CLOSE_DECLINE_REASONS))),
        ActSchema("fact", _("Fact stated"), ()),
    )
    return {schema.name: schema for schema in schemas}


LEG = (POST, Field("arrive_at", Moment(), _("Arrival")))


def travel_acts(step_plan: str, step_depart: str, more: tuple[Field, ...] = (), counted: bool = False) -> dict[str, ActSchema]:
    """Plan and departure. `counted`: the heads are counted at departure."""
    heads = (Field("count", Number(1, MAX_PERSONS), _("Persons counted")),) if counted else ()
    schemas = (
        ActSchema(
            "plan",
            _("Journey planned"),
            (
                TO,
                POST,
                PERSONS,
                Field("depart_at", Moment(), _("Departure")),
                Field("arrive_at", Moment(), _("Arrival")),
                Field("transport", OneOf(TRANSPORT), _("Transport")),
                Field("legs", Objects(LEG, 1, 12), _("Stops"), required=False),
                *more,
            ),
            step_plan,
        ),
        ActSchema("depart", _("Departure"), (PERSONS, TO, POST, AT, *heads), step_depart),
    )
    return {schema.name: schema for schema in schemas}


def _first_due(state: CaseState) -> datetime | None:
    return min((referral.due for referral in state.open_referrals()), default=None)


ANSWER = Clock(
    "answer",
    _("Answer to the referral"),
    starts=_first_due,
    stops=lambda state: not state.open_referrals(),
    due=_first_due,
)
RECEIPT = Clock(
    "receipt",
    _("Receipt after the handover"),
    starts=lambda state: state.given_at,
    stops=lambda state: not any(p.given_to and not p.received for p in state.present()),
    hours=24,
)
COUNTERSIGN = Clock(
    "countersign",
    _("Second signature of the closing"),
    starts=lambda state: state.closing.at if state.closing else None,
    stops=lambda state: state.closing is None,
    hours=72,
)
COMMON_CLOCKS = (ANSWER, RECEIPT, COUNTERSIGN)

SEALED_PERSON = (
    SealedField("name", _("Full name"), "text"),
    SealedField("other_names", _("Other names"), "text"),
    SealedField("birth_date", _("Date of birth"), "date"),
    SealedField("document", _("Document and number"), "text"),
    SealedField("phone", _("Telephone"), "phone"),
    SealedField("address", _("Address"), "text"),
    SealedField("family", _("Family and trusted persons"), "long"),
    SealedField("health", _("Health and care"), "long"),
    SealedField("notes", _("Notes"), "long"),
)
SEALED_CASE = (
    SealedField("title", _("Title of the case"), "text"),
    SealedField("summary", _("Summary"), "long"),
)
