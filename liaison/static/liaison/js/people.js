// Officers as this browser may trust them: the server's directory joined with the replayed key log.

import { get } from "liaison/api.js";
import { unb64u } from "sealed/bytes.js";

/**
 * -> {people, posts, authorities}. A person: {id, kid, subject, name, authority, authorityName, role, posts, languages,
 * postLine, search, own, usable}. The name and authority are those of the certificate; `usable` is false when the own
 * authority's trust list does not reach the key, so that nothing can be sealed to it.
 */
export async function directoryOf(room) {
  const listed = await get("/api/directory");
  const authorities = new Map(listed.authorities.map((one) => [one.code, one]));
  const posts = new Map(listed.posts.map((one) => [one.id, one]));
  const people = listed.officers.filter((one) => one.kid).map((one) => person(one, room, authorities, posts));
  people.sort((one, other) => order(one, room).localeCompare(order(other, room)) || one.name.localeCompare(other.name));
  return { people, posts: listed.posts, authorities };
}

const order = (one, room) => (one.authority === room?.authority ? "" : one.authorityName);

function person(one, room, authorities, posts) {
  const key = room?.directory.key(unb64u(one.kid)) || null;
  const code = key?.authority || one.authority;
  const name = key?.display || one.name;
  const served = one.posts.map((id) => posts.get(id)).filter(Boolean);
  const postLine = served.map((post) => post.name).join(" · ");
  const authorityName = authorities.get(code)?.name || code;
  return {
    ...one, name, authority: code, authorityName, postLine,
    served,
    search: [name, authorityName, code, postLine, ...(one.languages || [])].join(" ").toLocaleLowerCase(),
    own: Boolean(room?.identities.has(one.kid)),
    usable: Boolean(key) && room.directory.vouched(key.kid) && key.exp * 1000 > Date.now(),
  };
}
