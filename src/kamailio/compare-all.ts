import { setTimeout as delay } from 'node:timers/promises';
import { ARRIVAL_MS } from './arrivals.js';
import { type BindingDifference, compare } from './compare.js';
import { coreUptime } from './core-uptime.js';
import type { Wanted } from './held.js';
import type { Call } from './json-rpc.js';
import { ulDumpBrief } from './ul-dump-brief.js';
import { ulLookup } from './ul-lookup.js';

/** So many addresses of one registrar are worked on at once: Kamailio has a few TCP workers, and calls need them too. */
export const AT_ONCE = 4;

export interface Comparing {
  /** Spaced out: see Pace. */
  readonly call: Call;
  readonly clock: () => number;
  readonly wanted: (aor: string, now: number) => Wanted[];
  /** Every address there is. */
  readonly everything: () => readonly string[];
  /** What of these, as usrloc has them, was in one of our domains and is no address of ours any more. */
  readonly leftOver: (usrlocAors: readonly string[]) => string[];
}

/**
 * Asks a registrar address by address, and says where it holds something else than it should. `expects`: whether a REGISTER for this
 * may be on its way: then it is no difference yet.
 */
export async function compareAll(
  comparing: Comparing,
  expects: (aor: string, contact: string) => boolean,
): Promise<BindingDifference[]> {
  const { call, everything, leftOver } = comparing;
  // One that doesn't answer is found out sooner by this than by what takes its time.
  await coreUptime(call);
  const found = await compareThese([...everything(), ...leftOver(await ulDumpBrief(call))], comparing);
  return found.filter(({ address, contact }) => !expects(address, contact));
}

/**
 * The same for an instance that doesn't command the registrar, and so doesn't know what is on its way there: what differs, and
 * differs still when that has arrived.
 */
export async function compareFromBeside(comparing: Comparing): Promise<BindingDifference[]> {
  const first = await compareAll(comparing, () => false);
  if (first.length === 0) return first;
  await delay(ARRIVAL_MS);
  const again = await compareThese([...new Set(first.map(({ address }) => address))], comparing);
  const before = new Set(first.map(keyOf));
  return again.filter((one) => before.has(keyOf(one)));
}

async function compareThese(
  aors: readonly string[],
  { call, clock, wanted }: Comparing,
): Promise<BindingDifference[]> {
  const differences: BindingDifference[] = [];
  const rest = aors.values();
  const work = async () => {
    for (const aor of rest) {
      const held = await ulLookup(call, aor, clock());
      const now = clock();
      differences.push(...compare(aor, held, wanted(aor, now), now));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return differences;
}

function keyOf({ address, contact, kind }: BindingDifference): string {
  return `${address} ${contact} ${kind}`;
}
