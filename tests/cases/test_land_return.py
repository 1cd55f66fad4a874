"""A return by land: a manifest of many, counted at every stop and received one by one."""

from datetime import timedelta

from cases.kinds.base import waiting
from cases.kinds.land_return.stages import fewer_arrived
from tests.cases.walk import ANA, BASHIR, CIUDAD_HIDALGO, MANAGUA, Walk, manifest, person, until_manifest


def departed(walk: Walk, persons: int = 41) -> None:
    until_manifest(walk, persons)
    walk.states(ANA, "belongings", "returned", "signed_list")
    walk.states(ANA, "medicine", "not_needed", "health_check")
    assert walk.stage == "ready"
    walk.now += timedelta(days=2)
    walk.does(ANA, "depart", to="MX", post=CIUDAD_HIDALGO, persons="all", at=walk.moment(), count=persons)


def count(walk: Walk, place: str, persons: int, who=BASHIR) -> str:  # type: ignore[no-untyped-def]
    return walk.does(who, "count", place=place, post=CIUDAD_HIDALGO, persons=persons, at=walk.moment())


def test_forty_one_leave_and_are_received_one_by_one() -> None:
    walk = Walk("land_return")
    departed(walk)
    assert walk.stage == "departed"
    count(walk, "transit", 41, ANA)
    count(walk, "arrival", 41)
    assert walk.stage == "arrived"
    walk.does(BASHIR, "handover.receive", post=CIUDAD_HIDALGO, persons=[f"P{i}" for i in range(1, 41)], at=walk.moment())
    assert walk.asks == ["Confirm person by person that P41 arrived."]
    walk.does(BASHIR, "handover.receive", post=CIUDAD_HIDALGO, persons=["P41"], at=walk.moment())
    walk.states(BASHIR, "onward", "transport", "person_choice")
    proposal = walk.does(BASHIR, "close.propose", outcome="returned")
    walk.does(ANA, "close.sign", reply_to=proposal)
    assert walk.stage == "closed"


def test_forty_one_left_and_forty_arrived_rings_until_it_is_explained() -> None:
    walk = Walk("land_return")
    departed(walk)
    count(walk, "arrival", 40)
    assert str(fewer_arrived(walk.state)) == "41 left and 40 arrived."
    walk.does(BASHIR, "handover.receive", post=CIUDAD_HIDALGO, persons=[f"P{i}" for i in range(1, 41)], at=walk.moment())
    assert "P41" in walk.refused(BASHIR, "close.propose", outcome="duplicate")["outcome"]
    walk.states(BASHIR, "difference", "hospital", "report")
    assert fewer_arrived(walk.state) is None
    walk.does(BASHIR, "person.off", persons=["P41"], reason="not_arrived")
    assert walk.stage == "received"


def test_a_second_count_puts_the_first_right() -> None:
    walk = Walk("land_return")
    departed(walk)
    count(walk, "arrival", 40)
    count(walk, "arrival", 41)
    assert fewer_arrived(walk.state) is None


def test_who_sent_them_does_not_count_the_arrival() -> None:
    walk = Walk("land_return")
    departed(walk)
    said = {"post": CIUDAD_HIDALGO, "persons": 41, "at": walk.moment()}
    assert "place" in walk.refused(ANA, "count", place="arrival", **said)


def test_fewer_heads_than_names_do_not_leave() -> None:
    walk = Walk("land_return")
    until_manifest(walk)
    walk.states(ANA, "belongings", "returned", "signed_list")
    walk.states(ANA, "medicine", "not_needed", "health_check")
    said = {"to": "MX", "post": CIUDAD_HIDALGO, "persons": "all", "at": walk.moment()}
    assert "count" in walk.refused(ANA, "depart", **said, count=40)


def test_nobody_leaves_without_belongings_and_the_word_of_the_post() -> None:
    walk = Walk("land_return")
    until_manifest(walk)
    said = {"to": "MX", "post": CIUDAD_HIDALGO, "persons": "all", "at": walk.moment(), "count": 41}
    assert walk.refused(ANA, "depart", **said) == {"persons": "Return their belongings to P1–P41."}
    walk.states(ANA, "belongings", "returned", "signed_list")
    walk.states(ANA, "medicine", "not_needed", "health_check")
    walk.does(ANA, "plan", **manifest(walk))
    assert walk.refused(ANA, "depart", **said) == {"persons": "The reception post confirms hours and capacity."}


def test_a_person_who_expresses_fear_is_off_the_manifest_until_a_competent_body_answers() -> None:
    walk = Walk("land_return")
    walk.opens(persons=[person("P1"), person("P2", citizenship="NI")])
    walk.states(ANA, "screening", "fear", "self_report", ["P2"])
    said = {"to": "NI", "post": MANAGUA, "persons": ["P1"], "purpose": "reception", "due": walk.moment(days=1)}
    assert walk.refused(ANA, "referral.propose", **said) == {"to": "P2 is withheld from this authority."}
    walk.states(ANA, "rights", "told", "spoken", ["P1"], language="es")
    walk.states(ANA, "consular", "declined", "person_choice", ["P1"])
    walk.states(ANA, "screening", "clear", "interview", ["P1"])
    walk.states(ANA, "nationality", "confirmed", "document", ["P1"])
    assert walk.stage == "confirmed", "the others go on"
    walk.states(ANA, "clearance", "may_return", "asylum_body", ["P2"])
    assert walk.stage == "identified", "P2 is back, and rights come first"
    assert not walk.refused(ANA, "referral.propose", **said)


def test_fear_expressed_on_the_way_stops_the_handover_of_that_person() -> None:
    walk = Walk("land_return")
    departed(walk, 3)
    count(walk, "arrival", 3)
    walk.states(ANA, "screening", "fear", "self_report", ["P3"])
    said = {"post": CIUDAD_HIDALGO, "at": walk.moment()}
    assert "P3" in walk.refused(BASHIR, "handover.receive", persons=["P3"], **said)["persons"]
    assert not walk.refused(BASHIR, "handover.receive", persons=["P1", "P2"], **said)


def test_no_arrival_at_night_off_hours_or_without_notice_unless_the_post_signs() -> None:
    walk = Walk("land_return")
    until_manifest(walk)
    night = (walk.now + timedelta(days=3)).replace(hour=4, minute=0)  # 22 h local
    late = manifest(walk, arrive_at=night.strftime("%Y-%m-%dT%H:%MZ"))
    assert "exceptions" in walk.refused(ANA, "plan", **late)
    assert "exceptions" in walk.refused(ANA, "plan", **late, exceptions=["off_hours"])
    walk.does(ANA, "plan", **late, exceptions=["off_hours", "after_dark"])
    answer = {"name": "reception", "value": "confirmed", "on": "2026-03-01"}
    assert "basis" in walk.refused(BASHIR, "fact", **answer, basis="hours_and_capacity")
    assert not walk.refused(BASHIR, "fact", **answer, basis="exception_signed")
    assert "name" in walk.refused(ANA, "fact", **answer, basis="exception_signed")
    soon = manifest(walk, depart_at=walk.moment(hours=1))
    assert "notice" in walk.refused(ANA, "plan", **soon)["exceptions"]


def test_more_than_the_post_can_receive_needs_its_signature() -> None:
    walk = Walk("land_return")
    until_manifest(walk, 45)
    walk.does(ANA, "person.add", persons=[person("P46")])
    assert "can receive" in walk.refused(ANA, "plan", **manifest(walk))["exceptions"]


def test_a_family_travels_together() -> None:
    walk = Walk("land_return")
    walk.opens(persons=[person("P1", family="F1"), person("P2", family="F1"), person("P3")])
    walk.does(BASHIR, "referral.accept", guest=True, reply_to=walk.refers(CIUDAD_HIDALGO), officers=[BASHIR.kid])
    apart = manifest(walk, persons=["P1", "P3"])
    assert walk.refused(ANA, "plan", **apart) == {"persons": "Family F1 travels together: P2 would stay behind."}
    walk.states(ANA, "family_split", "agreed", "person_choice", ["P1"])
    assert not walk.refused(ANA, "plan", **apart)


def test_the_board_waits_for_whom_the_case_waits() -> None:
    walk = Walk("land_return")
    walk.opens()
    assert [one.authority for one in waiting(walk.kind, walk.state)] == ["HN"]
    walk.refers(CIUDAD_HIDALGO)
    assert [(one.authority, one.reason) for one in waiting(walk.kind, walk.state)] == [("MX", "answer")]
