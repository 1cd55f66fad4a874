"""Writes sealed/vectors/messages.json, the talks of amendments.py as both languages read them. Run after a rule changed:
`python -m tests.sealed.make_messages`. Bytes are base64url; a word is [n, event id, kind, subject, role, CBOR of the body].

talks      {"name", "code" of the last amendment of "attack", "lawful": words, "attack": words}
standings  {"name", "words", "of": event id, "standing": {"text", "versions", "redacted", "reactions" by name of "people"}}
"""

import json
from pathlib import Path

from tests.sealed import amendments

TARGET = Path(__file__).resolve().parents[2] / "sealed" / "vectors" / "messages.json"


def text() -> str:
    return json.dumps(amendments.shared(), indent=0, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
