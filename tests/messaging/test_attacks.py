"""What must be refused, each after its lawful twin went through (docs/threat-model.md)."""

import json

import pytest

from liaison.names import b64u
from messaging.models import Channel, Event, Member
from sealed import events
from sealed.open_events import Author, sign_receipt
from tests.messaging.network import Network, Person, Room, code_of, now_ms, sent

pytestmark = pytest.mark.django_db

NOWHERE = b64u(bytes(32))


def count(room: Room) -> int:
    return Event.objects.filter(channel_id=room.name).count()


def test_another_authoritys_officer_finds_nothing_on_any_address(room: Room, ana: Person, fernando: Person) -> None:
    wire = room.seal(ana, ["text", "nuestro", None])
    mark = {"receipt": b64u(room.receipt(ana))}
    requests = [
        ("get", "", {}),
        ("get", "/events", {}),
        ("get", "/ids", {}),
        ("post", "/events", sent([wire])),
        ("post", "/receipt", mark),
    ]
    for method, tail, data in requests:
        lawful = getattr(ana, method)(room.path + tail, **data) if method == "get" else ana.post(room.path + tail, data)
        foreign = fernando.get(room.path + tail) if method == "get" else fernando.post(room.path + tail, data)
        missing = fernando.get(f"/api/channels/{NOWHERE}{tail}") if method == "get" else None
        assert lawful.status_code == 200, (tail, lawful.content)
        assert code_of(foreign) == (404, "not_found"), tail
        assert missing is None or missing.content == foreign.content
    assert fernando.get("/api/channels").json() == {"channels": []}
    assert fernando.get(f"/channels/{room.name}/").status_code == 404


def test_bashir_cannot_send_what_ana_signed(room: Room, ana: Person, bashir: Person) -> None:
    wire = room.seal(ana, ["text", "de Ana", None])
    assert code_of(room.send(bashir, wire)) == (403, "not_your_key")
    assert room.send(ana, wire).status_code == 200


def test_a_wire_that_names_ana_but_is_signed_by_bashir_is_refused(room: Room, ana: Person, bashir: Person) -> None:
    class Forger(Author):
        def _wire(self, ad: bytes, payload: bytes) -> bytes:
            whole = Author(ana.identity, self.client_id)._wire(ad, payload)
            from sealed import cbor

            hdr, _, ct = cbor.decode(whole)
            return cbor.encode([hdr, bashir.identity.sign(hdr), ct])

    room.say(ana, "de verdad")
    honest, ana.author = ana.author, Forger(ana.identity, b"forgery!")
    forged = room.seal(ana, ["text", "falso", None])
    ana.author = honest
    assert code_of(room.send(ana, forged)) == (422, "bad_signature")
    assert code_of(room.send(bashir, forged)) == (422, "bad_signature")


def test_a_changed_ciphertext_is_refused(room: Room, ana: Person) -> None:
    wire = room.seal(ana, ["text", "entero", None])
    assert code_of(room.send(ana, wire[:-1] + bytes([wire[-1] ^ 1]))) == (422, "bad_hash")
    assert room.send(ana, wire).status_code == 200


def test_a_post_for_an_epoch_that_is_over_is_refused(room: Room, ana: Person, bashir: Person) -> None:
    old = room.seal(bashir, ["text", "tarde", None])
    room.change(ana, [], members=[ana, bashir])
    assert code_of(room.send(bashir, old)) == (409, "wrong_epoch")
    room.say(bashir, "a tiempo")


@pytest.mark.parametrize("seen", ["another_past", "the_future", "another_place"])
def test_a_post_written_on_another_transcript_is_refused(room: Room, ana: Person, seen: str) -> None:
    room.say(ana, "antes")
    head = room.state.head_n
    wrong, code = {
        "another_past": ({"t_seen": bytes(32)}, "wrong_transcript"),
        "the_future": ({"seen_n": head + 1}, "unknown_head"),
        "another_place": ({"seen_n": head - 1}, "wrong_transcript"),
    }[seen]
    assert code_of(room.send(ana, room.seal(ana, ["text", "x", None], **wrong)))[1] == code
    lawful = room.seal(ana, ["text", "x", None], seen_n=head - 1, t_seen=room.state.ts[head - 1])
    assert room.send(ana, lawful).status_code == 200


def test_a_control_event_must_stand_on_the_newest_head(room: Room, ana: Person, bashir: Person) -> None:
    wire, grants = room.control(ana, [], members=[ana, bashir])
    room.say(bashir, "me adelanté")
    assert code_of(room.send(ana, wire, grants=grants)) == (409, "stale_head")
    room.change(ana, [], members=[ana, bashir])


def test_one_number_holds_one_message(room: Room, ana: Person) -> None:
    ana.author.next_seq = 7
    first = room.seal(ana, ["text", "uno", None])
    ana.author.next_seq = 7
    other = room.seal(ana, ["text", "dos", None])
    assert room.send(ana, first).status_code == 200
    assert code_of(room.send(ana, other)) == (409, "same_id_other_body")
    assert count(room) == 3


def test_a_reader_reads_and_does_not_post(network: Network, ana: Person, bashir: Person) -> None:
    room = Room(network).create(ana, {bashir: "r"})
    assert bashir.get(f"{room.path}/events").status_code == 200
    assert bashir.post(f"{room.path}/receipt", {"receipt": b64u(room.receipt(bashir))}).status_code == 200
    assert code_of(room.send(bashir, room.seal(bashir, ["text", "x", None]))) == (403, "not_allowed")


def test_a_removed_member_finds_nothing_from_that_moment(room: Room, ana: Person, bashir: Person) -> None:
    room.say(bashir, "todavía")
    late, mark = room.seal(bashir, ["text", "ya no", None]), room.receipt(bashir)
    room.change(ana, [["remove", bashir.kid, None]], members=[ana])
    answers = [bashir.get(room.path + tail) for tail in ("", "/events", "/ids")]
    answers += [room.send(bashir, late), bashir.post(f"{room.path}/receipt", {"receipt": b64u(mark)})]
    assert {code_of(answer) for answer in answers} == {(404, "not_found")}


def test_an_act_does_not_belong_in_a_network_channel(room: Room, ana: Person) -> None:
    act = room.clear(ana, events.ACT, json.dumps({"act": "fact", "v": 1}).encode())
    assert code_of(room.send(ana, act)) == (422, "acts_not_here")
    assert count(room) == 2


def test_a_wire_of_one_channel_is_refused_in_another(room: Room, network: Network, ana: Person, bashir: Person) -> None:
    other = Room(network).create(ana, {bashir: "w"})
    wire = other.seal(ana, ["text", "del otro", None])
    assert code_of(room.send(ana, wire)) == (422, "wrong_channel")
    assert other.send(ana, wire).status_code == 200


def test_nobody_says_seen_by_for_another(room: Room, ana: Person, bashir: Person) -> None:
    def answer(person: Person, data: bytes) -> tuple[int, str]:
        return code_of(person.post(f"{room.path}/receipt", {"receipt": b64u(data)}))

    room.say(ana, "visto")
    assert answer(ana, room.receipt(bashir)) == (403, "not_your_key")
    assert answer(bashir, sign_receipt(bashir.identity, room.id, 3, bytes(32), now_ms())) == (422, "wrong_transcript")
    assert answer(bashir, room.receipt(bashir, 4, bytes(32))) == (409, "unknown_head")
    forged = room.receipt(bashir)
    assert answer(bashir, forged[:-1] + bytes([forged[-1] ^ 1])) == (422, "bad_receipt")
    assert bashir.post(f"{room.path}/receipt", {"receipt": b64u(room.receipt(bashir))}).status_code == 200


@pytest.mark.parametrize("fault", ["missing", "another", "extra"])
def test_grants_are_exactly_those_that_were_signed(room: Room, ana: Person, bashir: Person, fault: str) -> None:
    wire, grants = room.control(ana, [], members=[ana, bashir])
    wrong = {
        "missing": grants[:1],
        "another": [grants[0], (grants[1][0], grants[1][1][:-1] + b"!")],
        "extra": [*grants, (ana.kid, b"more")],
    }[fault]
    assert code_of(room.send(ana, wire, grants=wrong)) == (422, "wrong_grants")
    assert room.send(ana, wire, grants=grants).status_code == 200


def test_a_request_is_stored_whole_or_not_at_all(room: Room, ana: Person, bashir: Person) -> None:
    good, bad = room.seal(ana, ["text", "bien", None]), room.seal(ana, ["text", "mal", None], epoch=room.state.epoch + 1)
    assert code_of(room.send(ana, good, bad))[1] == "wrong_epoch"
    assert count(room) == 2
    assert room.send(ana, good).status_code == 200


def test_a_refused_change_leaves_no_trace(room: Room, ana: Person, bashir: Person, fernando: Person) -> None:
    """The second event of the request is refused after the first changed the members inside the transaction."""
    removal, grants = room.control(ana, [["remove", bashir.kid, None]], members=[ana])
    bad = room.seal(ana, ["text", "x", None])  # written before the removal's new epoch
    assert room.send(ana, removal, bad, grants=grants).status_code == 409
    assert Member.objects.filter(channel_id=room.name, left_n=None).count() == 2
    assert Channel.objects.get(pk=room.name).epoch == 0
    room.say(bashir, "sigo aquí")


def test_a_member_cannot_bring_in_a_stranger_of_another_authority_alone(
    network: Network, ana: Person, bashir: Person, fernando: Person
) -> None:
    room = Room(network).create(ana, {bashir: "o"}, k=2)
    wire, grants = room.control(ana, [["add", fernando.kid, "w"]], members=[ana, bashir, fernando])
    assert code_of(room.send(ana, wire, grants=grants)) == (403, "not_enough_countries")
    assert fernando.get(room.path).status_code == 404


def test_a_case_is_not_made_without_its_act(network: Network, ana: Person, bashir: Person) -> None:
    room = Room(network)
    wire, grants = room.genesis(ana, {bashir: "w"}, kind="case")
    assert code_of(ana.post("/api/channels", sent([wire], grants))) == (400, "bad_request")
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"wires": []},
        {"wires": "AAAA"},
        {"wires": ["!!"]},
        {"wires": [7]},
        {"wires": ["gw"], "grants": [["AA"]]},
        {"wires": ["gw"], "n": 3},
        {"wires": ["gw=="]},
    ],
)
def test_a_request_of_another_shape_is_refused(room: Room, ana: Person, body: dict) -> None:
    assert code_of(ana.post(f"{room.path}/events", body))[0] == 400
    assert count(room) == 2


def test_a_flood_is_slowed_down_and_nobody_elses_posts_with_it(room: Room, ana: Person, bashir: Person) -> None:
    wire = room.seal(ana, ["text", "otra vez", None])
    answers = [room.send(ana, *[wire] * 1000) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert room.send(bashir, room.seal(bashir, ["text", "yo sí", None])).status_code == 200
