import t from 'tap';
import { Access, EVERYBODY } from '../../src/access/access.js';
import { authorOf } from '../../src/access/author.js';
import { canonical } from '../../src/admin/canonical.js';
import { changeOf, configurationChanges } from '../../src/admin/configuration-changes.js';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import { atOnce } from '../support/at-once.js';
import { agent, contactCenter, registrar, skillset } from '../support/contact-center.js';

/** What the service does in slices. */
const canonicalNow = (...given: Parameters<typeof canonical>) => atOnce(canonical(...given));
const configurationChangesNow = (...given: Parameters<typeof configurationChanges>) =>
  atOnce(configurationChanges(...given));

const BEFORE = canonicalNow(contactCenter());
const changes = (after: Partial<ContactCenter>) =>
  configurationChangesNow(BEFORE, canonicalNow({ ...BEFORE, ...after }, BEFORE));

t.test('only what differs is a change, part by part', async (t) => {
  t.same(changes({}), []);
  t.same(changes({ agents: BEFORE.agents.map((one) => ({ ...one })) }), [], 'what means the same');
  t.strictSame(changes({ mode: 'b2bua', health: { ...BEFORE.health, failures: 3 } }), [
    {
      subject: 'contact_center',
      before: { mode: 'proxy', health: BEFORE.health },
      after: { mode: 'b2bua', health: { ...BEFORE.health, failures: 3 } },
    },
  ]);
  const locations = [{ uri: 'sip:192.0.2.20', priority: 1, fr_timer_ms: 500 }];
  t.strictSame(changes({ locations }), [
    { subject: 'locations', before: BEFORE.locations, after: locations },
  ]);
  const [sales] = BEFORE.skillsets;
  const agents = [agent('alice', { sales: 2, support: 3 }), agent('carol')];
  t.strictSame(changes({ skillsets: [skillset('sales', { order: 'weighted' })], agents }), [
    { subject: 'skillsets/sales', before: { order: sales?.order }, after: { order: 'weighted' } },
    { subject: 'skillsets/support', before: BEFORE.skillsets[1], after: null },
    {
      subject: 'agents/alice',
      before: { skills: { sales: 1, support: 3 } },
      after: { skills: { sales: 2, support: 3 } },
    },
    { subject: 'agents/carol', before: null, after: agent('carol') },
    { subject: 'agents/bob', before: agent('bob', { sales: 2 }), after: null },
  ]);
});

t.test('a contact center that comes or goes is one change', async (t) => {
  t.strictSame(configurationChangesNow(undefined, BEFORE), [
    { subject: 'contact_center', before: null, after: BEFORE },
  ]);
  t.strictSame(configurationChangesNow(BEFORE, undefined), [
    { subject: 'contact_center', before: BEFORE, after: null },
  ]);
});

t.test('nodes', async (t) => {
  const node = registrar();
  t.same(changeOf('nodes/reg1', node, { ...node }), []);
  t.strictSame(changeOf('nodes/reg1', node, registrar({ max_branches: 20 })), [
    { subject: 'nodes/reg1', before: { max_branches: 12 }, after: { max_branches: 20 } },
  ]);
  t.strictSame(changeOf('nodes/reg1', node, undefined), [
    { subject: 'nodes/reg1', before: node, after: null },
  ]);
});

t.test('who asks is whom From names, else where the request comes from', async (t) => {
  const ip = '192.0.2.99';
  t.equal(authorOf({ headers: { from: ' ops@example.com ' }, ip, access: EVERYBODY }), 'ops@example.com');
  t.equal(authorOf({ headers: {}, ip, access: EVERYBODY }), 'from 192.0.2.99');
  t.equal(authorOf({ headers: { from: '' }, ip, access: EVERYBODY }), 'from 192.0.2.99');
  t.equal(authorOf({ headers: { from: 'x'.repeat(300) }, ip, access: EVERYBODY }).length, 254);
  const access = new Access({
    who: 'key deploy',
    scopes: ['admin'],
    contactCenters: null,
    node: null,
    counted: '1',
  });
  t.equal(authorOf({ headers: {}, ip, access }), 'key deploy');
  t.equal(authorOf({ headers: { from: 'ops@example.com' }, ip, access }), 'ops@example.com (key deploy)');
});
