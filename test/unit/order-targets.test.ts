import fc from 'fast-check';
import t from 'tap';
import type { Binding } from '../../src/directory/bindings-in-order.js';
import { orderTargets } from '../../src/invite/order-targets.js';

type Part = Pick<Binding, 'contact' | 'role'> & Partial<Binding>;

const binding = (part: Part): Binding => ({
  aor: 'sip:sales@cc.example.com',
  q: 1_000,
  agent: part.role === 'agent' ? 'alice' : null,
  endpoint: null,
  path: null,
  received: null,
  fr_timer_ms: 2_000,
  because: 'location 1',
  ...part,
});

const CENTER = binding({ contact: 'sip:sales@192.0.2.10:5060', role: 'contact_center' });
const SECOND = binding({ contact: 'sip:sales@192.0.2.20:5060', role: 'contact_center' });
const ALICE = binding({ contact: 'sip:alice@10.0.0.7:5062', role: 'agent' });
const BOB = binding({ contact: 'sip:bob@10.0.0.8:5062', role: 'agent', agent: 'bob' });
const MUSIC = binding({ contact: 'sip:moh@192.0.2.30:5070', role: 'treatment' });

const contacts = (list: readonly { contact: string }[]) => list.map(({ contact }) => contact);

t.test('B3, B4: the order of the bindings is the order of the call, the contact center first', async (t) => {
  t.same(
    contacts(orderTargets([CENTER, SECOND, ALICE, BOB, MUSIC], false)),
    contacts([CENTER, SECOND, ALICE, BOB, MUSIC]),
  );
  t.same(orderTargets([], false), []);
});

t.test('a call of the contact center never goes back to it', async (t) => {
  t.same(contacts(orderTargets([CENTER, SECOND, ALICE, BOB, MUSIC], true)), contacts([ALICE, BOB, MUSIC]));
  t.same(orderTargets([CENTER], true), []);
});

t.test('no place is tried twice', async (t) => {
  t.same(
    contacts(orderTargets([CENTER, ALICE, { ...ALICE, agent: 'bob' }], false)),
    contacts([CENTER, ALICE]),
  );
  t.same(contacts(orderTargets([CENTER, { ...MUSIC, contact: CENTER.contact }], false)), contacts([CENTER]));
  t.same(
    orderTargets([CENTER, { ...MUSIC, contact: CENTER.contact }], true).map(({ role }) => role),
    ['treatment'],
    'which is still there when the contact center itself is left out',
  );
});

t.test('an agent who registers the URI of the treatment does not move it forward', async (t) => {
  const targets = orderTargets([CENTER, { ...ALICE, contact: MUSIC.contact }, BOB, MUSIC], false);
  t.same(contacts(targets), contacts([CENTER, BOB, MUSIC]));
});

t.test('one phone by two Paths is two places', async (t) => {
  const flows = ['<sip:edge1.example.com;lr>', '<sip:edge2.example.com;lr>'].map((path) => ({
    ...ALICE,
    path,
  }));
  t.equal(orderTargets([CENTER, ...flows], false).length, 3);
});

const uri = fc.constantFrom('sip:a@h1', 'sip:a@h2', 'sip:b@h1', 'sip:b@h2', 'sip:c@h3');
const path = fc.constantFrom(null, '<sip:edge1;lr>');
const some = (role: Binding['role'], maxLength: number) =>
  fc.array(
    fc.record({ contact: uri, path }).map((part) => binding({ role, ...part })),
    { maxLength },
  );
const anyBindings = fc
  .tuple(some('contact_center', 3), some('agent', 8), some('treatment', 1))
  .map((parts) => parts.flat());

t.test('property: each place once, in the order of the bindings, the treatment never lost', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyBindings, fc.boolean(), (bindings, fromContactCenter) => {
        const targets = orderTargets(bindings, fromContactCenter);
        const places = targets.map((target) => `${target.contact} ${target.path}`);
        const treatment = bindings.find(({ role }) => role === 'treatment');
        const order = targets.map((target) => (bindings as readonly unknown[]).indexOf(target));
        const roles = targets.map(({ role }) => role);
        return (
          new Set(places).size === places.length &&
          order.every((place, i) => place >= 0 && (i === 0 || place > (order[i - 1] as number))) &&
          (!treatment || places.includes(`${treatment.contact} ${treatment.path}`)) &&
          !(fromContactCenter && roles.includes('contact_center')) &&
          roles.lastIndexOf('contact_center') < (roles.indexOf('agent') + 1 || roles.length + 1)
        );
      }),
    ),
  );
});
