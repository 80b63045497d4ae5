import fc from 'fast-check';
import t from 'tap';
import type { Candidate } from '../../src/invite/candidate.js';
import type { Lists } from '../../src/invite/decide.js';
import {
  type Budget,
  fitBudget,
  lastTargetAfterMs,
  TREATMENT_RESERVE_MS,
} from '../../src/invite/fit-budget.js';

const RING_MS = 15_000;

const candidate = (role: Candidate['role'], i: number, part: Partial<Candidate> = {}): Candidate => ({
  role,
  agent: role === 'agent' ? `agent${i}` : null,
  uri: `sip:${role}-${i}@192.0.2.1`,
  contact: `sip:${role}-${i}@192.0.2.1`,
  path: null,
  received: null,
  endpoint: null,
  fr_timer_ms: 2_000,
  ring_ms: RING_MS,
  block: role === 'agent' ? i : -1,
  together: false,
  hold: false,
  code: role,
  because: role,
  ...part,
});

const many = (role: Candidate['role'], count: number, part: Partial<Candidate> = {}) =>
  Array.from({ length: count }, (_, i) => candidate(role, i, part));

const lists = (part: Partial<Lists>): Lists => ({
  first: [],
  agents: [],
  behind: [],
  treatment: [],
  ...part,
});

const ENDLESS = Number.MAX_SAFE_INTEGER;
const BRANCHES_ONLY: Budget = { max_branches: 12, max_inv_lifetime_ms: ENDLESS, patience_ms: ENDLESS };
const DEFAULTS: Budget = { max_branches: 12, max_inv_lifetime_ms: 180_000, patience_ms: 90_000 };

const count = ({ targets }: { targets: readonly Candidate[] }) =>
  (['contact_center', 'agent', 'treatment'] as const).map(
    (role) => targets.filter((one) => one.role === role).length,
  );
const music = many('treatment', 1);

t.test('a call has branches for the contact center, nine agents and the treatment', async (t) => {
  const agents = many('agent', 20);
  const fit = (part: Partial<Lists>) => count(fitBudget(lists({ agents, ...part }), BRANCHES_ONLY));
  t.same(fit({ first: many('contact_center', 1), treatment: music }), [1, 9, 1]);
  t.same(fit({ first: many('contact_center', 2), treatment: music }), [2, 8, 1]);
  t.same(fit({ treatment: music }), [0, 10, 1], 'in bypass');
  t.same(fit({ first: many('contact_center', 1) }), [1, 10, 0], 'no treatment');
  t.same(
    fit({ behind: many('contact_center', 1), treatment: music }),
    [0, 10, 1],
    'what is down gives way to agents',
  );
});

t.test('agents go from the end when phones ring for longer than the call may last', async (t) => {
  const all = lists({
    first: many('contact_center', 1),
    agents: many('agent', 9, { ring_ms: 60_000 }),
    treatment: music,
  });
  const { targets, out } = fitBudget(all, DEFAULTS);
  // 2 s + 2 × (2 s + 60 s) + 10 s; the third agent has 42 s left to ring.
  t.same(count({ targets }), [1, 3, 1]);
  t.same(
    targets.filter(({ role }) => role === 'agent').map(({ ring_ms }) => ring_ms),
    [60_000, 60_000, 42_000],
  );
  t.same([...new Set(out.map(({ code }) => code))], ['no_time_left']);
});

t.test(
  "no phone rings for longer than the caller's patience, and the treatment comes when it ends",
  async (t) => {
    const all = lists({
      first: many('contact_center', 1),
      agents: many('agent', 9, { ring_ms: 120_000 }),
      treatment: music,
    });
    const { targets } = fitBudget(all, DEFAULTS);
    // 90 s less 2 s for the contact center, 2 s for a silent phone and 2 s of rounding.
    t.equal(targets[1]?.ring_ms, 84_000);
    t.equal(lastTargetAfterMs(targets, DEFAULTS), 4_000, 'one of them');
    const short = fitBudget({ ...all, agents: many('agent', 9) }, DEFAULTS).targets;
    t.equal(lastTargetAfterMs(short, DEFAULTS), 73_000);
  },
);

t.test('of several ways to one agent one rings; those who ring together ring at once', async (t) => {
  const twoPhones = [0, 1].map((i) => candidate('agent', i, { block: 0, agent: 'alice' }));
  const four = [...twoPhones, candidate('agent', 2), candidate('agent', 3)];
  const fits = (agents: Candidate[], max_inv_lifetime_ms: number) =>
    fitBudget(lists({ agents }), { ...DEFAULTS, max_inv_lifetime_ms }).targets.length;
  t.equal(fits(four, 19_000 + 2 * 17_000), 4);
  const group = many('agent', 3, { block: 0, together: true });
  t.equal(fits(group, 17_000), 3);
  const narrow = { ...DEFAULTS, max_branches: 3 };
  t.same(fitBudget(lists({ agents: group, treatment: music }), narrow).targets, music, 'a group is whole');
});

t.test('the treatment and the first location stay whatever the limits', async (t) => {
  const first = many('contact_center', 3);
  const agents = many('agent', 5);
  for (const budget of [
    { max_branches: 3, max_inv_lifetime_ms: ENDLESS, patience_ms: ENDLESS },
    { max_branches: 1, max_inv_lifetime_ms: 1, patience_ms: 1 },
  ]) {
    t.same(count(fitBudget(lists({ first, agents, treatment: music }), budget)), [1, 0, 1]);
  }
  const slow = many('contact_center', 10, { fr_timer_ms: 30_000 });
  t.same(
    count(fitBudget(lists({ first: slow, agents, treatment: music }), { ...DEFAULTS, patience_ms: 180_000 })),
    [5, 2, 1],
    'silent locations may not use up the time of the treatment',
  );
});

const shape = fc.record({
  locations: fc.integer({ min: 0, max: 5 }),
  agents: fc.integer({ min: 0, max: 40 }),
  behind: fc.integer({ min: 0, max: 3 }),
  treatments: fc.integer({ min: 0, max: 1 }),
  ring_ms: fc.integer({ min: 1_000, max: 120_000 }),
  size: fc.integer({ min: 1, max: 3 }),
  together: fc.boolean(),
  max_branches: fc.integer({ min: 1, max: 31 }),
  max_inv_lifetime_ms: fc.integer({ min: 20_000, max: 600_000 }),
  patience_ms: fc.integer({ min: 10_000, max: 600_000 }),
});

/** So much time that a caller who is patient enough could have tried them as well. */
const DOWN_LOCATIONS_COME_LAST = {
  ...{ locations: 1, agents: 2, behind: 2, treatments: 1, ring_ms: 6_001, size: 2, together: false },
  ...{ max_branches: 7, max_inv_lifetime_ms: 26_001, patience_ms: 14_002 },
};

t.test(
  'property: the budget is kept, nobody is lost or called twice, order and treatment stay',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(
          shape,
          ({ locations, agents, behind, treatments, ring_ms, size, together, ...budget }) => {
            const all = lists({
              first: many('contact_center', locations),
              agents: many('agent', agents, { ring_ms, together }).map((one, i) => ({
                ...one,
                block: Math.floor(i / size),
              })),
              behind: many('contact_center', behind).map((one) => ({ ...one, contact: `${one.contact};b` })),
              treatment: many('treatment', treatments),
            });
            const { targets, out } = fitBudget(all, budget);
            const given = [...all.first, ...all.agents, ...all.behind, ...all.treatment];
            const placeOf = ({ contact }: Candidate) => given.findIndex((one) => one.contact === contact);
            const minimal = Math.min(1, locations) + treatments;
            return (
              targets.length + out.length === given.length &&
              targets.every((one, i) => i === 0 || placeOf(one) > placeOf(targets[i - 1] as Candidate)) &&
              (treatments === 0 || targets.at(-1)?.role === 'treatment') &&
              (locations === 0 || targets[0]?.contact === all.first[0]?.contact) &&
              (targets.length <= budget.max_branches - 1 || targets.length === minimal) &&
              (worst(targets) <= lifetimeOf(budget, treatments) || targets.length === minimal) &&
              (treatments === 0 ||
                waited(targets, budget) <= Math.max(budget.patience_ms, worst(all.first) + 7_000 * size))
            );
          },
        ),
        { examples: [[DOWN_LOCATIONS_COME_LAST]] },
      ),
    );
  },
);

function lifetimeOf({ max_inv_lifetime_ms }: Budget, treatments: number): number {
  return max_inv_lifetime_ms - treatments * TREATMENT_RESERVE_MS;
}

/**
 * How long the caller waits at worst before the treatment, when the script goes on to it in time: before each target it looks whether
 * it is time. Each phone is silent for as long as it may, or rings to its end, and then its agent isn't tried by another way.
 */
function waited(targets: readonly Candidate[], budget: Budget): number {
  const last = lastTargetAfterMs(targets, budget);
  const before = targets.slice(0, -1);
  const known = new Map<string, number>();
  const from = (i: number, ms: number): number => {
    const one = before[i];
    if (!one || (i > 0 && ms >= last)) return ms;
    if (one.role === 'contact_center') return from(i + 1, ms + one.fr_timer_ms);
    const key = `${i} ${ms}`;
    const worst = known.get(key) ?? Math.max(...waysOn(one, i, ms));
    known.set(key, worst);
    return worst;
  };
  const waysOn = (one: Candidate, i: number, ms: number): number[] => {
    const others = before.slice(i).findIndex(({ block }) => block !== one.block);
    const rings = from(others === -1 ? before.length : i + others, ms + one.fr_timer_ms + one.ring_ms);
    return one.together ? [rings] : [rings, from(i + 1, ms + one.fr_timer_ms)];
  };
  return from(0, 0);
}

/** How long the caller waits at worst before the treatment is tried. */
function worst(targets: readonly Candidate[]): number {
  const blocks = new Map<number, Candidate[]>();
  let ms = 0;
  for (const one of targets) {
    if (one.role === 'contact_center') ms += one.fr_timer_ms;
    if (one.role === 'agent') blocks.set(one.block, [...(blocks.get(one.block) ?? []), one]);
  }
  for (const block of blocks.values()) {
    const silent = block.map(({ fr_timer_ms }) => fr_timer_ms);
    const ring = Math.max(...block.map(({ ring_ms }) => ring_ms));
    ms += ring + (block[0]?.together ? Math.max(...silent) : silent.reduce((sum, one) => sum + one, 0));
  }
  return ms;
}
