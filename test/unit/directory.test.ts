import fc from 'fast-check';
import t from 'tap';
import { agentAddresses } from '../../src/directory/agent-addresses.js';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { endpointKey } from '../../src/directory/endpoint-key.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW, registrar } from '../support/contact-center.js';

function directoryWith(...endpoints: Endpoint[]): Directory {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  for (const one of endpoints) directory.putEndpoint(one);
  return directory;
}

const contactsOf = (endpoints: readonly Endpoint[]) => endpoints.map(({ contact }) => contact);

t.test('an address is a skillset, a treatment or an agent of one contact center', async (t) => {
  const directory = directoryWith();
  const kindOf = (user: string, domain = DOMAIN) => directory.resolve({ user, domain })?.kind;
  t.equal(kindOf('sales'), 'skillset');
  t.equal(kindOf('hold-music'), 'treatment');
  t.equal(kindOf('alice'), 'agent');
  t.equal(kindOf('nobody'), undefined);
  t.equal(kindOf('Sales'), 'skillset', 'in any case: a registrar (usrloc) makes no difference either');
  t.equal(kindOf('constructor'), undefined);
  t.equal(kindOf('sales', 'elsewhere.example.com'), undefined);
  t.equal(
    directory.resolve({ user: 'SALES', domain: DOMAIN })?.aor,
    'sip:sales@cc.example.com',
    'in any case',
  );
  t.equal(directory.resolve({ user: 'sales', domain: DOMAIN })?.aor, 'sip:sales@cc.example.com');
  t.same(
    directory.addressesOf(contactCenter()).map(({ aor }) => aor),
    ['sales', 'support', 'hold-music', 'alice', 'bob'].map((user) => `sip:${user}@cc.example.com`),
  );
});

t.test("an agent's endpoints are bound to its own address and to those of its skillsets", async (t) => {
  const directory = directoryWith();
  const carol = agent('carol', { support: 1, sales: 2, 'not-there': 1 });
  const center = contactCenter({ agents: [carol] });
  directory.putContactCenter(center);
  t.same(
    agentAddresses(directory, center, carol).map(({ aor }) => aor),
    ['sip:carol@cc.example.com', 'sip:sales@cc.example.com', 'sip:support@cc.example.com'],
  );
});

t.test('who has a skill is in order of level, then name', async (t) => {
  const directory = new Directory();
  const agents = [agent('dave', { sales: 2 }), agent('carol'), agent('Zoe'), agent('eve', { support: 1 })];
  directory.putContactCenter(contactCenter({ agents: [...agents, agent('bob', { sales: 2 })] }));
  const names = (skillset: string) =>
    directory.agentsOf(DOMAIN, skillset).map((one) => `${one.agent.name} ${one.level}`);
  t.same(names('sales'), ['Zoe 1', 'carol 1', 'bob 2', 'dave 2']);
  t.same(names('support'), ['eve 1']);
  t.same(names('constructor'), [], 'what objects inherit is no skill');
  t.same(directory.agentsOf('elsewhere.example.com', 'sales'), []);
  directory.putContactCenter(contactCenter({ agents: [agent('carol')] }));
  t.same(names('sales'), ['carol 1'], 'a new document is what counts');
});

t.test('endpoints are the unexpired ones, oldest first', async (t) => {
  const directory = directoryWith(
    endpoint('alice', { contact: 'sip:third@10.0.0.1', registered_at: NOW - 1 }),
    endpoint('alice', { contact: 'sip:second@10.0.0.1', registered_at: NOW - 2 }),
    endpoint('alice', { contact: 'sip:first@10.0.0.1', registered_at: NOW - 2 }),
    endpoint('alice', { contact: 'sip:gone@10.0.0.1', expires_at: NOW }),
    endpoint('bob'),
  );
  t.same(contactsOf(directory.endpointsOf(DOMAIN, 'alice', NOW)), [
    'sip:first@10.0.0.1',
    'sip:second@10.0.0.1',
    'sip:third@10.0.0.1',
  ]);
  t.equal(directory.endpointsOf(DOMAIN, 'alice', NOW - 1).length, 4);
  t.equal(directory.endpointsOf(DOMAIN, 'alice', NOW + 300_000).length, 0);
  t.same(directory.endpointsOf(DOMAIN, 'nobody', NOW), []);
});

t.test('an endpoint is replaced by its key, and goes by its key', async (t) => {
  const directory = directoryWith(endpoint(), endpoint('alice', { cseq: 2 }));
  const { key } = endpoint();
  t.equal(directory.endpointsOf(DOMAIN, 'alice', NOW).length, 1);
  t.equal(directory.endpoint(DOMAIN, 'alice', key)?.cseq, 2);
  t.equal(directory.removeEndpoint(DOMAIN, 'bob', key), undefined);
  t.equal(directory.removeEndpoint(DOMAIN, 'alice', key)?.cseq, 2);
  t.equal(directory.endpoint(DOMAIN, 'alice', key), undefined);
});

t.test('endpoints go with their agent and with their contact center', async (t) => {
  const directory = directoryWith(endpoint('alice'), endpoint('bob'));
  t.same(directory.putContactCenter(contactCenter({ agents: [agent('bob')] })), [endpoint('alice')]);
  t.same(directory.removeContactCenter(DOMAIN), [endpoint('bob')]);
  t.equal(directory.contactCenter(DOMAIN), undefined);
  t.same(directory.takeExpired(Number.MAX_SAFE_INTEGER), [], 'what went does not expire later');
});

t.test('contact centers and nodes are listed by name', async (t) => {
  const directory = new Directory();
  for (const domain of ['b.example.com', 'a.example.com']) {
    directory.putContactCenter(contactCenter({ domain }));
  }
  for (const node of ['reg2', 'reg1']) directory.putNode(registrar({ node }));
  t.same(
    directory.contactCenters().map(({ domain }) => domain),
    ['a.example.com', 'b.example.com'],
  );
  t.same(directory.nodes(), [registrar(), registrar({ node: 'reg2' })]);
  t.same(directory.removeNode('reg1'), registrar());
  t.equal(directory.node('reg1'), undefined);
  t.equal(directory.removeNode('reg1'), undefined);
});

t.test('a key is instance and reg-id, or the contact', async (t) => {
  const uri = 'sip:alice@10.0.0.7';
  t.equal(endpointKey({ uri, instance: null, reg_id: null }), uri);
  t.equal(endpointKey({ uri, instance: '<urn:uuid:1>', reg_id: null }), '<urn:uuid:1>;0');
  t.equal(endpointKey({ uri, instance: '<urn:uuid:1>', reg_id: 2 }), '<urn:uuid:1>;2');
});

const change = fc.record({
  name: fc.constantFrom('alice', 'bob'),
  device: fc.integer({ min: 1, max: 4 }),
  expires_at: fc.integer({ min: NOW, max: NOW + 5_000 }),
  kind: fc.constantFrom('put', 'put', 'remove', 'expire'),
});

t.test('whatever comes, goes and expires: exactly the live ones are there, each expires once', async () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const directory = directoryWith();
      const model = new Map<string, Endpoint>();
      for (const { name, device, expires_at, kind } of changes) {
        const one = endpoint(name, { contact: `sip:${device}@10.0.0.1`, expires_at });
        const id = `${name} ${one.key}`;
        if (kind === 'put') {
          directory.putEndpoint(one);
          model.set(id, one);
        } else if (kind === 'remove') {
          directory.removeEndpoint(DOMAIN, name, one.key);
          model.delete(id);
        } else {
          const due = [...model].filter(([, stored]) => stored.expires_at <= expires_at);
          for (const [gone] of due) model.delete(gone);
          const taken = directory.takeExpired(expires_at);
          if (taken.length !== due.length || due.some(([, stored]) => !taken.includes(stored))) return false;
        }
      }
      const live = ['alice', 'bob'].flatMap((name) => directory.endpointsOf(DOMAIN, name, NOW - 1));
      return live.length === model.size && [...model.values()].every((stored) => live.includes(stored));
    }),
  );
});
