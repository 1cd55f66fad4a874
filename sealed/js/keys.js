// An officer's key pairs: everything follows from the 32-byte seed of one generation (docs/protocol.md 3).

import * as cbor from "./cbor.js";
import { KEM_ID, SIGNATURE, hkdf, kemPublic, randomBytes, sha256, sign, signPublic } from "./suite.js";

/** The only name of a key: 32 bytes. */
export const keyId = (kemPub, sigPub) => sha256(cbor.encode(["enl1.key", KEM_ID, kemPub, SIGNATURE, sigPub]));

export class Identity {
  /** {userSeed, kemSeed, kemPub, sigSeed, sigPub, kid} of a new random seed. */
  static create() {
    return Identity.fromSeed(randomBytes(32));
  }

  static async fromSeed(userSeed) {
    const identity = new Identity();
    identity.userSeed = userSeed;
    identity.kemSeed = await hkdf(userSeed, "enl1.kem.x-wing");
    identity.sigSeed = await hkdf(userSeed, "enl1.sig.ed25519");
    identity.kemPub = await kemPublic(identity.kemSeed);
    identity.sigPub = await signPublic(identity.sigSeed);
    identity.kid = await keyId(identity.kemPub, identity.sigPub);
    return identity;
  }

  sign(message) {
    return sign(this.sigSeed, message);
  }
}
