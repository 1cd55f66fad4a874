"""A trafficking victim from detection to a closing that Honduras and Mexico sign."""

from cases.kinds.base import waiting
from tests.cases.walk import (
    ANA,
    BASHIR,
    CARMEN,
    FERNANDO,
    MANAGUA,
    TAPACHULA,
    Walk,
    consents,
    person,
    until_planned,
    until_referred,
)


def test_ana_opens_a_case_and_is_told_in_a_sentence_what_comes_next() -> None:
    walk = Walk("trafficking")
    walk.opens()
    assert walk.stage == "detected"
    assert walk.asks == ["Screen P1 for safety."]


def test_stages_follow_the_facts_and_nobody_clicks_them() -> None:
    walk = Walk("trafficking")
    until_referred(walk)
    assert walk.stage == "consented"
    walk.states(BASHIR, "risk", "managed", "partner", where="destination")
    assert walk.asks == ["Assess the risk in the host country for P1."]
    walk.states(ANA, "risk", "low", "interview", where="host")
    assert walk.stage == "assessed"


def test_a_case_is_as_far_as_its_last_person() -> None:
    walk = Walk("trafficking")
    walk.opens(persons=[person("P1"), person("P2")])
    walk.states(ANA, "screened", "safe", "interview", ["P1"])
    assert walk.stage == "detected"
    assert walk.asks == ["Screen P2 for safety."]
    walk.states(ANA, "screened", "unsafe", "interview", ["P2"])
    assert walk.asks == ["P2 is not safe: find a safe place first."]


def test_everybody_found_to_be_no_victim_leads_straight_to_the_closing() -> None:
    walk = Walk("trafficking")
    walk.opens()
    walk.states(ANA, "status", "not_victim", "indicators", decided_by="government")
    assert walk.stands.next == "closed"
    proposal = walk.does(ANA, "close.propose", outcome="not_victim")
    walk.does(CARMEN, "close.sign", reply_to=proposal)
    assert walk.stage == "closed"


def test_ana_cannot_tell_mexico_of_a_person_who_did_not_consent() -> None:
    walk = Walk("trafficking")
    walk.opens()
    said = {"to": "MX", "post": TAPACHULA, "persons": "all", "purpose": "reception", "due": walk.moment(days=2)}
    assert "consent" in walk.refused(ANA, "referral.propose", **said)["persons"]
    consents(walk, "sharing")
    assert not walk.refused(ANA, "referral.propose", **said)


def test_a_child_does_not_consent_alone() -> None:
    walk = Walk("trafficking")
    walk.opens(persons=[person("P1", "15-17")])
    said = {
        "name": "consent",
        "value": "given",
        "basis": "spoken",
        "on": "2026-03-01",
        "persons": "all",
        "purpose": "sharing",
        "recipients": "both",
        "language": "es",
    }
    assert "guardian" in walk.refused(ANA, "fact", **said, guardian=False)
    assert not walk.refused(ANA, "fact", **said, guardian=True)


def test_only_a_child_is_a_victim_without_a_means() -> None:
    walk = Walk("trafficking")
    walk.opens(persons=[person("P1"), person("P2", "12-14")])
    said = {"name": "status", "value": "actual", "basis": "act_purpose_minor", "on": "2026-03-01", "decided_by": "court"}
    assert walk.refused(ANA, "fact", **said, persons=["P1"]) == {"basis": "P1 is not under 18: the means must be shown."}
    assert not walk.refused(ANA, "fact", **said, persons=["P2"])


def test_open_proceedings_high_risk_and_withdrawn_consent_each_block_the_return() -> None:
    for fact, value, basis, extras in (
        ("proceedings", "open", "prosecutor", {}),
        ("risk", "high", "partner", {"where": "destination"}),
        (
            "consent",
            "withdrawn",
            "written",
            {"purpose": "return", "recipients": "both", "language": "es", "guardian": False},
        ),
        ("screened", "unsafe", "interview", {}),
    ):
        walk = Walk("trafficking")
        until_planned(walk)
        leaving = {"to": "MX", "post": TAPACHULA, "persons": "all", "at": walk.moment()}
        assert not walk.refused(ANA, "depart", **leaving), "the return must be free for the brake to mean anything"
        walk.states(ANA, fact, value, basis, **extras)
        assert "persons" in walk.refused(ANA, "depart", **leaving), fact
        assert "persons" in walk.refused(ANA, "handover.give", **leaving), fact


def test_ana_and_bashir_hand_over_and_close_with_two_signatures() -> None:
    walk = Walk("trafficking")
    until_planned(walk)
    assert walk.stage == "planned"
    walk.does(ANA, "depart", to="MX", post=TAPACHULA, persons="all", at=walk.moment())
    assert walk.stage == "travelled"
    walk.does(ANA, "handover.give", to="MX", post=TAPACHULA, persons="all", at=walk.moment())
    assert walk.stage == "travelled", "one signature hands nobody over"
    walk.does(BASHIR, "handover.receive", post=TAPACHULA, persons=["P1"], at=walk.moment())
    assert walk.stage == "received"
    walk.states(BASHIR, "reintegration", "agreed", "assessment")
    walk.states(BASHIR, "monitoring", "done", "visit")
    proposal = walk.does(BASHIR, "close.propose", outcome="reintegrated")
    assert "reply_to" in walk.refused(BASHIR, "close.sign", reply_to=proposal)
    assert [(one.authority, one.reason) for one in waiting(walk.kind, walk.state)] == [("HN", "signature")]
    walk.does(ANA, "close.sign", reply_to=proposal)
    assert walk.stage == "closed"
    assert walk.refused(ANA, "person.add", persons=[person("P2")]) == {
        "act": "This case is closed: nothing more can be added to it."
    }


def test_a_withdrawn_consent_after_the_journey_does_not_send_the_case_back() -> None:
    walk = Walk("trafficking")
    until_planned(walk)
    walk.does(ANA, "depart", to="MX", post=TAPACHULA, persons="all", at=walk.moment())
    walk.states(ANA, "consent", "withdrawn", "written", purpose="return", recipients="both", language="es", guardian=False)
    assert walk.stage == "travelled"


def test_fernando_has_no_say_and_mexico_none_before_it_accepts() -> None:
    walk = Walk("trafficking")
    walk.opens()
    consents(walk, "sharing")
    referral = walk.refers()
    assert "act" in walk.refused(FERNANDO, "withhold", **{"from": "NI"}, persons="all", reason="asked")
    assert "act" in walk.refused(BASHIR, "person.add", persons=[person("P2")])
    assert "reply_to" in walk.refused(FERNANDO, "referral.accept", guest=True, reply_to=referral, officers=[FERNANDO.kid])


def test_a_declined_desk_is_out_and_a_former_owner_keeps_its_part_as_former() -> None:
    walk = Walk("trafficking")
    walk.opens()
    consents(walk, "sharing")
    walk.does(BASHIR, "referral.decline", guest=True, reply_to=walk.refers(), reason="no_capacity")
    assert walk.state.role("MX") == ""
    transfer = walk.refers(purpose="transfer")
    walk.does(BASHIR, "referral.accept", guest=True, reply_to=transfer, officers=[BASHIR.kid])
    assert (walk.state.owner, walk.state.role("HN")) == ("MX", "former")
    assert "act" in walk.refused(ANA, "person.add", persons=[person("P2")])


def test_what_is_withheld_from_nicaragua_is_never_named_to_it() -> None:
    walk = Walk("trafficking")
    walk.opens()
    consents(walk, "sharing")
    withheld = walk.does(ANA, "withhold", **{"from": "NI"}, persons=["P1"], reason="may_be_refugee")
    said = {"to": "NI", "post": MANAGUA, "persons": "all", "purpose": "reception", "due": walk.moment(days=2)}
    assert walk.refused(ANA, "referral.propose", **said) == {"to": "P1 is withheld from this authority."}
    lift = walk.does(ANA, "withhold.lift.propose", reply_to=withheld, reason="no_risk_found")
    assert "second officer" in walk.refused(ANA, "withhold.lift", reply_to=lift)["reply_to"]
    walk.does(CARMEN, "withhold.lift", reply_to=lift)
    assert not walk.refused(ANA, "referral.propose", **said)
