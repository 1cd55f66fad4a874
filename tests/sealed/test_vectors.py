"""Known answers: of RFCs, Wycheproof, C2SP and our own (sealed/vectors/vectors.json; its `sources` say where each came from)."""

import base64
import hashlib
import hmac
import json
import zlib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sealed import cbor, events
from sealed.errors import EnlaceError
from sealed.events import Event
from sealed.open_channel import open_grant
from sealed.open_events import epoch_commit, epoch_key, open_told
from sealed.open_keys import Identity, open_slot
from sealed.open_suite import aead_open, argon2id, hpke_open, kem_public, sign, sign_public
from sealed.suite import hkdf, sha256, verify

VECTORS = json.loads((Path(cbor.__file__).parent / "vectors" / "vectors.json").read_text(encoding="utf-8"))
OURS = VECTORS["enlace_v1_prototype"]


def unhex(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize("row", VECTORS["cbor"]["ok"], ids=lambda row: row["hex"][:24])
def test_cbor_has_one_encoding(row):
    assert cbor.encode(cbor.decode(unhex(row["hex"]))) == unhex(row["hex"])


@pytest.mark.parametrize("text", VECTORS["cbor"]["malformed"])
def test_cbor_refuses_any_other(text):
    with pytest.raises(EnlaceError, match="bad_cbor"):
        cbor.decode(unhex(text))


@pytest.mark.parametrize("row", VECTORS["hkdf_sha256"], ids=lambda row: row["OKM"][:12])
def test_hkdf(row):
    assert hkdf(unhex(row["IKM"]), unhex(row["info"]), int(row["L"]), unhex(row["salt"])).hex() == row["OKM"]


@pytest.mark.parametrize("row", VECTORS["ed25519_rfc8032"], ids=lambda row: row["pk"][:12])
def test_ed25519_signs_as_the_rfc(row):
    seed, message = unhex(row["sk"])[:32], unhex(row["msg"])
    assert sign_public(seed).hex() == row["pk"]
    assert sign(seed, message).hex() == row["sig"][:128]
    assert verify(unhex(row["pk"]), message, unhex(row["sig"])[:64])


@pytest.mark.parametrize("group", VECTORS["wycheproof_ed25519"], ids=lambda group: group["pk"][:12])
def test_ed25519_gives_the_strict_verdicts(group):
    for row in group["tests"]:
        verdict = verify(unhex(group["pk"]), unhex(row["msg"]), unhex(row["sig"]))
        assert verdict == (row["result"] == "valid"), row["tcId"]


def test_hpke_opens_what_the_working_group_sealed():
    row = next(row for row in VECTORS["hpke_pq"] if row["kem_id"] == 0x647A)
    if row["aead_id"] != 2:
        pytest.skip("the draft publishes this KEM with another AEAD only; our own grant vector covers ours")
    sealed = unhex(row["enc"]) + unhex(row["encryptions"][0]["ct"])
    assert hpke_open(unhex(row["skRm"]), unhex(row["info"]), sealed)


@pytest.mark.parametrize("row", [row for row in VECTORS["argon2id"] if row["lanes"] == 1 and row["memcost"] >= 19456])
def test_argon2id(row):
    got = argon2id(unhex(row["pass"]), unhex(row["salt"]), row["memcost"], row["iter"], row["lanes"], row["length"])
    assert got.hex() == row["output"]


@pytest.mark.parametrize(
    ("memory", "passes", "lanes"), [(8, 3, 1), (19_455, 3, 1), (1_048_577, 3, 1), (65_536, 1, 1), (65_536, 11, 1), (65_536, 3, 4)]
)
def test_a_host_cannot_lower_or_inflate_the_passphrase_settings(memory, passes, lanes):
    with pytest.raises(EnlaceError, match="bad_slot"):
        argon2id(b"x", bytes(16), memory, passes, lanes)


def _chunked(key: bytes, ciphertext: bytes, context: bytes) -> bytes:
    """The same scheme with SHA-256, as the published vectors have it: proves chunking, nonces, truncation and commitment."""
    if len(key) != 32 or len(ciphertext) < 24 + 32 + 16:
        raise InvalidTag
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + ciphertext[:24] + context
    wide = b"".join(_expand(key, info, 3))
    if not hmac.compare_digest(wide[44:76], ciphertext[24:56]):
        raise InvalidTag
    body, out, full = ciphertext[56:], b"", 16 * 1024 + 16
    if len(body) % full < 16:
        raise InvalidTag
    for index in range(0, len(body), full):
        nonce = (int.from_bytes(wide[32:44], "big") ^ (index // full)).to_bytes(12, "big")
        out += AESGCM(wide[:32]).decrypt(nonce, body[index : index + full], b"")
    return out


def _expand(key: bytes, info: bytes, blocks: int):
    block = b""
    for counter in range(1, blocks + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        yield block


@pytest.mark.parametrize("row", VECTORS["cobblestone"], ids=lambda row: row["name"])
def test_chunked_encryption_as_published(row):
    data = base64.b64decode(row["ciphertext"] or "")
    data = zlib.decompress(data) if row.get("compressed") in (True, "True") else data
    key, context = unhex(row["key"]), row["context"].encode()
    if row["expect"] == "success":
        assert hashlib.sha256(_chunked(key, data, context)).hexdigest() == row["payload_sha256"]
        return
    with pytest.raises(InvalidTag):
        _chunked(key, data, context)


def test_cobblestone_256_is_the_library_s_own():
    key, context = unhex("0b" * 32), b"ctx"
    from sealed.open_suite import aead_seal

    sealed = aead_seal(key, context, b"hola" * 9000)
    assert aead_open(key, context, sealed) == b"hola" * 9000
    for broken in (sealed[:-1], sealed[:-17], b"\0" + sealed[1:], sealed + b"\0", sealed[:56]):
        with pytest.raises(EnlaceError, match="cannot_open"):
            aead_open(key, context, broken)
    with pytest.raises(EnlaceError, match="cannot_open"):
        aead_open(key, b"other", sealed)


@pytest.mark.parametrize("row", OURS["cobblestone256"], ids=lambda row: f"{row['pt_len']} bytes")
def test_cobblestone_256_has_its_bytes(row):
    """Made here with the given salt, chunk by chunk; the library opens it."""
    key, salt, context = unhex(row["key"]), unhex(row["salt"]), unhex(row["context"])
    plain = bytes(i % 251 for i in range(int(row["pt_len"])))
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    wide = HKDFExpand(hashes.SHA512(), 76, info).derive(key)
    sealed = salt + wide[44:76]
    for index in range(len(plain) // 16384 + 1):
        nonce = (int.from_bytes(wide[32:44], "big") ^ index).to_bytes(12, "big")
        sealed += AESGCM(wide[:32]).encrypt(nonce, plain[index * 16384 : (index + 1) * 16384], b"")
    assert hashlib.sha256(sealed).hexdigest() == row["ct_sha256"]
    assert aead_open(key, context, sealed) == plain


def test_x_wing_keys_are_those_of_the_working_group():
    row = next(row for row in VECTORS["hpke_pq"] if row["kem_id"] == 0x647A)
    assert kem_public(unhex(row["skRm"])).hex() == row["pkRm"]


class TestOurOwn:
    """The prototype's known answers: what any third implementation must reach, too."""

    ana, bashir = Identity(unhex(OURS["seedA"])), Identity(unhex(OURS["seedB"]))
    channel, secret = unhex(OURS["channel"]), unhex(OURS["epoch_secret"])

    def event(self) -> Event:
        row = OURS["event"]
        return events.parse(cbor.encode([unhex(row["hdr"]), unhex(row["sig"]), unhex(row["ct"])]))

    def test_keys(self):
        assert (self.ana.kid.hex(), self.bashir.kid.hex()) == (OURS["kidA"], OURS["kidB"])
        assert sha256(self.ana.kem_pub).hex() == OURS["kemPubA_sha256"]
        assert self.ana.sig_pub.hex() == OURS["sigPubA"]

    def test_epoch(self):
        assert epoch_commit(self.secret, self.channel, 0).hex() == OURS["ecommit"]
        assert epoch_key(self.secret, self.channel, 0).hex() == OURS["epoch_key"]

    def test_event(self):
        event = self.event()
        events.verify_payload(event)
        events.verify_signature(event, self.ana.sig_pub)
        assert event.event_id.hex() == OURS["event"]["event_id"]
        assert cbor.encode(open_told(event, self.secret)[0]).hex() == OURS["event"]["body_cbor"]

    def test_transcript(self):
        start = events.transcript_start(self.channel)
        assert start.hex() == OURS["T0"]
        assert events.transcript(start, self.event().event_id).hex() == OURS["event"]["T1"]

    def test_grant(self):
        assert open_grant(self.bashir, self.channel, self.ana.kid, unhex(OURS["grant_A_to_B"])) == {0: self.secret}

    def test_slot(self):
        slot = unhex(OURS["slot"]["slot"])
        assert open_slot(slot, OURS["slot"]["pass"]).hex() == OURS["slot"]["vault_key"]
        assert open_slot(slot, "other words than these") is None
