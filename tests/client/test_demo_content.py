"""What the demo is made of fits together, and is as much as it promises."""

from collections import Counter

from client.demo.people import FOCALS, OFFICERS
from client.demo.places import AUTHORITIES, PLACES
from client.demo.stories import ROUTES, STORIES
from client.demo.talk import TALKS

EVERYBODY = FOCALS | OFFICERS
MEMBERS = {"BZ", "CA", "CR", "DO", "SV", "GT", "HN", "MX", "NI", "PA", "US"}


def test_all_members_of_the_conference_are_there_with_observers_and_organizations():
    kinds = Counter(membership for *_, membership in AUTHORITIES.values())
    assert {code for code, row in AUTHORITIES.items() if row[-1] == "member"} == MEMBERS
    assert kinds["observer_country"] >= 5
    assert kinds["observer_org"] >= 2


def test_everybody_serves_a_post_of_their_own_authority_and_has_a_focal_point():
    assert len({one.username for one in EVERYBODY.values()}) == len(EVERYBODY) >= 22
    for one in EVERYBODY.values():
        assert one.posts
        assert {PLACES[post].authority for post in one.posts} == {one.authority}
    assert {one.authority for one in OFFICERS.values()} <= {one.authority for one in FOCALS.values()}


def test_who_speaks_in_a_channel_is_a_writer_there():
    assert len(TALKS) >= 12
    for talk in TALKS:
        writers = {talk.founder, *(key for key, role in talk.members.items() if role in "ow")}
        assert {key for key, _ in talk.lines} <= writers, talk.title
        assert set(talk.behind) <= set(talk.members), talk.title
        assert set(talk.members) <= set(EVERYBODY), talk.title


def test_routes_lead_to_desks_that_their_officers_serve():
    for name, route in ROUTES.items():
        assert PLACES[route.from_post].authority == OFFICERS[route.sender].authority, name
        assert route.to_post in OFFICERS[route.receiver].posts, f"{name}: only who serves the post sees its referral"
        assert not route.backs or OFFICERS[route.backs].authority == OFFICERS[route.sender].authority, name
        assert not route.joins or OFFICERS[route.joins].authority == OFFICERS[route.receiver].authority, name


def test_there_is_a_case_for_every_way_of_standing():
    assert len(STORIES) >= 60
    for kind, waiting in (("trafficking", "detected"), ("land_return", "identified")):
        stops = {story.stop for story in STORIES if story.kind == kind}
        assert {waiting, "referred", "declined", "accepted", "signing", "closed"} <= stops
    twists = Counter(story.twist for story in STORIES)
    assert all(twists[twist] for twist in ("overdue", "fear", "missing", "child", "withheld", "theirs to sign", "declined once"))
