import fc from 'fast-check';
import t from 'tap';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import { Directory } from '../../src/directory/directory.js';
import type { Change } from '../../src/live/change.js';
import type { CallEvent, FollowedTarget } from '../../src/live/followed-call.js';
import { type Fall, Healths } from '../../src/live/healths.js';
import { HEALTHY } from '../../src/live/standing.js';
import { contactCenter, DOMAIN, NOW, registrar } from '../support/contact-center.js';

const LOCATION = 'sip:192.0.2.10:5060';
const MUSIC = 'sip:moh@192.0.2.30:5070';
const S = 1_000;

function newHealths(part: Partial<ContactCenter> = {}) {
  const directory = new Directory();
  directory.putContactCenter(contactCenter(part));
  for (const node of ['reg1', 'reg2', 'reg3']) directory.putNode(registrar({ node }));
  const changes: Change[] = [];
  const logged: string[] = [];
  const memory: string[] = [];
  const healths = new Healths({
    directory,
    changes: { changed: (change) => changes.push(change) },
    memory: {
      answered: ({ place, node }) => memory.push(`${node} ${place}`),
      forget: (place) => memory.push(`forget ${place}`),
    },
    log: { warn: (_, text) => logged.push(text), info: (_, text) => logged.push(text) },
  });
  const stands = (user = 'sales', now = NOW, uri = LOCATION) => healths.standing(DOMAIN, uri, user, now);
  return { healths, directory, changes, logged, memory, stands };
}

let calls = 0;
function event(
  part: Partial<CallEvent> & { user?: string; uri?: string; role?: FollowedTarget['role'] },
): CallEvent {
  const { user = 'sales', uri = LOCATION, role = 'contact_center', ...rest } = part;
  const target = { role, uri, agent: null, endpoint: null };
  calls += 1;
  return {
    call: {
      ...{ decision: `${calls}`, at: NOW, domain: DOMAIN, user, kind: 'skillset', call_id: `${calls}` },
      ...{ node: 'reg1', reserved: null, targets: [target] },
    },
    ...{
      target,
      position: 0,
      event: 'failed',
      status: 503,
      unreached: false,
      retry_after_seconds: null,
      at: NOW,
      here: true,
    },
    ...rest,
  };
}
const unreached = (part = {}) => event({ status: 408, unreached: true, ...part });

t.test('who is never heard of is well', async (t) => {
  const { stands, healths } = newHealths();
  t.equal(stands(), HEALTHY);
  t.equal(healths.standing('nobody.example.com', LOCATION, 'sales', NOW), HEALTHY);
  t.equal(stands('sales', NOW, 'sip:192.0.2.99'), HEALTHY);
});

t.test('calls that nobody answered are about the place, failures about the address', async (t) => {
  const { healths, stands, changes, logged } = newHealths();
  for (let i = 0; i < 2; i += 1) healths.became(event({}));
  t.match(stands('sales'), { state: 'down', share: 0 });
  t.match(stands('support'), { state: 'up', share: 100 });
  for (let i = 0; i < 2; i += 1) healths.became(unreached());
  t.match(stands('support'), { state: 'down', share: 0 });
  t.same(
    changes.map(({ subject, before, after }) => ({ subject, before, after })),
    [
      {
        subject: `${LOCATION} for sales`,
        before: { state: 'suspect' },
        after: { state: 'down', code: 'calls_failed' },
      },
      { subject: LOCATION, before: { state: 'suspect' }, after: { state: 'down', code: 'calls_failed' } },
    ],
    'that something was suspect is no history',
  );
  t.equal(logged.length, 2);
});

t.test('the worse of the two counts', async (t) => {
  const { healths, stands } = newHealths();
  healths.became(event({}));
  t.equal(stands().state, 'suspect');
  for (let i = 0; i < 2; i += 1) healths.became(unreached());
  t.match(stands(), { state: 'down', code: 'calls_failed' });
});

t.test('what says something about whom', async (t) => {
  const says = (...events: CallEvent[]) => {
    const { healths, stands } = newHealths();
    healths.became(unreached());
    healths.became(event({}));
    for (const one of events) healths.became(one);
    return [stands('support').state, stands('sales').state];
  };
  t.same(says(), ['suspect', 'suspect']);
  const thrice = (part: Parameters<typeof event>[0]) => [event(part), event(part), event(part)];
  for (const [what, part] of [
    ['ringing', { event: 'ringing', status: 180 }],
    ['answered', { event: 'answered', status: 200 }],
    ['busy', { status: 486 }],
    ['declined', { status: 603 }],
    ['a 408 that somebody sent', { status: 408 }],
  ] as const) {
    t.same(says(...thrice(part)), ['up', 'up'], what);
  }
  for (const [what, part] of [
    ['hung up', { event: 'canceled', status: 487 }],
    ['ended', { event: 'ended', status: null }],
    ['nobody knows', { status: null }],
    ['an agent', { role: 'agent', status: 200, event: 'answered' }],
    ['of nobody', { uri: 'sip:192.0.2.99' }],
  ] as const) {
    t.same(says(...thrice(part)), ['suspect', 'suspect'], what);
  }
});

t.test('treatments stand as locations do', async (t) => {
  const { healths, stands } = newHealths();
  for (let i = 0; i < 2; i += 1) healths.became(unreached({ role: 'treatment', uri: MUSIC }));
  t.match(stands('sales', NOW, MUSIC), { state: 'down' });
  t.equal(stands().state, 'up');
});

t.test('probes: at least half of the nodes that say something', async (t) => {
  const { healths, stands, memory } = newHealths();
  for (const node of ['reg1', 'reg2', 'reg3', 'nobody']) healths.probe(node, LOCATION, false, NOW);
  t.equal(stands().state, 'up', 'it has never answered');
  for (const node of ['reg1', 'reg2', 'reg3']) healths.probe(node, LOCATION, true, NOW);
  t.same(memory, [`reg1 ${LOCATION}`, `reg2 ${LOCATION}`, `reg3 ${LOCATION}`]);
  healths.probe('reg1', LOCATION, false, NOW);
  t.equal(stands().state, 'up', 'one of three');
  healths.probe('reg2', LOCATION, false, NOW);
  t.match(stands(), { state: 'down', code: 'probe_failed' }, 'two of three');
  healths.probe('reg2', LOCATION, true, NOW + S);
  t.match(stands('sales', NOW + S), { state: 'returning', share: 0 });
  t.equal(memory.length, 3, 'told once');
});

t.test('probes: who answered in an earlier life can be found dead at once', async (t) => {
  const { healths, stands } = newHealths();
  healths.load([{ place: LOCATION, node: 'reg1' }]);
  t.same(healths.probesOf(LOCATION, NOW), []);
  healths.tick(NOW);
  t.equal(stands().state, 'up');
  healths.probe('reg1', LOCATION, false, NOW);
  t.equal(stands().state, 'down');
});

t.test('probes: two contact centers at one place', async (t) => {
  const { healths, directory } = newHealths();
  directory.putContactCenter(contactCenter({ domain: 'other.example.com', treatments: [] }));
  healths.probe('reg1', LOCATION, true, NOW);
  healths.probe('reg1', LOCATION, false, NOW);
  for (const domain of [DOMAIN, 'other.example.com']) {
    t.equal(healths.standing(domain, LOCATION, 'sales', NOW).state, 'down');
  }
});

t.test('a contact center that no node probes comes back by hold and ramp', async (t) => {
  const { healths, stands, changes } = newHealths();
  for (let i = 0; i < 2; i += 1) healths.became(unreached());
  for (let s = 0; s <= 180; s += 1) healths.tick(NOW + s * S);
  t.equal(stands('sales', NOW + 180 * S).state, 'up');
  t.same(
    changes.map(({ at, after }) => [(at - NOW) / S, (after as { state: string }).state]),
    [
      [0, 'down'],
      [120, 'returning'],
      [180, 'up'],
    ],
  );
});

t.test('whoever follows is told at once', async (t) => {
  const { healths } = newHealths();
  const told: number[] = [];
  healths.follow(({ domain }, now) => {
    t.equal(domain, DOMAIN);
    told.push(now);
  });
  healths.became(unreached());
  healths.became(unreached({ at: NOW + 1 }));
  healths.became(event({ retry_after_seconds: 5, at: NOW + 2 }));
  t.same(told, [NOW, NOW + 1, NOW + 2]);
});

t.test('falls are told, those of one address apart', async (t) => {
  const { healths } = newHealths();
  const told: Fall[] = [];
  healths.followFalls((fall) => told.push(fall));
  healths.became(unreached());
  t.same(told, [], 'suspect is no fall');
  healths.became(unreached());
  healths.became(unreached());
  for (let i = 0; i < 2; i += 1) healths.became(event({}));
  for (let i = 0; i < 2; i += 1) healths.became(unreached({ role: 'treatment', uri: MUSIC }));
  t.same(told, [
    { domain: DOMAIN, uri: LOCATION, of: 'place' },
    { domain: DOMAIN, uri: LOCATION, of: 'address' },
    { domain: DOMAIN, uri: MUSIC, of: 'place' },
  ]);
});

t.test('what is not provisioned any more is forgotten', async (t) => {
  const { healths, directory, stands, memory } = newHealths();
  healths.probe('reg1', LOCATION, true, NOW);
  for (let i = 0; i < 2; i += 1) healths.became(unreached());
  directory.putContactCenter(contactCenter({ locations: [] }));
  healths.tick(NOW);
  t.match(memory, [`reg1 ${LOCATION}`, `forget ${LOCATION}`]);
  directory.putContactCenter(contactCenter());
  t.equal(stands(), HEALTHY);
  t.same(healths.probesOf(LOCATION, NOW), []);

  for (let i = 0; i < 2; i += 1) healths.became(unreached());
  directory.removeContactCenter(DOMAIN);
  healths.tick(NOW);
  directory.putContactCenter(contactCenter());
  t.equal(stands(), HEALTHY);
});

t.test('whatever calls and probes say: between 0 and 100 %, and well again when all is quiet', async () => {
  const happenings = fc.array(
    fc.record({
      passed: fc.integer({ min: -5 * S, max: 60 * S }),
      what: fc.constantFrom('unreached', 'failed', 'overloaded', 'answered', 'up', 'down', 'tick'),
      user: fc.constantFrom('sales', 'support', 'alice'),
      node: fc.constantFrom('reg1', 'reg2'),
    }),
    { maxLength: 50 },
  );
  fc.assert(
    fc.property(happenings, (story) => {
      const { healths, stands } = newHealths();
      let now = NOW;
      for (const { passed, what, user, node } of story) {
        now += passed;
        if (what === 'tick') healths.tick(now);
        else if (what === 'up' || what === 'down') healths.probe(node, LOCATION, what === 'up', now);
        else if (what === 'unreached') healths.became(unreached({ user, at: now }));
        else if (what === 'failed') healths.became(event({ user, at: now }));
        else if (what === 'overloaded') healths.became(event({ user, retry_after_seconds: 30, at: now }));
        else healths.became(event({ user, event: 'answered', status: 200, at: now }));
        const { share } = stands(user, now);
        if (!(share >= 0 && share <= 100)) throw new Error(`${share} %`);
      }
      // The clock may have been set back by all of a story: the probes are forgotten only then.
      healths.tick(now + 300 * S);
      for (const user of ['sales', 'support', 'alice']) {
        const { state } = stands(user, now + 2_500 * S);
        if (state !== 'up') throw new Error(`${user}: ${state}`);
      }
    }),
  );
});
