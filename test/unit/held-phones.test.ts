import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import type { CallEvent } from '../../src/live/followed-call.js';
import { HEALTHY } from '../../src/live/standing.js';
import { type EndpointChange, rowOf } from '../../src/register/endpoint-change.js';
import { EndpointExpiry } from '../../src/register/expire-endpoints.js';
import { HeldChecks } from '../../src/register/held-checks.js';
import { contactCenter, DOMAIN, endpoint, NOW } from '../support/contact-center.js';

const OWN = ['sip:alice@cc.example.com', 'sip:sales@cc.example.com', 'sip:support@cc.example.com'];

/** Alice's phone, a contact center that is up or down, and what is written, told and asked. */
class World {
  readonly directory = new Directory();
  readonly rows = new Map<string, EndpointChange>();
  readonly expiry: EndpointExpiry;
  readonly checks: HeldChecks;
  readonly asked: Endpoint[] = [];
  now = NOW;
  share = 100;
  commands = true;
  told: string[] = [];
  /** What OPTIONS finds. */
  there: boolean | undefined = true;

  constructor(...phones: Endpoint[]) {
    this.directory.putContactCenter(contactCenter());
    for (const phone of phones) this.directory.putEndpoint(phone);
    const world = this;
    const deps = {
      directory: this.directory,
      standings: { standing: () => ({ ...HEALTHY, share: this.share }) },
      overrides: { active: () => [] },
      registrars: {
        get commands() {
          return world.commands;
        },
        changed: (aors: Iterable<string>) => void this.told.push(...aors),
        isThere: async (phone: Endpoint) => {
          this.asked.push(phone);
          return this.there;
        },
      },
      endpoints: {
        put: (row: string, change: EndpointChange) => void this.rows.set(row, change),
        hasRoomFor: () => true,
        stored: async () => true,
      },
      clock: () => this.now,
      log: { info: () => {} },
    };
    this.expiry = new EndpointExpiry(deps);
    this.checks = new HeldChecks(deps);
  }

  get alice(): Endpoint | undefined {
    return this.directory.endpointsOf(DOMAIN, 'alice', this.now)[0];
  }

  after(ms: number): this {
    this.now += ms;
    this.expiry.expireDue();
    return this;
  }

  async check(ms = 0): Promise<void> {
    this.now += ms;
    this.checks.checkDue();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const PHONE = endpoint('alice', { expires_at: NOW + 10_000 });
const HELD = endpoint('alice', { expires_at: NOW + 600_000, held_since: NOW });

t.test('out of bypass what has expired is gone, its row a while later', async (t) => {
  const world = new World(PHONE);
  t.ok(world.after(9_000).alice, 'not before its time');
  t.equal(world.after(1_000).alice, undefined);
  t.same(world.told, OWN);
  t.equal(world.rows.size, 0);
  world.after(29_999);
  t.equal(world.rows.size, 0);
  world.after(1);
  t.match([...world.rows.values()], [{ kind: 'remove', endpoint: { agent: 'alice' } }]);
});

t.test('in bypass it is held before the registrars let go of it', async (t) => {
  const world = new World(PHONE);
  world.share = 0;
  world.after(7_000);
  t.match(world.alice, { held_since: NOW + 10_000, expires_at: NOW + 607_000 });
  t.same(world.told, OWN);
  t.match([...world.rows.values()], [{ kind: 'put', endpoint: { held_since: NOW + 10_000 } }]);
  for (let i = 0; i < 30; i++) world.after(600_000 - 2_000);
  t.equal(world.alice, undefined, 'four hours later it goes');
  world.after(60_000);
  t.match([...world.rows.values()], [{ kind: 'remove' }]);
});

t.test('a bypass that is noticed late still holds it, unless the phone has left or come again', async (t) => {
  const held = new World(PHONE);
  held.after(10_000);
  held.share = 0;
  t.match(held.after(20_000).alice, { held_since: NOW + 10_000 });

  const left = new World(PHONE);
  left.after(10_000);
  left.expiry.withdrawn(PHONE);
  left.expiry.withdrawn(endpoint('bob'));
  left.share = 0;
  t.equal(left.after(1_000).alice, undefined);
  t.match([...left.rows.values()], [{ kind: 'remove' }]);

  const back = new World(PHONE);
  back.after(10_000);
  back.directory.putEndpoint({ ...PHONE, expires_at: NOW + 99_000 });
  back.after(40_000);
  t.equal(back.rows.size, 0, 'its row is the new one');

  const gone = new World(PHONE);
  gone.directory.removeContactCenter(DOMAIN);
  gone.directory.putEndpoint(PHONE);
  gone.share = 0;
  t.equal(gone.after(10_000).alice, undefined, 'its agent is gone');
});

t.test('an instance that stands by writes nothing: another one may know better', async (t) => {
  const world = new World(PHONE);
  world.commands = false;
  world.after(10_000).after(30_000);
  await world.check();
  t.equal(world.rows.size, 0);
  t.equal(world.asked.length, 0);
});

t.test('held phones are asked once a minute, and dropped when they give no answer twice', async (t) => {
  const world = new World(HELD, endpoint('bob'));
  await world.check();
  await world.check(59_000);
  t.same(world.asked, [HELD], 'and only those');
  await world.check(1_000);
  t.equal(world.asked.length, 2);
  world.there = undefined;
  for (let i = 0; i < 5; i++) await world.check(60_000);
  t.ok(world.alice, 'a registrar that can not ask is no proof');
  world.there = false;
  await world.check(60_000);
  t.ok(world.alice, 'nor is one lost packet');
  world.there = true;
  await world.check(5_000);
  world.there = false;
  await world.check(60_000);
  t.ok(world.alice, 'it has answered since');
  await world.check(5_000);
  t.equal(world.alice, undefined);
  t.same(world.told, OWN);
  t.match([...world.rows.values()], [{ kind: 'remove' }]);
});

t.test('a phone that registers while it is asked stays', async (t) => {
  const world = new World(HELD);
  world.there = false;
  await world.check();
  world.now += 5_000;
  world.checks.checkDue();
  world.directory.putEndpoint({ ...HELD, held_since: null });
  await world.check();
  t.ok(world.alice);
  t.equal(world.rows.size, 0);
});

t.test('so many are asked at once and no more', async (t) => {
  const phones = Array.from({ length: 70 }, (_, i) =>
    endpoint('alice', { contact: `sip:alice@10.0.1.${i}`, expires_at: NOW + 600_000, held_since: NOW }),
  );
  const world = new World(...phones);
  world.checks.checkDue();
  t.equal(world.asked.length, 20);
  world.checks.checkDue();
  world.checks.checkDue();
  t.equal(world.asked.length, 50);
  await world.check();
  await world.check();
  t.equal(new Set(world.asked.map(rowOf)).size, 70);
});

t.test('calls tell as well', async (t) => {
  const world = new World(HELD, endpoint('bob'));
  const became = (agent: string | null, part: Partial<CallEvent>) => {
    const key = agent === null ? null : `sip:${agent}@10.0.0.7:5062`;
    const target = { role: 'agent', uri: 'sip:x', agent, endpoint: key };
    world.checks.became({ call: { domain: DOMAIN }, target, unreached: false, ...part } as CallEvent);
  };
  const lost = { event: 'failed', unreached: true } as const;
  became('alice', lost);
  became('alice', { event: 'ringing' });
  became('alice', lost);
  became('alice', { event: 'failed' });
  became('bob', lost);
  became('bob', lost);
  became(null, lost);
  t.ok(world.alice);
  became('alice', lost);
  t.equal(world.alice, undefined);
  t.equal(
    world.directory.endpointsOf(DOMAIN, 'bob', NOW).length,
    1,
    'an endpoint that is not held expires by itself',
  );
});
