import { type Call, isObject, RpcFault } from './json-rpc.js';

/** The script's table of what it has refused (own-names.cfg): a kind and how often. */
const TABLE = 'understudy_refused';

/** How often a Kamailio has refused something since it was started, by kind; empty: never, or its script has no such table. */
export async function refusedCounts(call: Call): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, value } of itemsIn(await dump(call))) {
    if (typeof name === 'string' && typeof value === 'number') counts.set(name, value);
  }
  return counts;
}

async function dump(call: Call): Promise<unknown> {
  try {
    return await call('htable.dump', [TABLE]);
  } catch (error) {
    if (error instanceof RpcFault) return [];
    throw error;
  }
}

function itemsIn(result: unknown): Record<string, unknown>[] {
  const entries = Array.isArray(result) ? result.filter(isObject) : [];
  return entries.flatMap(({ slot }) => (Array.isArray(slot) ? slot.filter(isObject) : []));
}
