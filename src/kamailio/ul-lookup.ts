import type { Held } from './held.js';
import { type Call, isObject, RpcFault } from './json-rpc.js';
import { TABLE, usrlocAor } from './usrloc-aor.js';

const NOT_SET = '[not set]';

/** What a registrar holds for an address, by contact, in its own order. */
export async function ulLookup(call: Call, aor: string, now: number): Promise<Map<string, Held>> {
  const held = new Map<string, Held>();
  for (const contact of contactsIn(await lookup(call, aor))) {
    const until = untilOf(contact.Expires, now);
    if (typeof contact.Address !== 'string' || until <= now) continue;
    // Two devices may have left the same URI there; what counts is that one of them stays.
    if ((held.get(contact.Address)?.until ?? 0) >= until) continue;
    held.set(contact.Address, {
      q: Math.round(Number(contact.Q) * 1000),
      until,
      path: textOf(contact.Path),
      received: textOf(contact.Received),
    });
  }
  return held;
}

async function lookup(call: Call, aor: string): Promise<unknown> {
  try {
    return await call('ul.lookup', [TABLE, usrlocAor(aor)]);
  } catch (error) {
    // 5.6.3 says so with code 500, so the words must tell.
    if (error instanceof RpcFault && /^AOR not found/i.test(error.reason)) return {};
    throw error;
  }
}

function contactsIn(result: unknown): Record<string, unknown>[] {
  const list = isObject(result) && Array.isArray(result.Contacts) ? result.Contacts : [];
  return list.flatMap((item: unknown) => (isObject(item) && isObject(item.Contact) ? [item.Contact] : []));
}

/** Seconds that are left, `permanent`, `deleted` or `expired`. */
function untilOf(expires: unknown, now: number): number {
  if (expires === 'permanent') return Number.POSITIVE_INFINITY;
  return typeof expires === 'number' ? now + expires * 1000 : 0;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== NOT_SET && value !== '' ? value : null;
}
