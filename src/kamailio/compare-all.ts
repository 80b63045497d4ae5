import { type BindingDifference, compare } from './compare.js';
import type { Wanted } from './held.js';
import type { Call } from './json-rpc.js';
import { ulLookup } from './ul-lookup.js';

export interface Comparing {
  readonly call: Call;
  readonly clock: () => number;
  readonly wanted: (aor: string, now: number) => Wanted[];
  /** Whether a REGISTER for this may be on its way: then it is no difference yet. */
  readonly expects: (aor: string, contact: string) => boolean;
  /** How many addresses are asked for at once. */
  readonly atOnce: number;
}

/** Asks a registrar address by address, and says where it holds something else than it should. */
export async function compareAll(
  aors: readonly string[],
  { call, clock, wanted, expects, atOnce }: Comparing,
): Promise<BindingDifference[]> {
  const differences: BindingDifference[] = [];
  const rest = aors.values();
  const work = async () => {
    for (const aor of rest) {
      const held = await ulLookup(call, aor, clock());
      const now = clock();
      const found = compare(aor, held, wanted(aor, now), now);
      differences.push(...found.filter(({ contact }) => !expects(aor, contact)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return differences;
}
