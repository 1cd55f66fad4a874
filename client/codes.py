"""Case codes as clients draw them: pronounceable, random, with a check character ("TV-BADOK-LUSAN-7")."""

import secrets

CONSONANTS, VOWELS = "BDFGHJKLMNPRSTVZ", "AIOU"
CHECK = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
PREFIXES = {"trafficking": "TV", "land_return": "RT"}


def new_code(kind: str) -> str:
    """32 random bits in two words. The host refuses a code that is taken; then draw again."""
    prefix, first, second = PREFIXES[kind], _word(), _word()
    letters = prefix + first + second
    check = CHECK[sum(place * (ord(letter) - 65) for place, letter in enumerate(letters, 1)) % len(CHECK)]
    return f"{prefix}-{first}-{second}-{check}"


def _word() -> str:
    return "".join(secrets.choice(VOWELS if place % 2 else CONSONANTS) for place in range(5))
