"""Talks whose amendments each language must judge alike. Ana is the coordinator, Bashir and Carmen write; `ana2` is Ana with
a new key and `bashir2` Bashir. A talk is a list of lines (who, kind, body); "@2" in a body is the id of line 2.

TALKS: {name: (lawful lines, attack lines, code)}: of both the last line is judged; the lawful twin must stand.
STANDINGS: {name: (lines, line asked, {"text", "versions", "redacted", "reactions"})}."""

from typing import Any

from client.b64 import b64u
from sealed import cbor
from sealed.amend import AMENDMENTS, Amendments, Standing, Word
from sealed.errors import EnlaceError
from sealed.events import EDIT, FILE, POST, REACTION, RECORD, REDACT
from sealed.suite import sha256
from tests.sealed.world import seed

Line = tuple[str, int, Any]
ROLES = {"ana": "o", "bashir": "w", "carmen": "w"}
UNKNOWN = sha256(b"an event of another channel")


def said(text: str, reply: str | None = None) -> list[Any]:
    return ["text", text, reply]


ASKED: Line = ("bashir", POST, said("¿Llegaron los 41?"))
OTHER: Line = ("bashir", POST, said("¿Falta alguien?"))
ANSWERED: Line = ("ana", POST, said("Sí.", "@0"))

TALKS: dict[str, tuple[list[Line], list[Line], str]] = {
    "a colleague edits another's words": (
        [ASKED, ("bashir", EDIT, ["@0", said("¿Llegaron los 40?")])],
        [ASKED, ("carmen", EDIT, ["@0", said("¿Llegaron los 40?")])],
        "edit_not_author",
    ),
    "a coordinator edits another's words": (
        [ASKED, ("bashir2", EDIT, ["@0", said("¿Llegaron los 40?")])],
        [ASKED, ("ana", EDIT, ["@0", said("¿Llegaron los 40?")])],
        "edit_not_author",
    ),
    "an edit moves a yes under another question": (
        [ASKED, OTHER, ANSWERED, ("ana", EDIT, ["@2", said("Sí, todos.", "@0")])],
        [ASKED, OTHER, ANSWERED, ("ana", EDIT, ["@2", said("Sí, todos.", "@1")])],
        "edit_changes_reply",
    ),
    "an edit makes an answer of what answered nothing": (
        [ASKED, OTHER, ("bashir", EDIT, ["@1", said("¿Faltan dos?")])],
        [ASKED, OTHER, ("bashir", EDIT, ["@1", said("¿Faltan dos?", "@0")])],
        "edit_changes_reply",
    ),
    "an edit of a withdrawn message": (
        [ASKED, ("bashir", EDIT, ["@0", said("otra vez")])],
        [ASKED, ("bashir", REDACT, ["@0", "mistake"]), ("bashir", EDIT, ["@0", said("otra vez")])],
        "target_redacted",
    ),
    "an edit of a title": (
        [ASKED, ("bashir", EDIT, ["@0", said("Corredor")])],
        [("bashir", POST, ["title", "Corredor", ""]), ("bashir", EDIT, ["@0", said("Corredor")])],
        "target_not_message",
    ),
    "an edit of a file": (
        [ASKED, ("bashir", EDIT, ["@0", said("lista")])],
        [("bashir", FILE, ["file"]), ("bashir", EDIT, ["@0", said("lista")])],
        "target_not_message",
    ),
    "an edit of an edit": (
        [ASKED, ("bashir", EDIT, ["@0", said("una")]), ("bashir", EDIT, ["@0", said("dos")])],
        [ASKED, ("bashir", EDIT, ["@0", said("una")]), ("bashir", EDIT, ["@1", said("dos")])],
        "target_not_message",
    ),
    "an edit that is no message": (
        [ASKED, ("bashir", EDIT, ["@0", said("una")])],
        [ASKED, ("bashir", EDIT, ["@0", ["text", 41, None]])],
        "bad_message",
    ),
    "an edit with too much in it": (
        [ASKED, ("bashir", EDIT, ["@0", said("una")])],
        [ASKED, ("bashir", EDIT, ["@0", said("una"), "más"])],
        "bad_amendment",
    ),
    "an edit of a message of another channel": (
        [ASKED, ("bashir", EDIT, ["@0", said("una")])],
        [ASKED, ("bashir", EDIT, [UNKNOWN, said("una")])],
        "target_unknown",
    ),
    "an edit before its message": (
        [ASKED, ASKED, ("bashir", EDIT, ["@0", said("una")])],
        [ASKED, ("bashir", EDIT, ["@2", said("una")]), ASKED],
        "target_unknown",
    ),
    "a writer withdraws another's words": (
        [ASKED, ("bashir", REDACT, ["@0", "mistake"])],
        [ASKED, ("carmen", REDACT, ["@0", "mistake"])],
        "redact_not_allowed",
    ),
    "a withdrawal without a reason": (
        [ASKED, ("ana", REDACT, ["@0", "person_at_risk"])],
        [ASKED, ("ana", REDACT, ["@0", ""])],
        "bad_amendment",
    ),
    "a withdrawal of a sealed field of a case": (
        [ASKED, ("bashir", REDACT, ["@0", "no_consent"])],
        [("bashir", RECORD, ["rec", "P1", [["name", "María"]]]), ("bashir", REDACT, ["@0", "no_consent"])],
        "target_not_message",
    ),
    "a second withdrawal": (
        [ASKED, ("carmen", REDACT, ["@0", "mistake"]), ("bashir", REDACT, ["@0", "mistake"])],
        [ASKED, ("ana", REDACT, ["@0", "mistake"]), ("bashir", REDACT, ["@0", "mistake"])],
        "target_redacted",
    ),
    "a reaction that is none": (
        [ASKED, ("carmen", REACTION, ["@0", "received", True])],
        [ASKED, ("carmen", REACTION, ["@0", "<b>", True])],
        "bad_amendment",
    ),
    "a reaction that is neither given nor taken back": (
        [ASKED, ("carmen", REACTION, ["@0", "received", False])],
        [ASKED, ("carmen", REACTION, ["@0", "received", 1])],
        "bad_amendment",
    ),
    "a reaction to a withdrawn message": (
        [ASKED, ("carmen", REACTION, ["@0", "yes", True])],
        [ASKED, ("ana", REDACT, ["@0", "mistake"]), ("carmen", REACTION, ["@0", "yes", True])],
        "target_redacted",
    ),
}

STANDINGS: dict[str, tuple[list[Line], int, dict[str, Any]]] = {
    "as it was written": ([ASKED], 0, {"text": "¿Llegaron los 41?", "versions": 1, "redacted": None, "reactions": {}}),
    "edited twice, once by another key of the author": (
        [ASKED, ("bashir", EDIT, ["@0", said("a")]), ("bashir2", EDIT, ["@0", said("b")])],
        0,
        {"text": "b", "versions": 3, "redacted": None, "reactions": {}},
    ),
    "a colleague's edit changes nothing": (
        [ASKED, ("carmen", EDIT, ["@0", said("a")])],
        0,
        {"text": "¿Llegaron los 41?", "versions": 1, "redacted": None, "reactions": {}},
    ),
    "withdrawn by the coordinator; what came after is not counted": (
        [
            ASKED,
            ("carmen", REACTION, ["@0", "yes", True]),
            ("ana", REDACT, ["@0", "person_at_risk"]),
            ("bashir", EDIT, ["@0", said("a")]),
        ],
        0,
        {"text": "¿Llegaron los 41?", "versions": 1, "redacted": "person_at_risk", "reactions": {"yes": ["carmen"]}},
    ),
    "reactions are per person: the last word of each stands": (
        [
            ASKED,
            ("carmen", REACTION, ["@0", "on_it", True]),
            ("ana", REACTION, ["@0", "received", True]),
            ("ana2", REACTION, ["@0", "received", False]),
            ("bashir", REACTION, ["@0", "on_it", True]),
            ("carmen", REACTION, ["@0", "on_it", True]),
        ],
        0,
        {"text": "¿Llegaron los 41?", "versions": 1, "redacted": None, "reactions": {"on_it": ["bashir", "carmen"]}},
    ),
    "a ciphertext that is gone can still be withdrawn": (
        [("bashir", POST, None), ("bashir", REDACT, ["@0", "no_consent"])],
        0,
        {"text": None, "versions": 1, "redacted": "no_consent", "reactions": {}},
    ),
}


def _id(n: int) -> bytes:
    return sha256(f"line {n}".encode())


def _with_ids(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return _id(int(value[1:]))
    return [_with_ids(one) for one in value] if isinstance(value, list) else value


def subject(name: str) -> bytes:
    return seed(f"subject {name.rstrip('2')}")[:16]


def words(lines: list[Line]) -> list[Word]:
    return [
        Word(n, _id(n), kind, subject(who), ROLES[who.rstrip("2")], _with_ids(body)) for n, (who, kind, body) in enumerate(lines)
    ]


def heard(lines: list[Line], *, newest_first: bool = False) -> Amendments:
    said = words(lines)
    place = {word.event_id: word.n for word in said}
    amendments = Amendments(place.get)
    for word in reversed(said) if newest_first else said:
        amendments.take(word)
    return amendments


def verdict(lines: list[Line], *, newest_first: bool = False) -> str | None:
    """Of the last amendment."""
    last = [word for word in words(lines) if word.kind in AMENDMENTS][-1]
    try:
        heard(lines, newest_first=newest_first).check(last)
    except EnlaceError as error:
        return error.code
    return None


def told(lines: list[Line], line: int, *, newest_first: bool = False) -> dict[str, Any]:
    """A standing in words that both languages compare."""
    standing: Standing = heard(lines, newest_first=newest_first).standing(_id(line))
    body = standing.versions[-1].body
    names = {subject(name): name for name in ROLES}
    return {
        "text": None if body is None else (body[1][1] if standing.versions[-1].kind == EDIT else body[1]),
        "versions": len(standing.versions),
        "redacted": standing.redacted.body[1] if standing.redacted else None,
        "reactions": {mark: [names[who] for who in whom] for mark, whom in standing.reactions.items()},
    }


def shared() -> dict[str, Any]:
    """What sealed/vectors/messages.json holds."""

    def written(lines: list[Line]) -> list[list[Any]]:
        return [
            [word.n, b64u(word.event_id), word.kind, b64u(word.subject), word.role, b64u(cbor.encode(word.body))]
            for word in words(lines)
        ]

    return {
        "people": {b64u(subject(name)): name for name in ROLES},
        "talks": [
            {"name": name, "code": code, "lawful": written(lawful), "attack": written(attack)}
            for name, (lawful, attack, code) in TALKS.items()
        ],
        "standings": [
            {"name": name, "words": written(lines), "of": b64u(_id(line)), "standing": standing}
            for name, (lines, line, standing) in STANDINGS.items()
        ],
    }
