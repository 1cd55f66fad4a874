"""The decisions of a return by land, each a value and the basis it rests on."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.kinds.base import RECEIVER_STEP, Fact
from cases.kinds.common import CARE_FLAGS
from cases.kinds.fields import Codes, FamilyRef, Field, LanguageCode

FLAGS: Codes = {**CARE_FLAGS, "over_60": _("Over 60"), "with_child": _("Travels with a child")}
PERSON_FIELDS = (Field("family", FamilyRef, _("Family"), required=False),)
PURPOSES: Codes = {
    "reception": _("Reception at the post"),
    "nationality": _("Nationality and documents"),
    "transit": _("Passage in transit"),
    "protection": _("Protection and shelter"),
    "transfer": _("Taking over the whole case"),
}
OUTCOMES: Codes = {
    "returned": _("All returned and received"),
    "partly_returned": _("Returned in part, the others accounted for"),
    "cancelled": _("Cancelled before departure"),
    "protected": _("Protection granted, no return"),
    "duplicate": _("Goes on in another case"),
}
PLACES: Codes = {"transit": _("In transit"), "arrival": _("On arrival")}
EXCEPTIONS: Codes = {
    "off_hours": _("Arrival outside the hours of the post"),
    "after_dark": _("Arrival after dark"),
    "short_notice": _("Less than 24 hours' notice"),
    "over_capacity": _("More persons than the post can receive"),
}

FACTS = (
    Fact(
        "rights",
        _("Rights explained"),
        {"told": _("Explained and understood"), "not_understood": _("Not understood yet")},
        {
            "spoken": _("Spoken, in the person's language"),
            "interpreter": _("Through an interpreter"),
            "written": _("In writing"),
        },
        "informed",
        extras=(Field("language", LanguageCode, _("Language")),),
    ),
    Fact(
        "consular",
        _("Consular contact"),
        {"accepted": _("Offered and accepted"), "declined": _("Offered and declined")},
        {"person_choice": _("The person's choice"), "treaty": _("Duty to notify by treaty")},
        "informed",
    ),
    Fact(
        "screening",
        _("Protection screening"),
        {
            "clear": _("No protection need found"),
            "fear": _("Expresses fear of returning"),
            "trafficking": _("Signs of trafficking"),
            "family": _("Family to be reunited first"),
        },
        {
            "interview": _("Interview by a trained officer"),
            "questionnaire": _("Questionnaire"),
            "self_report": _("The person came forward"),
            "partner": _("Report of a partner"),
        },
        "screened",
    ),
    Fact(
        "clearance",
        _("Answer of the competent body"),
        {"may_return": _("May return"), "protected": _("Is protected, does not return")},
        {
            "asylum_body": _("Asylum authority"),
            "trafficking_body": _("Body against trafficking"),
            "court": _("Court decision"),
            "family_reunited": _("The family is together again"),
        },
        "screened",
    ),
    Fact(
        "nationality",
        _("Nationality"),
        {
            "confirmed": pgettext_lazy("nationality", "Confirmed"),
            "denied": pgettext_lazy("nationality", "Not confirmed"),
            "pending": _("Being checked"),
        },
        {
            "document": _("Identity document"),
            "registry": _("Civil registry"),
            "consular_interview": _("Consular interview"),
            "biometric": _("Biometric match"),
        },
        "confirmed",
    ),
    Fact(
        "family_split",
        _("Family travels apart"),
        {"agreed": _("Agreed by the family"), "refused": _("Refused by the family")},
        {"person_choice": _("The person's choice"), "health": _("Health"), "court": _("Court decision")},
        "proposed",
    ),
    Fact(
        "reception",
        _("Answer of the reception post"),
        {"confirmed": _("Confirmed"), "cannot": _("Cannot receive as planned")},
        {
            "hours_and_capacity": _("Within hours and capacity"),
            "exception_signed": _("Exception signed"),
            "no_capacity": _("No capacity"),
            "closed": _("Closed at that hour"),
        },
        "agreed",
        per_person=False,
        by=RECEIVER_STEP,
    ),
    Fact(
        "belongings",
        _("Belongings"),
        {"returned": _("Given back"), "none": _("Had none"), "missing": _("Not found")},
        {"signed_list": _("List signed by the person"), "statement": _("Statement of the person")},
        "ready",
    ),
    Fact(
        "medicine",
        _("Medicine"),
        {"given": _("Given for the journey"), "not_needed": _("Not needed"), "missing": _("Not found")},
        {"health_check": _("Health check"), "statement": _("Statement of the person")},
        "ready",
    ),
    Fact(
        "difference",
        _("Difference in the count"),
        {
            "miscount": _("Counted wrongly"),
            "hospital": _("Taken to hospital"),
            "left_group": _("Left the group"),
            "stayed_in_transit": _("Stayed at a stop, accounted for"),
        },
        {"recount": _("Counted again"), "report": _("Report of the escort"), "search": _("A search was made")},
        "arrived",
        per_person=False,
    ),
    Fact(
        "onward",
        _("Onward help"),
        {
            "transport": _("Transport home"),
            "shelter": _("Shelter"),
            "family": _("Met by family"),
            "declined": _("Declined by the person"),
        },
        {"assessment": _("Needs assessment"), "person_choice": _("The person's choice")},
        "helped",
        by=RECEIVER_STEP,
    ),
)
