"""Trafficking victim (trata de personas): from detection to a closing that two countries sign.

Read in this order: facts.py (what is decided, on which basis, and at which stage the form asks for it), stages.py (the
gates and terms), rules.py (what only this kind refuses)."""

from django.utils.translation import gettext_lazy as _

from cases.kinds.base import Kind
from cases.kinds.common import SEALED_CASE, SEALED_PERSON, common_acts, person_fields, travel_acts
from cases.kinds.trafficking.facts import FACTS, FLAGS, OUTCOMES, PERSON_FIELDS, PURPOSES
from cases.kinds.trafficking.rules import check
from cases.kinds.trafficking.stages import CLOCKS, STAGES, travels, victims

KIND = Kind(
    code="trafficking",
    prefix="TV",
    label=_("Victim of trafficking"),
    about=_("Detection, protection and, where the person wants it, a safe return agreed between two countries."),
    stages=STAGES,
    facts=FACTS,
    clocks=CLOCKS,
    acts=common_acts(
        "trafficking",
        "TV",
        person_fields(FLAGS, PERSON_FIELDS),
        PURPOSES,
        OUTCOMES,
        {clock.code: clock.label for clock in CLOCKS},
    )
    | travel_acts("planned", "travelled"),
    flags=FLAGS,
    purposes=PURPOSES,
    outcomes=OUTCOMES,
    early=frozenset(("not_victim", "declined_help", "contact_lost", "duplicate")),
    departure="travelled",
    person_fields=PERSON_FIELDS,
    sealed_person=SEALED_PERSON,
    sealed_case=SEALED_CASE,
    in_scope=victims,
    travels=travels,
    check=check,
)
