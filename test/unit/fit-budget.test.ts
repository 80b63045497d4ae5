import fc from 'fast-check';
import t from 'tap';
import { fitBudget, TREATMENT_RESERVE_MS } from '../../src/invite/fit-budget.js';
import type { Candidate } from '../../src/invite/order-targets.js';

const candidate = (role: Candidate['role'], i: number, fr_timer_ms = 2_000): Candidate => ({
  contact: `sip:${role}-${i}@192.0.2.1`,
  role,
  agent: role === 'agent' ? `agent${i}` : null,
  path: null,
  received: null,
  fr_timer_ms,
  because: role,
});

const list = (locations: number, agents: number, treatments: number, fr_timer_ms?: number): Candidate[] => [
  ...Array.from({ length: locations }, (_, i) => candidate('contact_center', i, fr_timer_ms)),
  ...Array.from({ length: agents }, (_, i) => candidate('agent', i)),
  ...Array.from({ length: treatments }, (_, i) => candidate('treatment', i)),
];

const count = (candidates: readonly Candidate[]) =>
  (['contact_center', 'agent', 'treatment'] as const).map(
    (role) => candidates.filter((one) => one.role === role).length,
  );

const DEFAULTS = { max_branches: 12, max_inv_lifetime_ms: 180_000 };
const ENDLESS = Number.MAX_SAFE_INTEGER;

t.test('by default a call has room for the contact center, nine agents and the treatment', async (t) => {
  t.same(count(fitBudget(list(1, 20, 1), DEFAULTS, 15_000)), [1, 9, 1]);
  t.same(count(fitBudget(list(2, 20, 1), DEFAULTS, 15_000)), [2, 8, 1]);
  t.same(count(fitBudget(list(0, 20, 1), DEFAULTS, 1_000)), [0, 10, 1], 'a call of the contact center');
  t.same(count(fitBudget(list(1, 20, 0), DEFAULTS, 1_000)), [1, 10, 0], 'no treatment');
  t.same(fitBudget(list(1, 3, 1), DEFAULTS, 15_000), list(1, 3, 1), 'what fits stays as it is');
});

t.test('agents go from the end when phones ring for longer than the call may last', async (t) => {
  const fitting = fitBudget(list(1, 9, 1), DEFAULTS, 60_000);
  // 2 s + 2 × (2 s + 60 s) + 10 s; a third agent would make it 198 s.
  t.same(fitting, [...list(1, 2, 0), ...list(0, 0, 1)]);
});

t.test('the treatment and the first location stay whatever the limits', async (t) => {
  t.same(fitBudget(list(3, 5, 1), { max_branches: 3, max_inv_lifetime_ms: ENDLESS }, 1), list(1, 0, 1));
  t.same(fitBudget(list(3, 5, 1), { max_branches: 1, max_inv_lifetime_ms: 1 }, 1), list(1, 0, 1));
  t.same(
    fitBudget(list(10, 5, 1, 30_000), DEFAULTS, 1),
    list(5, 0, 1, 30_000),
    'silent locations may not use up the time of the treatment',
  );
});

const shape = fc.record({
  locations: fc.integer({ min: 0, max: 5 }),
  agents: fc.integer({ min: 0, max: 40 }),
  treatments: fc.integer({ min: 0, max: 1 }),
  max_branches: fc.integer({ min: 1, max: 31 }),
  max_inv_lifetime_ms: fc.integer({ min: 20_000, max: 600_000 }),
  ringMs: fc.integer({ min: 1_000, max: 120_000 }),
});

t.test(
  'property: limits are kept, agents go from the end, the treatment and the contact center stay',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(shape, ({ locations, agents, treatments, ringMs, ...budget }) => {
          const all = list(locations, agents, treatments);
          const fitting = fitBudget(all, budget, ringMs);
          const [centers = 0, kept = 0, last = 0] = count(fitting);
          const time = centers * 2_000 + kept * (2_000 + ringMs) + last * TREATMENT_RESERVE_MS;
          const minimal = Math.min(1, locations) + treatments;
          return (
            last === treatments &&
            centers >= Math.min(1, locations) &&
            (centers === locations || kept === 0) &&
            (fitting.length <= budget.max_branches - 1 || fitting.length === minimal) &&
            (time <= budget.max_inv_lifetime_ms || fitting.length === minimal) &&
            fitting.every(
              (one, i) => one.contact === [...list(centers, kept, 0), ...list(0, 0, last)][i]?.contact,
            )
          );
        }),
      ),
    );
  },
);

t.test('property: nobody is left out without need', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(shape, ({ locations, agents, treatments, ringMs, ...budget }) => {
        const [centers = 0, kept = 0] = count(fitBudget(list(locations, agents, treatments), budget, ringMs));
        if (kept === agents) return true;
        const withOneMore = centers + kept + 1 + treatments;
        const time = centers * 2_000 + (kept + 1) * (2_000 + ringMs) + treatments * TREATMENT_RESERVE_MS;
        return withOneMore > budget.max_branches - 1 || time > budget.max_inv_lifetime_ms;
      }),
    ),
  );
});
