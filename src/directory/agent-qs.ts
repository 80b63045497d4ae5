/** The slots of agents, in thousandths: below every location, above every treatment. */
const FIRST_Q = 899;
const LAST_Q = 100;
const SLOTS = FIRST_Q - LAST_Q + 1;
/** As many endpoints as one agent may have: so each agent keeps a range of its own while there is room. */
export const ROOM = 10;

/** The most agents' phones that one address can tell apart by q. */
export const MAX_HELD = SLOTS;

/**
 * The q of each held endpoint. It is decided by the agent's rank among those *provisioned*, not among those
 * registered, so that it stays when others come and go: with a rank of its own every agent has ten values up to 80
 * agents, two up to 400. Where ranges meet, q is lowered just enough to fall strictly (and kept off the floor).
 */
export function agentQs(
  held: readonly { readonly rank: number; readonly nth: number }[],
  provisioned: number,
): number[] {
  const room = Math.min(ROOM, SLOTS / Math.max(1, provisioned));
  const step = room >= 1 ? Math.floor(room) : room;
  const qs: number[] = [];
  let previous = FIRST_Q + 1;
  for (const { rank, nth } of held) {
    previous = Math.min(FIRST_Q - Math.floor(rank * step) - nth, previous - 1);
    qs.push(previous);
  }
  return qs.map((q, i) => Math.max(q, LAST_Q + held.length - 1 - i));
}
