"""The fast way in: whole masked text frames are read without autobahn, which spends 40 microseconds on each.

Anything else (fragments, pings, closes, frames of 64 KiB and more, what is malformed) is left to autobahn, byte for
byte, so it alone decides about the odd cases.
"""

TEXT = 0x81  # FIN, no extension bits, opcode text
MASKED = 0x80


def take_texts(data: bytes) -> tuple[list[str], int, bool]:
    """Read plain text frames from the start of `data`.

    -> the texts, how many bytes they took, and whether the rest may become such a frame with more bytes (then keep it)
    or is autobahn's."""
    texts: list[str] = []
    place, end = 0, len(data)
    while place < end:
        if data[place] != TEXT:
            return texts, place, False
        if end - place < 4:
            return texts, place, True
        second = data[place + 1]
        length, header = second & 0x7F, 6
        if not second & MASKED or length == 127:
            return texts, place, False
        if length == 126:
            length, header = int.from_bytes(data[place + 2 : place + 4]), 8
        if header == 8 and length < 126:
            return texts, place, False
        begin = place + header
        if begin + length > end:
            return texts, place, True
        try:
            texts.append(_unmasked(data[begin : begin + length], data[begin - 4 : begin]).decode())
        except UnicodeDecodeError:
            return texts, place, False  # autobahn closes it with 1007
        place = begin + length
    return texts, place, True


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """XOR as two big numbers: C speed without a C extension."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(length, "little")
