"""Case codes: pronounceable, random, with a check character ("TV-BADOK-LUSAN-7").

Two words of alternating consonants and vowels carry 32 random bits; the code says the kind and nothing else, so that it
may stand in a URL, a log and a phone call. Clients draw it; the server only checks it and that it is new."""

import re
import secrets

CONSONANTS, VOWELS = "BDFGHJKLMNPRSTVZ", "AIOU"
CHECK = "0123456789BCDFGHJKLMNPQRSTVWXYZ"  # 31, a prime: every single slip and every swap of two letters is caught
_WORD = rf"((?:[{CONSONANTS}][{VOWELS}]){{2}}[{CONSONANTS}])"
PATTERN = re.compile(rf"([A-Z]{{2}})-{_WORD}-{_WORD}-([{CHECK}])")


def check_character(prefix: str, first: str, second: str) -> str:
    """Sum of (place from 1) x (letter, A = 0) over prefix and both words, without dashes, modulo 31, named by CHECK."""
    letters = prefix + first + second
    return CHECK[sum(place * (ord(letter) - 65) for place, letter in enumerate(letters, 1)) % 31]


def _word() -> str:
    return "".join(secrets.choice(CONSONANTS if place % 2 == 0 else VOWELS) for place in range(5))


def new_code(prefix: str) -> str:
    first, second = _word(), _word()
    return f"{prefix}-{first}-{second}-{check_character(prefix, first, second)}"


def is_code(text: str, prefix: str | None = None) -> bool:
    """True for a well-formed code (of that kind's prefix, when given) whose check character fits."""
    match = PATTERN.fullmatch(text)
    if match is None or (prefix is not None and match[1] != prefix):
        return False
    return match[4] == check_character(match[1], match[2], match[3])
