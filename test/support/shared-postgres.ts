import { type Postgres, startPostgres } from './postgres.js';
import type { Ending } from './scene.js';

/** By what they end with. */
const servers = new WeakMap<Ending, Promise<Postgres>>();

/**
 * The URL of a new database, on the one server that all share who leave it alone: it takes half a second to start and stop one. It
 * ends with the outermost test, or with the demonstration.
 */
export async function newDatabase(ending: Ending): Promise<string> {
  if (ending.parent) return newDatabase(ending.parent as Ending);
  const server = servers.get(ending) ?? startPostgres();
  if (!servers.has(ending)) {
    servers.set(ending, server);
    ending.teardown(async () => (await server).stop());
  }
  return (await server).newDatabase();
}
