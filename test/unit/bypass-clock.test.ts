import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import { BypassClock } from '../../src/health/bypass-clock.js';
import type { Change } from '../../src/live/change.js';
import { HEALTHY, type Standing } from '../../src/live/standing.js';
import { contactCenter, DOMAIN, NOW } from '../support/contact-center.js';

const DOWN: Standing = { ...HEALTHY, state: 'down', share: 0, code: 'calls_failed', because: 'calls failed' };

/** `down`: the users for whom the location is down; '' is the location as a whole. */
function newClock() {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  const down = new Set<string>();
  const changes: Change[] = [];
  const clock = new BypassClock({
    directory,
    standings: { standing: (_domain, _uri, user) => (down.has(user) || down.has('') ? DOWN : HEALTHY) },
    overrides: { active: () => [] },
    changes: { changed: (change) => changes.push(change) },
  });
  const told = () =>
    changes.splice(0).map(({ subject, after }) => `${subject} ${(after as { bypass: boolean }).bypass}`);
  const known = () => clock.of(contactCenter());
  return { clock, directory, down, told, known, changes };
}

t.test('it writes down what changes, once', async (t) => {
  const { clock, down, told, known, changes } = newClock();
  clock.look(NOW);
  t.same(told(), []);
  down.add('');
  clock.look(NOW + 1);
  clock.look(NOW + 2);
  t.match(changes, [{ at: NOW + 1, domain: DOMAIN, by: 'understudy', reason: 'calls failed' }]);
  t.same(told(), ['contact_center true']);
  t.same(known(), { since: NOW + 1, skillsets: [] });
  down.clear();
  clock.look(NOW + 3);
  t.same(told(), ['contact_center false']);
  t.same(known(), { since: null, skillsets: [] });
});

t.test('a skillset is in bypass by itself only while the contact center is not', async (t) => {
  const { clock, down, told, known } = newClock();
  down.add('sales');
  clock.look(NOW);
  t.same(told(), ['skillsets/sales true']);
  t.same(known(), { since: null, skillsets: [{ name: 'sales', since: NOW }] });
  down.add('');
  clock.look(NOW + 1);
  t.same(told().sort(), ['contact_center true', 'skillsets/sales false']);
  down.delete('');
  clock.look(NOW + 2);
  t.same(told().sort(), ['contact_center false', 'skillsets/sales true']);
});

t.test('what is gone is in bypass no more', async (t) => {
  const { clock, directory, down, told } = newClock();
  down.add('sales');
  clock.look(NOW);
  directory.putContactCenter(contactCenter({ skillsets: [] }));
  clock.look(NOW + 1);
  down.add('');
  clock.look(NOW + 2);
  directory.removeContactCenter(DOMAIN);
  clock.look(NOW + 3);
  t.same(told(), [
    'skillsets/sales true',
    'skillsets/sales false',
    'contact_center true',
    'contact_center false',
  ]);
});

t.test('it adds up the time in bypass, in this life of the service', async (t) => {
  const { clock, directory, down } = newClock();
  const totals = (now: number) => clock.totals(contactCenter(), now);
  t.same(totals(NOW), [{ skillset: null, bypass: false, seconds: 0 }]);
  clock.load([{ domain: DOMAIN, subject: 'contact_center', since: NOW - 3_600_000 }], NOW);
  down.add('');
  clock.look(NOW + 1_000);
  t.same(totals(NOW + 2_000), [{ skillset: null, bypass: true, seconds: 2 }], 'not what was before');
  down.clear();
  down.add('sales');
  clock.look(NOW + 3_000);
  t.same(totals(NOW + 4_000), [
    { skillset: null, bypass: false, seconds: 3 },
    { skillset: 'sales', bypass: true, seconds: 1 },
  ]);
  down.clear();
  clock.look(NOW + 5_000);
  t.match(totals(NOW + 9_000), [{ seconds: 3 }, { skillset: 'sales', bypass: false, seconds: 2 }]);
  directory.removeContactCenter(DOMAIN);
  clock.look(NOW + 10_000);
  t.same(totals(NOW + 10_000), [{ skillset: null, bypass: false, seconds: 0 }]);
});

t.test('it goes on where the service ended', async (t) => {
  const { clock, down, told, known } = newClock();
  clock.load(
    [
      { domain: DOMAIN, subject: 'contact_center', since: NOW - 9 },
      { domain: DOMAIN, subject: 'skillsets/gone', since: NOW - 9 },
    ],
    NOW,
  );
  down.add('');
  clock.look(NOW);
  t.same(told(), ['skillsets/gone false']);
  t.equal(known().since, NOW - 9);
  down.clear();
  clock.look(NOW + 1);
  t.same(told(), ['contact_center false']);
});
