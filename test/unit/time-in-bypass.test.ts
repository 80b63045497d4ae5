import fc from 'fast-check';
import t from 'tap';
import { listBypass } from '../../src/changes/list-bypass.js';
import { timeInBypass } from '../../src/changes/time-in-bypass.js';
import { contactCenter, DOMAIN } from '../support/contact-center.js';

const S = 1_000;
const into = (at: number) => ({ at, bypass: true });
const outOf = (at: number) => ({ at, bypass: false });

t.test('what lies between since and now is counted', async (t) => {
  const time = (...changes: { at: number; bypass: boolean }[]) => timeInBypass(changes, 10 * S, 100 * S);
  t.same(time(), { bypass: false, changed_at: null, seconds: 0 });
  t.same(time(outOf(5 * S)), { bypass: false, changed_at: 5 * S, seconds: 0 });
  t.same(time(into(20 * S)), { bypass: true, changed_at: 20 * S, seconds: 80 });
  t.same(time(into(20 * S), outOf(30 * S)), { bypass: false, changed_at: 30 * S, seconds: 10 });
  t.same(time(into(5 * S)), { bypass: true, changed_at: 5 * S, seconds: 90 }, 'from before');
  t.same(time(into(2 * S), outOf(5 * S)), { bypass: false, changed_at: 5 * S, seconds: 0 });
  t.same(time(into(5 * S), outOf(30 * S), into(99 * S)), {
    bypass: true,
    changed_at: 99 * S,
    seconds: 21,
  });
});

t.test('what is told twice, as after a restart, counts once', async (t) => {
  t.same(timeInBypass([into(20 * S), into(40 * S), outOf(50 * S), outOf(60 * S)], 0, 100 * S), {
    bypass: false,
    changed_at: 50 * S,
    seconds: 30,
  });
});

t.test('property: as many seconds as there are in which it was in bypass', async () => {
  const steps = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 9 }), bypass: fc.boolean() }));
  const bounds = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(steps, bounds, (list, [a, b]) => {
      let at = 0;
      const changes = list.map(({ gap, bypass }) => {
        at += gap * S;
        return { at, bypass };
      });
      const [since, now] = [Math.min(a, b) * S, Math.max(a, b) * S];
      const known = changes.filter((change) => change.at <= now);
      const stateAt = (ms: number) => known.findLast((change) => change.at <= ms)?.bypass ?? false;
      let seconds = 0;
      for (let ms = since; ms < now; ms += S) if (stateAt(ms)) seconds += 1;
      const counted = timeInBypass(known, since, now);
      return counted.seconds === seconds && counted.bypass === stateAt(now);
    }),
  );
});

t.test('every contact center, and its skillsets that have something to tell', async (t) => {
  const change = (subject: string, at: number) => ({ domain: DOMAIN, subject, at, bypass: true });
  const centers = [contactCenter(), contactCenter({ domain: 'other.example.com' })];
  const changes = [change('skillsets/sales', 40 * S), change('skillsets/gone', 1)];
  t.same(listBypass(centers, changes, 0, 100 * S), [
    { contact_center: DOMAIN, skillset: null, bypass: false, changed_at: null, seconds: 0 },
    { contact_center: DOMAIN, skillset: 'sales', bypass: true, changed_at: 40 * S, seconds: 60 },
    { contact_center: 'other.example.com', skillset: null, bypass: false, changed_at: null, seconds: 0 },
  ]);
});
