import t from 'tap';
import { changesOf, healthOf, healthWhen, probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

const HOLD_SECONDS = 2;
const RAMP_SECONDS = 4;

// A contact center that comes back is not flooded: first it must stay well for a while, then it gets a growing share of calls.
t.test('a contact center that is back gets no calls, then some, then all', async (t) => {
  const scene = await Scene.open(t, {
    health: true,
    document: { health: { hold_seconds: HOLD_SECONDS, ramp_seconds: RAMP_SECONDS } },
  });
  await scene.phone('alice', { answer: 10 });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  await probed(scene);
  await contactCenter.kill();
  await healthWhen(scene, ({ bypass }) => bypass);

  await scene.contactCenter({ answer: 10 });
  await healthWhen(scene, ({ locations }) => locations[0].state === 'returning');
  const calls: { answeredBy: string | undefined; ms: number }[] = [];
  do {
    calls.push(await scene.call('sales', { hold_ms: 10 }));
  } while ((await healthOf(scene)).locations[0].state !== 'up');
  calls.push(await scene.call('sales'));

  const answeredBy = calls.map((call) => call.answeredBy);
  t.comment(answeredBy.join(' '));
  t.equal(answeredBy[0], 'alice', 'on hold');
  t.equal(answeredBy.at(-1), 'contact-center', 'up again');
  t.strictSame([...new Set(answeredBy)].sort(), ['alice', 'contact-center'], 'none was lost');
  for (const { ms } of calls) t.ok(ms < 1_900, `after ${ms} ms`);

  const changes = await changesOf(scene, 'health');
  t.same(
    changes.map(({ after }) => `${after.state} ${after.code}`),
    ['down probe_failed', 'returning on_hold', 'up healthy'],
  );
  const [, returning, up] = changes.map(({ at }) => Date.parse(at));
  const away_ms = (up ?? 0) - (returning ?? 0);
  t.ok(away_ms >= (HOLD_SECONDS + RAMP_SECONDS) * 1_000, `${away_ms} ms`);
  t.same(scene.registrar.warnings(), []);
});
