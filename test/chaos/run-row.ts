import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from '../support/scene.js';
import { type CallCounts, Calls } from './calls.js';
import { Refreshes } from './refreshes.js';
import type { Row } from './rows.js';
import { type RegistrationCounts, stillThere } from './still-there.js';
import { World } from './world.js';

/** How many calls there are in all, and at which of them the fault begins and ends. At 20 a second. */
export interface Extent {
  readonly calls: number;
  readonly strike: number;
  readonly heal: number;
}

export const WHOLE: Extent = { calls: 300, strike: 60, heal: 220 };
/** For the tests: a fault of four seconds. */
export const SHORT: Extent = { calls: 140, strike: 20, heal: 100 };

export interface Result extends CallCounts, RegistrationCounts {
  readonly row: string;
  /** What the Kamailios have warned of. */
  readonly warnings: readonly string[];
}

/** Whether no call was lost, and no acknowledged registration is missing. */
export function holds({ lost, offered, phones, there }: Result): boolean {
  return offered > 0 && lost === 0 && phones > 0 && there === phones;
}

/** A world of its own, calls and REGISTERs, and the fault in the middle of them. */
export async function runRow(ending: Ending, row: Row, extent: Extent): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-chaos-'));
  ending.teardown(() => rm(directory, { recursive: true, force: true }));
  const world = await World.open(ending, row.options, row.redis);
  await row.prepare?.(world);
  const refreshes = await Refreshes.begin(ending, world, directory);
  const calls = await Calls.begin(ending, world.scene, { count: extent.calls, directory });
  await calls.begun(extent.strike);
  await row.strike(world);
  await calls.begun(extent.heal);
  // No phone helps: what was acknowledged until now must be there without another refresh.
  await refreshes.end();
  await row.heal(world);
  const [counts, registrations] = await Promise.all([
    calls.counts(),
    stillThere(world, refreshes, row.serviceAway ? 'any' : 'newest'),
  ]);
  const { registrar, edge } = world.scene;
  const warnings = [...registrar.warnings(), ...(edge?.warnings() ?? [])];
  return { row: row.name, ...counts, ...registrations, warnings };
}
