"""The decisions of a trafficking case, each a value and the basis it rests on.

Palermo Protocol, article 3: an act, a means and a purpose make trafficking; under 18 no means is needed, and consent
never counts where a means was used. Article 8: return without undue delay, with regard to safety and proceedings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.kinds.base import RECEIVER_STEP, Fact
from cases.kinds.common import CARE_FLAGS
from cases.kinds.fields import Codes, Day, Field, Flag, LanguageCode, OneOf, SomeOf

FLAGS: Codes = {
    **CARE_FLAGS,
    "proceedings": _("Takes part in legal proceedings"),
    "children_along": _("Has children along"),
}
EXPLOITATION: Codes = {
    "forced_labour": _("Forced labour"),
    "sexual": _("Sexual exploitation"),
    "child_labour": _("Child labour"),
    "forced_marriage": _("Forced marriage"),
    "servitude": _("Servitude"),
    "armed_group": _("Recruited by an armed group"),
    "organ_removal": _("Organ removal"),
    "begging": _("Forced begging"),
    "adoption": _("Illegal adoption"),
    "surrogacy": _("Forced surrogacy"),
    "crime": _("Forced to commit crimes"),
    "other": _("Other"),
}
MEANS: Codes = {
    "threat": _("Threat"),
    "force": _("Force"),
    "coercion": _("Coercion"),
    "abduction": _("Abduction"),
    "deception": _("Deception"),
    "abuse_of_power": _("Abuse of power"),
    "abuse_of_vulnerability": _("Abuse of a position of vulnerability"),
    "debt": _("Debt bondage"),
    "payment": _("Payment to someone with control"),
    "movement": _("Restriction of movement"),
}
PERSON_FIELDS = (
    Field("exploitation", SomeOf(EXPLOITATION), _("Exploitation"), required=False),
    Field("means", SomeOf(MEANS), _("Means"), required=False),
)
PURPOSES: Codes = {
    "reception": _("Reception and accompaniment"),
    "nationality": _("Nationality and documents"),
    "protection": _("Protection and shelter"),
    "family": _("Contact with the family"),
    "investigation": _("Support to the investigation"),
    "transit": _("Passage in transit"),
    "transfer": _("Taking over the whole case"),
}
OUTCOMES: Codes = {
    "reintegrated": _("Reintegrated"),
    "settled": _("Settled in the host country"),
    "third_country": _("Settled in a third country"),
    "not_victim": _("Not a victim of trafficking"),
    "declined_help": _("The person declined help"),
    "contact_lost": _("Contact lost"),
    "duplicate": _("Goes on in another case"),
}
CONSENT_PURPOSES: Codes = {
    "assistance": _("Assistance"),
    "sharing": _("Sharing with another country"),
    "return": _("Return"),
    "proceedings": _("Legal proceedings"),
    "family": _("Contact with the family"),
}
RECIPIENTS: Codes = {
    "authorities": _("Authorities"),
    "organizations": _("Organizations"),
    "both": _("Authorities and organizations"),
}
WHERE: Codes = {"host": _("In the host country"), "destination": _("In the country of return")}

FACTS = (
    Fact(
        "screened",
        _("Screening for safety"),
        {"safe": _("Safe now"), "unsafe": _("Not safe"), "unable": _("Could not be screened")},
        {
            "interview": _("Interview by a trained officer"),
            "observation": _("Observation"),
            "partner": _("Report of a partner"),
            "self_report": _("The person came forward"),
        },
        "screened",
    ),
    Fact(
        "status",
        _("Victim status"),
        {
            "possible": _("Possible victim of trafficking"),
            "actual": _("Victim of trafficking"),
            "not_victim": _("Not a victim of trafficking"),
        },
        {
            "act_means_purpose": _("Act, means and purpose"),
            "act_purpose_minor": _("Act and purpose, under 18"),
            "indicators": _("Indicators"),
            "court": _("Court decision"),
        },
        "decided",
        extras=(
            Field(
                "decided_by",
                OneOf(
                    {
                        "police": _("Police"),
                        "court": _("Court or prosecution"),
                        "government": _("Another government body"),
                        "ngo": _("Civil-society organization"),
                        "other": _("Other"),
                    }
                ),
                _("Decided by"),
            ),
        ),
    ),
    Fact(
        "protection",
        _("Protection"),
        {
            "shelter": _("In a shelter"),
            "community": _("Supported in the community"),
            "declined": _("Declined by the person"),
            "pending": _("Still being arranged"),
        },
        {
            "assessment": _("Needs assessment"),
            "person_choice": _("The person's choice"),
            "court": _("Court decision"),
        },
        "protected",
    ),
    Fact(
        "reflection",
        _("Reflection period"),
        {"granted": _("Granted"), "waived": _("Waived by the person"), "refused": _("Refused")},
        {"national_law": _("National law"), "person_choice": _("The person's choice"), "court": _("Court decision")},
        "protected",
        extras=(Field("until", Day(), _("Until"), required=False),),
    ),
    Fact(
        "consent",
        _("Consent"),
        {"given": _("Given"), "refused": _("Refused"), "withdrawn": _("Withdrawn")},
        {
            "written": _("In writing"),
            "spoken": _("Spoken, before a witness"),
            "guardian": _("By the guardian, with the child's view"),
        },
        "consented",
        extras=(
            Field("purpose", OneOf(CONSENT_PURPOSES), _("Purpose")),
            Field("recipients", OneOf(RECIPIENTS), _("Recipients")),
            Field("language", LanguageCode, _("Language")),
            Field("guardian", Flag(), _("By the guardian")),
            Field("expires", Day(), _("Valid until"), required=False),
        ),
        keys=("purpose",),
    ),
    Fact(
        "risk",
        _("Risk assessment"),
        {"low": _("Low"), "managed": _("Manageable with measures"), "high": _("High")},
        {
            "interview": _("Interview"),
            "partner": _("Assessment by the partner there"),
            "country_information": _("Information on the country"),
            "family_visit": _("Visit to the family"),
        },
        "assessed",
        extras=(Field("where", OneOf(WHERE), _("Where")),),
        keys=("where",),
    ),
    Fact(
        "solution",
        _("Solution"),
        {
            "stay": _("Stay in the host country"),
            "third_country": _("Go to a third country"),
            "return": _("Voluntary return"),
        },
        {
            "person_choice": _("The person's choice"),
            "best_interests": _("Best interests of the child"),
            "court": _("Court decision"),
        },
        "chosen",
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
            "registry": _("Civil registry"),
            "consular_interview": _("Consular interview"),
            "document": _("Identity document"),
        },
        "documented",
    ),
    Fact(
        "document",
        _("Travel document"),
        {"issued": _("Issued"), "held": _("Already holds one"), "refused": _("Refused"), "pending": _("Requested")},
        {"passport": _("Passport"), "safe_conduct": _("Safe-conduct"), "identity_card": _("Identity card")},
        "documented",
    ),
    Fact(
        "proceedings",
        _("Legal proceedings"),
        {"none": _("None open"), "cleared": _("Open, and cleared for travel"), "open": _("Open, not cleared")},
        {
            "prosecutor": _("Word of the prosecutor"),
            "court": _("Court decision"),
            "person": _("Statement of the person"),
        },
        "planned",
    ),
    Fact(
        "reception",
        _("Named reception"),
        {"named": _("A receiving body is named"), "none": _("Nobody can receive")},
        {
            "shelter": _("Shelter"),
            "authority": _("Authority"),
            "organization": _("Organization"),
            "family": _("Family, assessed as safe"),
        },
        "planned",
        by=RECEIVER_STEP,
    ),
    Fact(
        "reintegration",
        _("Reintegration plan"),
        {
            "agreed": _("Agreed with the person"),
            "declined": _("Declined by the person"),
            "pending": _("In preparation"),
        },
        {"assessment": _("Needs assessment"), "person_choice": _("The person's choice")},
        "reintegrating",
    ),
    Fact(
        "monitoring",
        _("Monitoring"),
        {
            "done": _("Finished, the person is well"),
            "continued": _("Goes on"),
            "declined": _("Declined by the person"),
            "lost": _("Contact lost"),
        },
        {"visit": _("Visit"), "call": _("Telephone call"), "partner": _("Report of a partner")},
        "monitored",
    ),
)
