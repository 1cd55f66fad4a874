// A certificate that will run out: the request for the same key goes to the focal point two months before, by itself.

import { get, post } from "liaison/api.js";
import { b64u, unb64u } from "sealed/bytes.js";
import { ROLES, makeRequest } from "sealed/certs.js";

const EARLY = 60 * 24 * 3600_000;

export async function askInTime(room) {
  const key = room?.vouched && room.directory.key(room.identity.kid);
  if (!key || room.next || key.exp * 1000 - Date.now() > EARLY) return;
  const me = await get("/api/me");
  if (!me.request) await ask(room, room.identity, key.gen);
}

/** Ask the focal point to vouch for a key. `previous`: the one in use until now, which names it as its next. */
export async function ask({ officer, subject }, identity, gen, previous = null) {
  const claim = { authority: officer.authority, subject: unb64u(subject), display: officer.name, role: ROLES[officer.role] ?? 0, gen, previous };
  await post("/api/me/certificate-request", { request: b64u(await makeRequest(identity, claim)) });
}
