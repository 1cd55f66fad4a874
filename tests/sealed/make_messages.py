"""Writes sealed/vectors/messages.json, the talks of amendments.py and the rows of handlings.py as both languages read them. Run
after a rule changed: `python -m tests.sealed.make_messages`. Bytes are base64url.

words      [[n, event id, kind, subject, role, CBOR of the body], ...]
talks      {"name", "code" of the last amendment of "attack", "lawful": words, "attack": words}
standings  {"name", "words", "of": event id, "standing": {"text", "versions", "redacted", "reactions" by name of "people"}}
bodies     {"name", "lawful": CBOR of a message, "attack": CBOR of none}
handling   [code, released, who asks, may forward, may export, may be given the history]; written by HN before HN and MX
calls      [CBOR of mentions, name, subject, authority, role, desks, is called]
"""

import json
from pathlib import Path

from tests.sealed import amendments, handlings

TARGET = Path(__file__).resolve().parents[2] / "sealed" / "vectors" / "messages.json"


def text() -> str:
    shared = amendments.shared() | {"bodies": handlings.bodies(), "handling": handlings.table(), "calls": handlings.called()}
    return json.dumps(shared, indent=0, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
