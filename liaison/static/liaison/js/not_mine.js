// Since when the old key may have been in other hands [ms]: said when the next one is made, used when that takes its place in the
// channels. Remembered sealed, in this browser only.

const NAME = "not-mine-since";

export const notMineSince = async (room) => (await room.recall(NAME))?.[0] ?? null;

export const rememberNotMine = (room, since) => room.remember(NAME, [since]);

export const forgetNotMine = (room) => room.forget(NAME);
