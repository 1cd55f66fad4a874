// X-Wing in plain JavaScript, for browsers whose WebCrypto lacks ML-KEM: a small KEM for the `hpke` package over
// @noble/post-quantum. Loaded only where it is needed. Not constant-time by guarantee (docs/threat-model.md).

import { ml_kem768_x25519 as xwing } from "@noble/post-quantum/hybrid.js";

const key = (type, bytes) => ({ type, extractable: true, algorithm: { name: "MLKEM768-X25519" }, bytes });
const pair = (seed) => ({ privateKey: key("private", seed), publicKey: key("public", xwing.getPublicKey(seed)) });

export const KEM_X_WING = () => ({
  id: 0x647a,
  type: "KEM",
  name: "MLKEM768-X25519",
  Nsecret: 32,
  Nenc: 1120,
  Npk: 1216,
  Nsk: 32,
  DeriveKeyPair: async () => {
    throw new Error("Enlace derives its keys from seeds");
  },
  GenerateKeyPair: async () => pair(crypto.getRandomValues(new Uint8Array(32))),
  SerializePublicKey: async ({ bytes }) => bytes,
  DeserializePublicKey: async (bytes) => key("public", bytes),
  SerializePrivateKey: async ({ bytes }) => bytes,
  DeserializePrivateKey: async (bytes) => key("private", bytes),
  Encap: async ({ bytes }) => {
    const { cipherText, sharedSecret } = xwing.encapsulate(bytes);
    return { enc: cipherText, shared_secret: sharedSecret };
  },
  Decap: async (enc, { bytes }) => xwing.decapsulate(enc, bytes),
});
