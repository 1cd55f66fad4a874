"""Return by land of adults and families: one person, a family or a manifest of hundreds.

The RCM memorandum of 2006 asks for returns that are "dignas, ordenadas, ágiles y seguras". Read in this order: facts.py
(what is decided, on which basis, and at which stage the form asks for it), stages.py (gates, terms, the alert when
fewer arrive than left), rules.py (hours, darkness, notice, capacity, families)."""

from django.utils.translation import gettext_lazy as _

from cases.kinds.base import Kind
from cases.kinds.common import AT, POST, SEALED_CASE, SEALED_PERSON, common_acts, person_fields, travel_acts
from cases.kinds.fields import MAX_PERSONS, ActSchema, Field, Number, OneOf, SomeOf
from cases.kinds.land_return.facts import EXCEPTIONS, FACTS, FLAGS, OUTCOMES, PERSON_FIELDS, PLACES, PURPOSES
from cases.kinds.land_return.rules import brakes, check
from cases.kinds.land_return.stages import ALERTS, CLOCKS, STAGES, on_manifest

COUNT = ActSchema(
    "count",
    _("Persons counted"),
    (
        Field("place", OneOf(PLACES), _("Where")),
        POST,
        Field("persons", Number(0, MAX_PERSONS), _("Persons counted")),
        AT,
    ),
    "arrived",
)
KIND = Kind(
    code="land_return",
    prefix="RT",
    label=_("Return by land"),
    about=_("Adults and families who return by land: dignified, orderly, swift and safe, counted at every stop."),
    stages=STAGES,
    facts=FACTS,
    clocks=CLOCKS,
    acts=common_acts(
        "land_return",
        "RT",
        person_fields(FLAGS, PERSON_FIELDS),
        PURPOSES,
        OUTCOMES,
        {clock.code: clock.label for clock in CLOCKS},
    )
    | travel_acts(
        "proposed",
        "departed",
        (
            Field("vehicles", Number(1, 99), _("Vehicles")),
            Field("exceptions", SomeOf(EXCEPTIONS), _("Exceptions asked for"), required=False),
        ),
        counted=True,
    )
    | {"count": COUNT},
    flags=FLAGS,
    purposes=PURPOSES,
    outcomes=OUTCOMES,
    early=frozenset(("cancelled", "protected", "duplicate")),
    departure="departed",
    departure_gives=True,
    person_fields=PERSON_FIELDS,
    sealed_person=SEALED_PERSON,
    sealed_case=SEALED_CASE,
    alerts=ALERTS,
    in_scope=on_manifest,
    travels=on_manifest,
    brakes=brakes,
    check=check,
)
