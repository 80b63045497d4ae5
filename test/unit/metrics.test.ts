import { Registry } from 'prom-client';
import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import { BypassTotals } from '../../src/health/bypass-totals.js';
import { type Activity, NEVER_SEEN } from '../../src/live/agent-state.js';
import type { Override } from '../../src/live/override.js';
import { agentsAtWork } from '../../src/metrics/agents-at-work.js';
import { failureOf } from '../../src/metrics/failure-of.js';
import { oneLook } from '../../src/metrics/one-look.js';
import { sampledCounter, sampledGauge } from '../../src/metrics/sampled.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW } from '../support/contact-center.js';
import { parseExposition } from '../support/exposition.js';

const S = 1_000;

function override(part: Partial<Override>): Override {
  return {
    ...{ id: 'a', domain: DOMAIN, kind: 'bypass', reason: 'a test', by: 'ops' },
    ...{ skillset: null, location: null, agent: null, caller: null, address: null },
    ...{ created_at: NOW, expires_at: NOW + S },
    ...part,
  };
}

t.test('a failure is a class, whatever is reported', async (t) => {
  const of = (status: number | null, unreached = false) => failureOf({ status, unreached });
  t.same([of(408, true), of(408), of(503), of(603), of(302)], ['unreached', '4xx', '5xx', '6xx', '3xx']);
  t.same([of(null), of(99), of(700), of(-1)], ['unknown', 'unknown', 'unknown', 'unknown']);
});

t.test('every agent and every phone is counted once', async (t) => {
  const fixed = { contacts: [{ uri: 'sip:+1@192.0.2.40', when: 'always' as const }] };
  const names = ['free', 'reserved', 'ringing', 'busy', 'paused', 'paused-and-busy', 'nobody'];
  const center = contactCenter({
    agents: [...names.map((name) => agent(name)), agent('mobile', { sales: 1 }, fixed)],
  });
  const directory = new Directory();
  directory.putContactCenter(center);
  for (const name of names.slice(0, -1)) directory.putEndpoint(endpoint(name));
  directory.putEndpoint(endpoint('free', { key: '2', held_since: NOW }));
  directory.putEndpoint(endpoint('free', { key: '3', on_behalf: true }));
  directory.putEndpoint(endpoint('free', { key: '4', on_behalf: true, held_since: NOW }));
  directory.putEndpoint(endpoint('nobody', { expires_at: NOW }));
  const activities: Record<string, Activity> = {
    ...{ reserved: 'reserved', ringing: 'ringing', busy: 'busy', 'paused-and-busy': 'busy' },
  };
  const paused = ['paused', 'paused-and-busy'].map((name) => override({ kind: 'pause', agent: name }));
  const found = agentsAtWork(
    {
      directory,
      agents: { of: (_, name) => ({ ...NEVER_SEEN, activity: activities[name] ?? 'free' }) },
      overrides: { active: (domain) => (domain === DOMAIN ? [...paused, override({ kind: 'bypass' })] : []) },
    },
    center,
    NOW,
  );
  t.same(found, {
    agents: { free: 2, reserved: 1, ringing: 1, busy: 2, paused: 1, unregistered: 1 },
    endpoints: { registered: 6, on_behalf: 1, held: 2 },
  });
});

t.test('times in bypass add up, and never go back', async (t) => {
  const totals = new BypassTotals();
  t.equal(totals.of('sales', NOW), undefined);
  totals.leave('sales', NOW);
  t.equal(totals.of('sales', NOW), undefined, 'it never was');
  totals.enter('sales', NOW);
  totals.enter('sales', NOW + S);
  t.same(totals.of('sales', NOW + 3 * S), { bypass: true, seconds: 3 });
  totals.leave('sales', NOW + 4 * S);
  t.same(totals.of('sales', NOW + 9 * S), { bypass: false, seconds: 4 });
  totals.enter('sales', NOW + 10 * S);
  t.same(totals.of('sales', NOW + 11 * S), { bypass: true, seconds: 5 });
  t.same(totals.of('sales', NOW - 60 * S), { bypass: true, seconds: 4 }, 'the clock was set back');
  t.equal(totals.of('support', NOW), undefined);
});

t.test('what is sampled is what there is now', async (t) => {
  const registry = new Registry();
  let lines: [Record<'node', string>, number][] = [[{ node: 'a' }, 1]];
  sampledGauge(registry, { name: 'gauge', help: 'A gauge.', labels: ['node'], samples: () => lines });
  sampledCounter(registry, {
    ...{ name: 'counter_total', help: 'A counter.', labels: ['node'] },
    samples: async () => lines,
  });
  const scrape = async () => {
    const families = [...parseExposition(await registry.metrics()).values()];
    return families.map(({ type, samples }) => [type, ...samples.map((one) => [one.labels.node, one.value])]);
  };
  t.same(await scrape(), [
    ['gauge', ['a', 1]],
    ['counter', ['a', 1]],
  ]);
  lines = [
    [{ node: 'a' }, 3],
    [{ node: 'a "quoted" \\ name\n' }, 2],
  ];
  const both = [
    ['a', 3],
    ['a \\"quoted\\" \\\\ name\\n', 2],
  ];
  t.same(
    await Promise.all([scrape(), scrape()]),
    Array(2).fill([
      ['gauge', ...both],
      ['counter', ...both],
    ]),
  );
  lines = [];
  t.same(await scrape(), [['gauge'], ['counter']]);
});

t.test('one look a scrape, and the next one looks again', async (t) => {
  const registry = new Registry();
  let looks = 0;
  const look = oneLook(() => {
    looks += 1;
    return [[{ node: 'a' }, looks]] as const;
  });
  for (const name of ['first', 'second', 'third'])
    sampledGauge(registry, { name, help: 'A gauge.', labels: ['node'], samples: look });
  for (const scrape of [1, 2]) {
    const families = [...parseExposition(await registry.metrics()).values()];
    t.same(
      families.map(({ samples }) => samples[0]?.value),
      [scrape, scrape, scrape],
    );
  }
});
