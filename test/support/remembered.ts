import type { Kamailio } from './kamailio.js';

/** How many entries a node has in one of its tables (module htable). */
export async function entriesOf(kamailio: Kamailio, table: string): Promise<number> {
  const stats = (await kamailio.rpc('htable.stats')) as { name: string; all: number }[];
  const found = stats.find(({ name }) => name === table);
  if (!found) throw new Error(`no table ${table}`);
  return found.all;
}
