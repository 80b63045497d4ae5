import fc from 'fast-check';
import t from 'tap';
import type { Binding } from '../../src/directory/bindings-in-order.js';
import { Directory } from '../../src/directory/directory.js';
import { difference, type Held, type Wanted } from '../../src/kamailio/held.js';
import { HeldMemory } from '../../src/kamailio/held-memory.js';
import { misplaced } from '../../src/kamailio/misplaced.js';
import { wantedBindings } from '../../src/kamailio/wanted-bindings.js';
import { contactCenter, endpoint, NOW } from '../support/contact-center.js';

const SALES = 'sip:sales@cc.example.com';
const ALICE = 'sip:alice@cc.example.com';
const FOR_GOOD = Number.POSITIVE_INFINITY;

function wanted(aor = SALES, ...names: string[]): Wanted[] {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  for (const name of names) directory.putEndpoint(endpoint(name));
  return wantedBindings(directory, aor, NOW);
}

const asHeld = ({ binding: { q, path, received }, until }: Wanted): Held => ({ q, until, path, received });
const held = (list: readonly Wanted[]) => new Map(list.map((one) => [one.binding.contact, asHeld(one)]));
const roles = (list: readonly Wanted[]) => list.map(({ binding }: { binding: Binding }) => binding.role);

t.test('endpoints are wanted until they end, the others for good', async (t) => {
  const untils = (aor: string, ...names: string[]) => wanted(aor, ...names).map(({ until }) => until);
  t.same(untils(SALES, 'alice'), [FOR_GOOD, NOW + 300_000, FOR_GOOD]);
  t.same(untils(ALICE), [FOR_GOOD]);
  t.same(untils(ALICE, 'alice'), [NOW + 300_000, NOW + 300_000], 'they ride on the phones’ REGISTERs');
  t.same(untils('sip:nobody@cc.example.com'), []);
});

t.test('nothing is done where nothing differs', async (t) => {
  const all = wanted(SALES, 'alice', 'bob');
  t.same(difference(held(all), all), { remove: [], put: [] });
});

t.test('callers are kept from being lost first: contact center and treatment before agents', async (t) => {
  t.same(roles([...difference(new Map(), wanted(SALES, 'alice', 'bob')).put]), [
    'contact_center',
    'treatment',
    'agent',
    'agent',
  ]);
});

t.test('what is too short, elsewhere in the order or behind another hop is put again', async (t) => {
  const all = wanted(SALES, 'alice');
  const { contact } = (all[1] as Wanted).binding;
  const good = asHeld(all[1] as Wanted);
  const putsAgain = (part: Partial<Held>) =>
    difference(new Map([...held(all), [contact, { ...good, ...part }]]), all).put.length === 1;
  t.notOk(putsAgain({ until: good.until - 5_000 }), 'Kamailio counts in seconds');
  t.ok(putsAgain({ until: good.until - 5_001 }));
  t.ok(putsAgain({ q: 898 }));
  t.ok(putsAgain({ path: '<sip:edge1.example.com;lr>' }));
  t.ok(putsAgain({ received: 'sip:203.0.113.9' }));
});

t.test('what nobody wants goes, unless it has run out by itself', async (t) => {
  const memory = new HeldMemory();
  const untils = [FOR_GOOD, NOW + 1, NOW];
  for (const [i, until] of untils.entries()) {
    memory.put(SALES, `sip:${i}@10.0.0.1`, { q: 1, until, path: null, received: null });
  }
  memory.expire(SALES, NOW);
  t.same(difference(memory.of(SALES), []).remove, ['sip:0@10.0.0.1', 'sip:1@10.0.0.1']);
  memory.expire(ALICE, NOW);
  t.equal(memory.of(ALICE).size, 0);
});

t.test(
  'what a registrar says is taken in: strangers that run out by themselves are left alone',
  async (t) => {
    const memory = new HeldMemory();
    const all = wanted(SALES, 'alice');
    const stranger = { q: 500, path: null, received: null };
    const found = new Map([
      ...held(all),
      ['sip:old@192.0.2.10', { ...stranger, until: FOR_GOOD }],
      ['sip:replayed@10.0.0.1', { ...stranger, until: NOW + 60_000 }],
    ]);
    t.notOk(memory.knows(SALES));
    memory.learn(SALES, found, all);
    t.ok(memory.knows(SALES));
    t.same(difference(memory.of(SALES), all), { remove: ['sip:old@192.0.2.10'], put: [] });
    memory.forget(SALES);
    t.notOk(memory.knows(SALES));
    t.equal(memory.of(SALES).size, 0);
  },
);

const agents = fc.subarray(['alice', 'bob']);

t.test('the difference turns whatever is held into what is wanted', async () => {
  fc.assert(
    fc.property(agents, agents, fc.constantFrom(SALES, ALICE), (before, after, aor) => {
      const goal = wanted(aor, ...after);
      const state = held(wanted(aor, ...before));
      const { remove, put } = difference(state, goal);
      for (const contact of remove) state.delete(contact);
      for (const one of put) state.set(one.binding.contact, asHeld(one));
      const rest = difference(state, goal);
      return rest.remove.length === 0 && rest.put.length === 0 && state.size === goal.length;
    }),
  );
});

/** usrloc's list: a new binding stands before the first of lower q; one that is there stays where it is. */
function register(list: Map<string, Held>, contact: string, binding: Held): Map<string, Held> {
  if (list.has(contact)) return list.set(contact, binding);
  const all = [...list];
  const at = all.findIndex(([, { q }]) => q < binding.q);
  all.splice(at === -1 ? all.length : at, 0, [contact, binding]);
  return new Map(all);
}

t.test(
  'whatever order a registrar has them in, it has them by descending q afterwards, with few moves',
  async (t) => {
    const all = wanted(SALES, 'alice', 'bob', 'carol');
    const order = fc.shuffledSubarray(all, { minLength: 1 });
    const qs = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: all.length, maxLength: all.length });
    fc.assert(
      fc.property(order, qs, fc.boolean(), (before, q, isRight) => {
        let list = new Map(
          before.map((one, i) => [
            one.binding.contact,
            isRight ? asHeld(one) : { ...asHeld(one), q: q[i] ?? 0 },
          ]),
        );
        const { remove, put } = difference(list, all, misplaced(list, all));
        for (const contact of remove) list.delete(contact);
        for (const one of put) list = register(list, one.binding.contact, asHeld(one));
        t.strictSame(
          [...list.values()].map((one) => one.q),
          all.map(({ binding }) => binding.q),
        );
      }),
    );
    const [first, ...rest] = [...held(all)];
    t.strictSame(misplaced(held(all), all), []);
    t.strictSame(
      misplaced(new Map([...rest, first as [string, Held]]), all),
      [first?.[0]],
      'one of them moves',
    );
  },
);

t.test('a binding whose q has changed is put anew, since it would stay where it is', async (t) => {
  const all = wanted(SALES, 'alice', 'bob');
  const { contact } = (all[1] as Wanted).binding;
  const changed = new Map([...held(all), [contact, { ...asHeld(all[1] as Wanted), q: 5 }]]);
  const { remove, put } = difference(changed, all);
  t.strictSame(remove, [contact]);
  t.strictSame(
    put.map(({ binding }) => binding.contact),
    [contact],
  );
});
