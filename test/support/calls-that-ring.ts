import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probed } from './health.js';
import { manyCallers } from './many-callers.js';
import { type Ending, Scene } from './scene.js';
import type { Sipp } from './sipp.js';
import { readStatistics } from './sipp-statistics.js';
import { until } from './until.js';

/** Shared memory of a registrar: what one call that rings takes, with some room. */
const KB_A_CALL = 200;

export interface WentOn {
  readonly scene: Scene;
  readonly callers: Sipp;
  readonly music: Sipp;
  /** Of the callers: how many were answered, talked and hung up, and how many weren't. */
  readonly successful: number;
  readonly failed: number;
  /** From the first call that went on to the last, in ms. */
  readonly lasted_ms: number;
}

/** So many calls ring at a contact center that then dies; a treatment is what comes next. */
export async function callsThatRingGoOn(ending: Ending, calls: number, perSecond: number): Promise<WentOn> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-ringing-'));
  ending.teardown(() => rm(directory, { recursive: true }));
  const statistics = join(directory, 'caller.csv');
  const memoryMb = Math.max(64, Math.ceil((calls * KB_A_CALL) / 1_024));
  const scene = await Scene.open(ending, { health: true, memoryMb });
  const music = await scene.treatment({ scenario: 'answer-many' });
  const contactCenter = await scene.contactCenter({ scenario: 'rings-for-ever' });
  await probed(scene);

  const load = { calls, perSecond, talk_ms: 200, limit_s: 120, statistics };
  const callers = await manyCallers(ending, scene, load);
  await until('all to ring', () => readStatistics(statistics).counter >= calls, 90_000);
  await contactCenter.kill();
  await callers.ended();
  const { successful, failed } = readStatistics(statistics);
  return { scene, callers, music, successful, failed, lasted_ms: lasted(music) };
}

/** Between the first INVITEs of the first and of the last call that came there. */
function lasted(music: Sipp): number {
  const came = new Map<string, number>();
  for (const { text, at } of music.messages().filter(({ kind }) => kind === 'INVITE')) {
    const id = callId(text);
    if (!came.has(id)) came.set(id, at);
  }
  const times = [...came.values()];
  return (
    times.reduce((a, b) => Math.max(a, b), 0) -
    times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  );
}

function callId(text: string): string {
  return /^Call-ID: *(\S+)/im.exec(text)?.[1] ?? '';
}
