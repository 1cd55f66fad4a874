"""Bodies that are messages or are none, and what each handling code lets whom do: judged alike by both languages.

BODIES: {name: (a body that stands, the same made wrong)}. `table()`: every code with and without a release, asked by the author's
own authority HN, by MX, whose officers were there, by GT, which it may be released to, and by US, a stranger."""

from itertools import product
from typing import Any

from client.b64 import b64u
from sealed import cbor, message
from sealed.errors import EnlaceError
from sealed.handling import Handling, may_export, may_forward, may_open_history
from sealed.mention import Called, calls
from sealed.suite import sha256
from tests.sealed.world import seed

ORIGIN, PRESENT, RELEASED = "HN", ["HN", "MX"], "GT"
ASKING = ("HN", "MX", "GT", "US")
REPLY = sha256(b"a question")
WHO = seed("subject ana")[:16]


def text(*more: Any) -> list[Any]:
    return ["text", "Salieron 41.", REPLY, list(more)]


BODIES: dict[str, tuple[Any, Any]] = {
    "a text that is a number": (["text", "41", None], ["text", 41, None]),
    "an answer to nothing that can be": (["text", "sí", REPLY], ["text", "sí", REPLY[:31]]),
    "too long": (text(), [*text(), "más"]),
    "more that is no list": (text(), ["text", "Salieron 41.", None, None]),
    "a code that there is not": (text(["handling", [3, []]]), text(["handling", [4, []]])),
    "a code that is a truth": (text(["handling", [1, []]]), text(["handling", [True, []]])),
    "a release of what is open": (text(["handling", [0, []]]), text(["handling", [0, ["GT"]]])),
    "a release out of order": (text(["handling", [2, ["GT", "MX"]]]), text(["handling", [2, ["MX", "GT"]]])),
    "a release said twice": (text(["handling", [2, ["GT"]]]), text(["handling", [2, ["GT", "GT"]]])),
    "a release to nobody": (text(["handling", [2, ["GT"]]]), text(["handling", [2, [""]]])),
    "a release in other letters": (text(["handling", [2, ["x-iom"]]]), text(["handling", [2, ["ÑÑ"]]])),
    "a code said twice, once open": (text(["handling", [3, []]]), text(["handling", [3, []], ["handling", [0, []]]])),
    "a source that there is not": (text(["evaluation", ["X", 4]]), text(["evaluation", ["D", 4]])),
    "no source at all": (text(["evaluation", ["A", 1]]), text(["evaluation", ["", 1]])),
    "information beyond four": (text(["evaluation", ["A", 4]]), text(["evaluation", ["A", 5]])),
    "an origin that is no authority": (text(["origin", "x-iom"]), text(["origin", ""])),
    "a call to half a person": (text(["mentions", [["person", WHO]]]), text(["mentions", [["person", WHO[:15]]]])),
    "a call to a person who is a word": (text(["mentions", [["person", WHO]]]), text(["mentions", [["person", "Ana"]]])),
    "a call to a desk without a name": (text(["mentions", [["desk", "7"]]]), text(["mentions", [["desk", ""]]])),
    "a call to a role that there is not": (text(["mentions", [["role", "HN", 4]]]), text(["mentions", [["role", "HN", 5]]])),
    "a call to a role that is a truth": (text(["mentions", [["role", "HN", 1]]]), text(["mentions", [["role", "HN", True]]])),
    "a call with more in it": (text(["mentions", [["desk", "7"]]]), text(["mentions", [["desk", "7", "8"]]])),
    "a call of a sort that there is not": (text(["mentions", [["desk", "7"]]]), text(["mentions", [["constructor", "7"]]])),
    "calls to nobody": (text(["mentions", [["desk", "7"]]]), text(["mentions", []])),
    "a name without a value": (text(["of a later version", 1]), text(["of a later version"])),
    "a name twice": (text(["later", 1], ["still later", 1]), text(["later", 1], ["later", 1])),
}


def bodies() -> list[dict[str, Any]]:
    return [
        {"name": name, "lawful": b64u(cbor.encode(lawful)), "attack": b64u(cbor.encode(attack))}
        for name, (lawful, attack) in BODIES.items()
    ]


def stands(body: Any) -> bool:
    try:
        message.parse(body)
    except EnlaceError as error:
        return error.code != "bad_message"
    return True


READERS = {  # who a message may call: Ana, an officer of Honduras at desk 7, and Carmen, who supervises and serves none
    "ana": Called(WHO, "HN", 0, ["7"]),
    "carmen": Called(seed("subject carmen")[:16], "HN", 1),
}
CALLS = (("person", WHO), ("desk", "7"), ("desk", "8"), ("role", "HN", 0), ("role", "HN", 1), ("role", "MX", 0))


def called() -> list[list[Any]]:
    """[CBOR of the mentions, name, subject, authority, role, desks, called?]"""
    rows = []
    for mention, (name, who) in product(CALLS, READERS.items()):
        asked = [name, b64u(who.subject), who.authority, who.role, list(who.desks)]
        rows.append([b64u(cbor.encode([list(mention)])), *asked, calls([mention], who)])
    return rows


def table() -> list[list[Any]]:
    """[code, released, asking, may forward to a channel of HN and that authority, may export, may be given the history]"""
    rows = []
    for code, asking in product(range(4), ASKING):
        for released in ((),) if code == 0 else ((), (RELEASED,)):
            handling = Handling(code, released)
            said = [
                may_forward(handling, ORIGIN, [ORIGIN, asking]),
                may_export(handling, ORIGIN, asking),
                may_open_history(handling, ORIGIN, asking, PRESENT),
            ]
            rows.append([code, list(released), asking, *said])
    return rows
