import t from 'tap';
import type { Override } from '../../src/live/override.js';
import { Overrides } from '../../src/live/overrides.js';
import { DOMAIN, NOW } from '../support/contact-center.js';

function override(id: string, part: Partial<Override> = {}): Override {
  return {
    ...{ id, domain: DOMAIN, kind: 'bypass', reason: 'an upgrade', by: 'ops' },
    ...{ skillset: null, location: null, agent: null, caller: null, address: null },
    ...{ created_at: NOW, expires_at: NOW + 1_000 },
    ...part,
  };
}
const ids = (list: readonly Override[]) => list.map(({ id }) => id);

t.test('they are in force until they expire', async (t) => {
  const overrides = new Overrides();
  overrides.put(override('b', { created_at: NOW + 1, expires_at: NOW + 5_000 }));
  overrides.put(override('a'));
  overrides.put(override('c', { domain: 'other.example.com' }));
  t.same(ids(overrides.active(DOMAIN, NOW + 999)), ['b', 'a']);
  t.same(ids(overrides.active(DOMAIN, NOW + 1_000)), ['b']);
  t.same(overrides.active('nobody.example.com', NOW), []);
  t.same(ids(overrides.all()), ['a', 'c', 'b'], 'the oldest first');
  t.same(ids(overrides.takeExpired(NOW + 1_000)), ['a', 'c']);
  t.same(ids(overrides.takeExpired(NOW + 1_000)), [], 'once');
  t.same(ids(overrides.all()), ['b']);
});

t.test('they are found, replaced and removed by their ids', async (t) => {
  const overrides = new Overrides();
  overrides.put(override('a'));
  overrides.put(override('a', { reason: 'another' }));
  t.equal(overrides.find('a')?.reason, 'another');
  t.equal(overrides.all().length, 1);
  overrides.remove(override('b'));
  overrides.remove(override('a'));
  t.equal(overrides.find('a'), undefined);
});
