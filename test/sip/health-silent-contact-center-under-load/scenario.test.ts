import t from 'tap';
import { changesOf, healthWhen } from '../../support/health.js';
import { manyCallers } from '../../support/many-callers.js';
import { Scene } from '../../support/scene.js';
import { header, type SipMessage } from '../../support/sipp.js';

const PER_SECOND = 20;
const CALLS = 200;
const FR_TIMER_MS = 2_000;
/** As many as the calls need, so that nobody waits for a free agent. */
const AGENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `agent-${letter}`);

// It has never answered a probe, so what becomes of calls is all that tells.
t.test(
  'a contact center is silent under 20 calls a second: the first callers wait, then nobody does',
  async (t) => {
    const agents = Object.fromEntries(AGENTS.map((name) => [name, { sales: 1 }]));
    const scene = await Scene.open(t, { health: true, agents });
    const contactCenter = await scene.silent(scene.locationPorts[0] ?? 0);
    for (const agent of AGENTS) await scene.phone(agent, { answer: 10 });
    await scene.treatment({ answer: 10 });

    const load = { calls: CALLS, perSecond: PER_SECOND, talk_ms: 20, limit_s: 60 };
    const caller = await manyCallers(t, scene, load);
    t.equal(await caller.ended(), 0, 'none is lost', { said: caller.process.output() });
    await healthWhen(scene, ({ locations }) => locations[0].code === 'calls_failed');

    const [down] = await changesOf(scene, 'health');
    const switched = Date.parse(down?.at ?? '');
    const calls = [...waits(caller.messages())];
    t.equal(calls.length, CALLS);
    const before = calls.filter(({ at }) => at < switched).map(({ ms }) => ms);
    const after = calls.filter(({ at }) => at >= switched).map(({ ms }) => ms);
    t.comment(`${before.length} calls before the switch waited ${spread(before)}`);
    t.comment(`${after.length} calls after it waited ${spread(after)}`);
    t.comment(`${contactCenter.received()} packets reached the silent contact center`);
    t.ok(before.length > 0 && after.length > 0, 'it was noticed meanwhile');
    t.ok(Math.max(...before) < 10 * FR_TIMER_MS, 'nobody loses more than the first');
    const late = after.filter((ms) => ms >= FR_TIMER_MS / 2).length;
    t.ok(
      late < after.length / 10,
      `and then nobody waits for it any more; ${late} waited for something else`,
    );
    t.same(scene.registrar.warnings(), []);
  },
);

/** When each call was made, and how long it was until somebody's phone rang or was answered. */
function* waits(messages: readonly SipMessage[]): Generator<{ at: number; ms: number }> {
  const placed = new Map<string, number>();
  for (const message of messages) {
    const callId = header(message, 'Call-ID') ?? '';
    if (message.direction === 'sent' && message.kind === 'INVITE' && !placed.has(callId)) {
      placed.set(callId, message.at);
    }
    const at = placed.get(callId);
    if (message.direction === 'sent' || at === undefined || !/^(18\d|200)$/.test(message.kind)) continue;
    yield { at, ms: message.at - at };
    placed.delete(callId);
  }
}

function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return `${at(0)} ms at least, ${at(0.5)} ms in the middle, ${at(1)} ms at most`;
}
