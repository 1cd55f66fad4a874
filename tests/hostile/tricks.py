"""What a hostile host may do to a channel and how each trick ends (docs/threat-model.md), once for the Python client and for the
browser. The host is clever: whatever it shows, it shows with heads, identifiers and transcript computed anew, so that only what
members signed and what readers remember finds it out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from client.b64 import b64u, unb64u
from client.rooms import Room, now_ms
from sealed import cbor, events
from sealed.events import CONTROL, POST
from sealed.open_events import Author, control_body, sign_receipt
from sealed.open_keys import Identity
from tests.hostile.proxy import Asked, Told, Trick

AT = "2026-11-23T10:00:00.000Z"


@dataclass
class Scene:
    """A channel of Ana, Bashir and Carmen, in which Ines came and went: what the honest host stores, and another channel of the
    same people. `words` {position: text} is what Bashir reads of it."""

    id: str
    wires: list[bytes]
    other: list[bytes]
    people: dict[str, Identity]
    words: dict[int, str]
    earlier: set[str]  # versions that were said before
    secret: bytes = b""

    @property
    def channel_id(self) -> bytes:
        return unb64u(self.id)

    @property
    def head(self) -> tuple[int, bytes]:
        return len(self.wires), transcript_of(self.channel_id, self.wires)[-1]


def play(ana: Any, bashir: Any, carmen: Any, ines: Any, fernando: Any, title: str) -> Scene:
    """By the real clients, at the honest host."""
    hers = ana.enlace.create_channel("corridor", {bashir.kid: "w", carmen.kid: "w"}, title)
    rooms = {"ana": hers, "bashir": bashir.enlace.room(hers.id), "carmen": carmen.enlace.room(hers.id)}

    def says(who: str, text: str) -> None:
        rooms[who].refresh().post(text)

    says("ana", "Llegaron 41 personas.")
    says("bashir", "Recibido, las espero.")
    says("carmen", "Falta la lista de menores.")
    hers.refresh().add([ines.kid])
    ines.enlace.room(hers.id).post("La lista va en camino.")
    hers.refresh().remove(ines.kid)
    says("ana", "Sale el segundo bus.")
    says("bashir", "Lo recibe el DIF.")
    hers.refresh()
    for version in VERSIONS:
        hers.edit(8, version)
    # Two write at the same moment: neither saw the other's words, so that only a third can say which came first.
    both = [rooms[who].refresh().sealed_wire(POST, ["text", text, None]) for who, text in AT_THE_SAME_MOMENT]
    for (who, _), wire in zip(AT_THE_SAME_MOMENT, both, strict=True):
        rooms[who]._put([wire], {})
    room = rooms["bashir"].refresh()
    other = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, f"{title} (otro)")
    other.post("Palabras de otro canal.")
    cast = {"ana": ana, "bashir": bashir, "carmen": carmen, "ines": ines, "fernando": fernando}
    people = {name: person.enlace.identity for name, person in cast.items()}
    said = room.talk().messages()
    words = {one.n: one.text for one in said}
    assert sorted(words) == [2, 3, 4, 6, 8, 9, 12, 13], "the positions that the tricks below speak of"
    earlier = {version for one in said for version in one.versions} - {*words.values()}
    return Scene(hers.id, wires_of(room), wires_of(other.refresh()), people, words, earlier, room.ring.secret(1))


VERSIONS = ("Sale el segundo bus a las cinco.", "Sale el segundo bus a las seis.")
AT_THE_SAME_MOMENT = (("carmen", "Son siete menores."), ("ana", "El bus llega a las seis."))


def wires_of(room: Room) -> list[bytes]:
    rows = room.enlace.http.get(f"/api/channels/{room.id}/events", after=0, limit=500)["events"]
    return [unb64u(row["wire"]) for row in rows]


def transcript_of(channel_id: bytes, wires: list[bytes]) -> list[bytes]:
    ts = [events.transcript_start(channel_id)]
    for wire in wires:
        ts.append(events.transcript(ts[-1], events.sha256(cbor.decode(wire)[0])))
    return ts


# --- The tricks --------------------------------------------------------------------------------------------------------------


@dataclass
class Lie:
    """`bend(scene)` -> the wires shown in place of the true ones. `detail(scene, told)` changes the rest of the channel's answer,
    `page(told)` an answer with events, after all else was computed."""

    line: str  # of the table in docs/threat-model.md
    bend: Callable[[Scene], list[bytes]] = lambda scene: scene.wires
    detail: Callable[[Scene, Told], Told] = lambda scene, told: told
    page: Callable[[list[Told]], list[Told]] = lambda rows: rows
    rows: dict[int, str] = field(default_factory=dict)  # positions that are shown as refused, with the code
    stops: tuple[int, str] | None = None  # from this position on nothing is believed
    refused: str | None = None  # the channel is not opened
    closed: str | None = None  # nothing can be opened; the code why
    forked: str | None = None  # whose signature shows that the host tells two stories
    seen_before: bool = False  # by a reader who knows the true head
    for_browsers: bool = False  # what it bends the command line does not read: it takes every event itself


class Shown(Trick):
    """The host tells this lie about the scene's channel, and the truth about everything else."""

    def __init__(self, scene: Scene, lie: Lie) -> None:
        self.scene, self.lie = scene, lie
        self.wires = lie.bend(scene)
        self.ts = transcript_of(scene.channel_id, self.wires)
        self.told = 0

    def answer(self, asked: Asked, told: Told) -> Told:
        path, mine = asked.path, f"/api/channels/{self.scene.id}"
        if not path.startswith(mine):
            return told
        self.told += 1
        head: Told = {"head_n": len(self.wires), "head_t": b64u(self.ts[-1])}
        if path == mine:
            controls = [row for row in self._rows() if _kind(unb64u(row["wire"])) == CONTROL]
            return self.lie.detail(self.scene, told | head | {"control": controls, "receipts": []})
        if path.endswith("/ids"):
            ids = [events.sha256(cbor.decode(wire)[0]) for wire in self.wires]
            return told | {"ids": b64u(b"".join(ids[asked.number("after") or 0 :]))}
        if path.endswith("/headers"):
            return told | {"headers": [b64u(cbor.decode(wire)[0]) for wire in self.wires[asked.number("after") or 0 :]]}
        if path.endswith("/events"):
            return told | head | {"events": self.lie.page(self._page(asked))}
        return told

    def _rows(self) -> list[Told]:
        return [{"n": n, "at": AT, "wire": b64u(wire)} for n, wire in enumerate(self.wires)]

    def _page(self, asked: Asked) -> list[Told]:
        rows, before, limit = self._rows(), asked.number("before"), asked.number("limit") or 200
        if before is not None:
            return rows[:before][-limit:]
        return rows[asked.number("after") or 0 :][:limit]


def _kind(wire: bytes) -> int:
    return int(cbor.decode(cbor.decode(cbor.decode(wire)[0])[1])[3])


def _with(wires: list[bytes], n: int, wire: bytes) -> list[bytes]:
    return [*wires[:n], wire, *wires[n + 1 :]]


def _flipped(data: bytes, at: int = 40) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _bent(wire: bytes, *, sig: bool = False, payload: bytes | None = None) -> bytes:
    hdr, signature, ct = cbor.decode(wire)
    return cbor.encode([hdr, _flipped(signature) if sig else signature, ct if payload is None else payload])


def _payload(wire: bytes) -> bytes:
    return bytes(cbor.decode(wire)[2])


def altered(scene: Scene) -> list[bytes]:
    return _with(scene.wires, 3, _bent(scene.wires[3], payload=_flipped(_payload(scene.wires[3]))))


def forged(scene: Scene) -> list[bytes]:
    return _with(scene.wires, 3, _bent(scene.wires[3], sig=True))


def moved_between_rows(scene: Scene) -> list[bytes]:
    return _with(scene.wires, 9, _bent(scene.wires[9], payload=_payload(scene.wires[8])))


def moved_between_epochs(scene: Scene) -> list[bytes]:
    return _with(scene.wires, 8, _bent(scene.wires[8], payload=_payload(scene.wires[2])))


def moved_between_versions(scene: Scene) -> list[bytes]:
    """The first edit of message 8 in the place of the second: an officer would send people to the bus of five."""
    return _with(scene.wires, 11, _bent(scene.wires[11], payload=_payload(scene.wires[10])))


def version_played_again(scene: Scene) -> list[bytes]:
    return [*scene.wires, scene.wires[10]]


def moved_between_channels(scene: Scene) -> list[bytes]:
    return [*scene.wires, scene.other[-1]]


def played_again(scene: Scene) -> list[bytes]:
    return [*scene.wires, scene.wires[9]]


def reordered(scene: Scene) -> list[bytes]:
    return [*scene.wires[:8], scene.wires[9], scene.wires[8], *scene.wires[10:]]


def dropped_in_the_middle(scene: Scene) -> list[bytes]:
    return [*scene.wires[:8], *scene.wires[9:]]


def dropped_before_a_change(scene: Scene) -> list[bytes]:
    return [*scene.wires[:4], *scene.wires[5:]]


def cut(scene: Scene) -> list[bytes]:
    return scene.wires[:-2]


def other_beginning(scene: Scene) -> list[bytes]:
    return [scene.other[0], *scene.wires[1:]]


def _ghost(scene: Scene, signer: Identity, kind: str) -> list[bytes]:
    """A change or a message at the head by somebody who is no member."""
    n, t = scene.head
    author = Author(signer, b"hostile!")
    if kind == "post":
        words = ["text", "Soy de aquí.", None]
        return [*scene.wires, author.seal(scene.secret, scene.channel_id, 1, POST, n, t, now_ms(), words)]
    body = control_body(1, [["add", signer.kid, "w"]], None)
    log = control_body(cbor.decode(cbor.decode(scene.wires[7])[2])[0], [["add", signer.kid, "w"]], None)
    return [*scene.wires, author.clear(scene.channel_id, 1, CONTROL, n, t, now_ms(), log or body)]


def ghost_without_a_country(scene: Scene) -> list[bytes]:
    return _ghost(scene, Identity.create(), "control")


def ghost_of_another_country(scene: Scene) -> list[bytes]:
    return _ghost(scene, scene.people["fernando"], "control")


def stranger_speaks(scene: Scene) -> list[bytes]:
    return _ghost(scene, scene.people["fernando"], "post")


def removed_officer_speaks(scene: Scene) -> list[bytes]:
    return _ghost(scene, scene.people["ines"], "post")


def two_at_once_swapped(scene: Scene) -> list[bytes]:
    return [*scene.wires[:12], scene.wires[13], scene.wires[12]]


def carmen_saw(scene: Scene, told: Told) -> Told:
    """Carmen's read mark of the true end, which the host passes on as it must not lose it."""
    n, t = scene.head
    mark = sign_receipt(scene.people["carmen"], scene.channel_id, n, t, now_ms())
    return told | {"receipts": [{"kid": b64u(scene.people["carmen"].kid), "n": n, "receipt": b64u(mark), "at": AT}]}


def own_mark(scene: Scene, told: Told) -> Told:
    """What the reader himself signed before, which the host forgot to hide."""
    n, t = scene.head
    mark = sign_receipt(scene.people["bashir"], scene.channel_id, n, t, now_ms())
    return told | {"receipts": [{"kid": b64u(scene.people["bashir"].kid), "n": n, "receipt": b64u(mark), "at": AT}]}


def forged_mark(scene: Scene, told: Told) -> Told:
    """A read mark in Carmen's name that Fernando signed."""
    n, t = scene.head
    body = events.receipt_body(scene.channel_id, scene.people["carmen"].kid, n, t, now_ms())
    mark = cbor.encode([body, scene.people["fernando"].sign(body)])
    return told | {"receipts": [{"kid": b64u(scene.people["carmen"].kid), "n": n, "receipt": b64u(mark), "at": AT}]}


def grants_withheld(_scene: Scene, told: Told) -> Told:
    return told | {"grants": []}


def grants_replaced(_scene: Scene, told: Told) -> Told:
    return told | {"grants": [row | {"blob": b64u(_flipped(unb64u(row["blob"])))} for row in told["grants"]]}


def ghost_in_the_list(scene: Scene, told: Told) -> Told:
    ghost = told["members"][0] | {"kid": b64u(scene.people["fernando"].kid), "name": "Fernando Xol", "role": "w"}
    return told | {"members": [*told["members"], ghost]}


def addition_hidden(_scene: Scene, told: Told) -> Told:
    """Ines was added at 5: the list of changes passes over it."""
    return told | {"control": [row for row in told["control"] if row["n"] != 5]}


AFTER_8 = dict.fromkeys((10, 11, 12, 13), "wrong_transcript")
REORDER = "active host: reorder, drop in the middle, replay, alter, move across channels"
GHOST = "active host: ghost member, swapped key"
WITHHOLD = "active host: withhold newest events, or fork two groups for good"

LIES = {
    "the truth": Lie("lawful"),
    "a message altered": Lie(REORDER, altered, rows={3: "bad_hash"}),
    "a signature forged": Lie(REORDER, forged, rows={3: "bad_signature"}),
    "a ciphertext in the place of another": Lie(REORDER, moved_between_rows, rows={9: "bad_hash"}),
    "a ciphertext of an earlier key under a later one": Lie(REORDER, moved_between_epochs, rows={8: "bad_hash"}),
    "an earlier version in the place of a later one": Lie(REORDER, moved_between_versions, rows={11: "bad_hash"}),
    "an earlier version played again": Lie(REORDER, version_played_again, rows={14: "wrong_transcript"}),
    "a message of another channel": Lie(REORDER, moved_between_channels, rows={14: "wrong_channel"}),
    "a message played again": Lie(REORDER, played_again, rows={14: "wrong_transcript"}),
    "two messages in another order": Lie(REORDER, reordered, rows={8: "wrong_transcript", **AFTER_8}),
    "a message dropped": Lie(REORDER, dropped_in_the_middle, rows=dict.fromkeys((8, 9, 10, 11, 12), "wrong_transcript")),
    "a message dropped before a change": Lie(REORDER, dropped_before_a_change, stops=(4, "wrong_transcript")),
    "the beginning of another channel": Lie(GHOST, other_beginning, stops=(0, "wrong_channel")),
    "a ghost whom no country vouches for": Lie(GHOST, ghost_without_a_country, stops=(14, "unknown_key")),
    "an officer of another country adds himself": Lie(GHOST, ghost_of_another_country, stops=(14, "not_a_member")),
    "an officer of another country speaks": Lie(GHOST, stranger_speaks, rows={14: "not_a_member"}),
    "a removed officer speaks": Lie("removed officer", removed_officer_speaks, rows={14: "not_a_member"}),
    "a ghost in the list of members only": Lie(GHOST, detail=ghost_in_the_list),
    "an addition hidden from the list of changes": Lie(
        GHOST, detail=addition_hidden, stops=(5, "wrong_transcript"), for_browsers=True
    ),
    "keys withheld": Lie(GHOST, detail=grants_withheld, closed="missing_epoch_key"),
    "keys replaced": Lie(GHOST, detail=grants_replaced, closed="missing_epoch_key"),
    "the newest withheld from one who saw them": Lie(WITHHOLD, cut, refused="channel_rollback", seen_before=True),
    "fewer events than announced": Lie(WITHHOLD, page=lambda rows: rows[:-3], refused="wrong_transcript"),
    "a hole in the page": Lie(WITHHOLD, page=lambda rows: rows[:-4] + rows[-3:], refused="wrong_transcript"),
    "a page turned round": Lie(REORDER, page=lambda rows: rows[::-1], refused="wrong_transcript"),
    "another order told to Bashir than to Carmen": Lie(WITHHOLD, two_at_once_swapped, carmen_saw, forked="carmen"),
    "another order than Bashir himself has read": Lie(WITHHOLD, two_at_once_swapped, own_mark, forked="bashir"),
    "a read mark that Carmen did not sign": Lie(REORDER, detail=forged_mark),
}


class AdditionHidden(Trick):
    """The host leaves the addition at position n out of the list of changes and the one added out of the list of members;
    `headers(shown)` may bend what it shows of the events that are not on the page."""

    def __init__(
        self, channel: str, n: int, added: bytes, headers: Callable[[list[str]], list[str]] = lambda shown: shown
    ) -> None:
        self.path, self.n, self.added, self.headers, self.told = f"/api/channels/{channel}", n, b64u(added), headers, 0

    def answer(self, asked: Asked, told: Told) -> Told:
        if asked.path == f"{self.path}/headers":
            return told | {"headers": self.headers(told["headers"])}
        if asked.path != self.path:
            return told
        self.told += 1
        members = [row for row in told["members"] if row["kid"] != self.added]
        return told | {"control": [row for row in told["control"] if row["n"] != self.n], "members": members}


# --- On the live line ------------------------------------------------------------------------------------------------------


class OnTheLine(Trick):
    """Bends the frames of events of one channel; `bend(frame)` -> the frames that arrive."""

    def __init__(self, channel: str, bend: Callable[[Told], list[Told]]) -> None:
        self.channel, self.bend, self.told = channel, bend, 0

    def frame(self, told: Told) -> list[Told]:
        if told.get("t") != "events" or told.get("channel") != self.channel:
            return [told]
        self.told += 1
        return self.bend(told)


def _each(told: Told, change: Callable[[bytes], bytes]) -> Told:
    return told | {"wires": [row | {"wire": b64u(change(unb64u(row["wire"])))} for row in told["wires"]]}


def frame_altered(_scene: Scene, told: Told) -> list[Told]:
    return [_each(told, lambda wire: _bent(wire, payload=_flipped(_payload(wire))))]


def frame_of_another_channel(scene: Scene, told: Told) -> list[Told]:
    return [_each(told, lambda _wire: scene.other[-1])]


def frame_twice(_scene: Scene, told: Told) -> list[Told]:
    return [told, told]


def frame_too_early(_scene: Scene, told: Told) -> list[Told]:
    """As if something had come before it: the reader asks, and the host has nothing more to hide behind."""
    later = told | {"from": told["from"] + 5, "wires": [row | {"n": row["n"] + 5} for row in told["wires"]]}
    return [later, told]


FRAMES: dict[str, tuple[Callable[[Scene, Told], list[Told]], str | None]] = {  # -> the code of the row
    "a frame altered": (frame_altered, "bad_hash"),
    "a frame twice": (frame_twice, None),
    "a frame out of its place": (frame_too_early, None),
    "a frame of another channel": (frame_of_another_channel, "wrong_channel"),
}


class EmptyPages(Trick):
    """The host gives no event of this channel, whatever its head."""

    def __init__(self, channel: str) -> None:
        self.path = f"/api/channels/{channel}/events"

    def answer(self, asked: Asked, told: Told) -> Told:
        return told | {"events": []} if asked.path == self.path else told


# --- Directory ----------------------------------------------------------------------------------------------------------------


class SwappedKeys(Trick):
    """In the list of officers each of the two stands with the key of the other."""

    def __init__(self, one: bytes, other: bytes) -> None:
        self.of = {b64u(one): b64u(other), b64u(other): b64u(one)}
        self.told = 0

    def answer(self, asked: Asked, told: Told) -> Told:
        if asked.path != "/api/directory":
            return told
        self.told += 1
        return told | {"officers": [row | {"kid": self.of.get(row["kid"], row["kid"])} for row in told["officers"]]}


# --- Vaults ------------------------------------------------------------------------------------------------------------------


class OtherVault(Trick):
    """The host gives this in place of Bashir's sealed keys."""

    def __init__(self, given: Told) -> None:
        self.given = given

    def answer(self, asked: Asked, told: Told) -> Told:
        return told | self.given if asked.path == "/api/me" else told


def vaults(own: Told, earlier: Told, foreign: Told) -> dict[str, tuple[Told, str]]:
    """{name: (what the host gives, the code of the refusal)} of the answers of /api/me."""
    return {
        "the vault of another officer": ({"vault": foreign["vault"]}, "bad_vault"),
        "vault and locks of another officer": ({"vault": foreign["vault"], "slots": foreign["slots"]}, "bad_passphrase"),
        "an old vault": ({"vault": earlier["vault"]}, "vault_rollback"),
        "a damaged vault": ({"vault": b64u(_flipped(unb64u(own["vault"]), 90))}, "bad_vault"),
        "a lock that asks for too much memory": (
            {"slots": [row | {"slot": _greedy(row["slot"])} for row in own["slots"]]},
            "bad_slot",
        ),
    }


def _greedy(slot: str) -> str:
    hdr, ciphertext = cbor.decode(unb64u(slot))
    tag, slot_id, sort, params = cbor.decode(hdr)
    bent = ["argon2id", 2**24, *params[2:]] if params else params
    return b64u(cbor.encode([cbor.encode([tag, slot_id, sort, bent]), ciphertext]))
