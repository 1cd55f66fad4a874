"""Bodies that are messages or are none, and what each handling code lets whom do: judged alike by both languages.

BODIES: {name: (a body that stands, the same made wrong)}. `table()`: every code with and without a release, asked by the author's
own authority HN, by MX, whose officers were there, by GT, which it may be released to, and by US, a stranger."""

from itertools import product
from typing import Any

from client.b64 import b64u
from sealed import cbor, message
from sealed.errors import EnlaceError
from sealed.handling import Handling, may_export, may_forward, may_open_history
from sealed.suite import sha256

ORIGIN, PRESENT, RELEASED = "HN", ["HN", "MX"], "GT"
ASKING = ("HN", "MX", "GT", "US")
REPLY = sha256(b"a question")


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
