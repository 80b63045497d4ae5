import fc from 'fast-check';
import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import { HoldAndRetry, type Return } from '../../src/invite/hold-and-retry.js';
import type { RouteDocument } from '../../src/invite/invite.schema.js';
import type { Appended, Branch } from '../../src/kamailio/append-branch.js';
import { Agents } from '../../src/live/agents.js';
import { LiveCalls } from '../../src/live/live-calls.js';
import { HEALTHY } from '../../src/live/standing.js';
import { NO_LOG } from '../../src/share/shared-log.js';
import { ToldCalls } from '../../src/share/told-calls.js';
import {
  agent,
  contactCenter,
  DOMAIN,
  endpoint,
  NOW,
  registrar,
  treatment,
} from '../support/contact-center.js';
import { followedCall, outcome } from '../support/followed-call.js';

const RING_MS = 15_000;
const SECOND = 1_000;
const NAMES = ['alice', 'bob', 'carol'];
const soon = () => new Promise((resolve) => setImmediate(resolve));

/** A branch that Kamailio was told to add. */
interface Added extends Branch {
  readonly decision: string;
  readonly agent: string;
  readonly at: number;
}

/** Callers on hold and the agents of one skillset, with a Kamailio that does as it is told. */
class World {
  now = NOW;
  answer: Appended = 'appended';
  readonly added: Added[] = [];
  readonly recorded: Return[] = [];
  readonly directory = new Directory();
  readonly agents = new Agents({ directory: this.directory, clock: () => this.now });
  readonly calls = new ToldCalls(new LiveCalls(this.agents), NO_LOG);
  readonly holds: HoldAndRetry;
  #callers = 0;

  constructor(names: readonly string[], put_last_seconds = 60) {
    const agents = names.map((name) => agent(name));
    this.directory.putContactCenter(
      contactCenter({ agents, put_last_seconds, treatments: [treatment({ hold_seconds: 600 })] }),
    );
    for (const name of names) this.register(name);
    this.directory.putNode(registrar());
    this.holds = new HoldAndRetry({
      directory: this.directory,
      agents: this.agents,
      calls: this.calls,
      standings: { standing: () => HEALTHY },
      overrides: { active: () => [] },
      history: { decided: (decision) => this.recorded.push(decision) },
      callsForAll: () => true,
      begun: () => {},
      append: async (_url, branch) => this.#append(branch),
      clock: () => this.now,
    });
  }

  register(name: string): void {
    this.directory.putEndpoint(endpoint(name, { expires_at: NOW + 86_400 * SECOND }));
  }

  #append(branch: Branch): Appended {
    const { decision, targets } = branch.document as RouteDocument;
    const [target] = targets;
    if (this.answer !== 'refused') {
      this.added.push({ ...branch, decision, agent: target?.agent ?? '', at: this.now });
    }
    return this.answer;
  }

  /** A caller hears music; the decision's id. */
  async onHold(branches_left = 9): Promise<string> {
    this.#callers += 1;
    const decision = `caller-${this.#callers}`;
    this.calls.decided({ ...followedCall(decision, ['location', 'treatment']), at: this.now });
    const hold = { transaction: `${this.#callers}:1`, branches_left };
    await this.told(decision, 1, 'ringing', { status: 183, hold });
    return decision;
  }

  async told(...[decision, target, event, part]: Parameters<typeof outcome>): Promise<void> {
    this.calls.became(outcome(decision, target, event, { at: this.now, ...part }));
    await soon();
  }

  /** After so long, looks. */
  async after(ms: number): Promise<void> {
    this.now += ms;
    this.holds.look();
    await soon();
  }

  get last(): Added {
    const last = this.added.at(-1);
    if (!last) throw new Error('nobody was called');
    return last;
  }
}

async function world(t: { teardown(fn: () => unknown): void }, ...of: ConstructorParameters<typeof World>) {
  const world = new World(...of);
  t.teardown(() => world.holds.close());
  return world;
}

t.test(
  'a free agent is called at once; what is recorded names the decision that led to the music',
  async (t) => {
    const w = await world(t, ['alice']);
    const caller = await w.onHold();
    t.match(w.last, { transaction: '1:1', agent: 'alice' });
    t.match(w.last.token, /^[0-9a-f-]{36}$/);
    t.match(w.last.document, { routes: [{ fr_inv_timer: RING_MS }], targets: [{ role: 'agent' }] });
    t.match(w.recorded, [{ id: w.last.decision, returns_from: caller, call_id: `${caller}@phone` }]);
    t.match(
      (w.last.document as RouteDocument).targets[0]?.because,
      /^returned from hold: sales level 1, free/,
    );
    t.equal(w.agents.of(DOMAIN, 'alice', w.now).activity, 'reserved');
  },
);

t.test(
  'an agent who does not answer is let alone, the next one is tried, and the caller may be tried again',
  async (t) => {
    const w = await world(t, ['alice', 'bob'], 0);
    await w.onHold();
    const [first] = [w.last];
    await w.told(first.decision, 0, 'ringing');
    await w.after(5 * SECOND);
    t.equal(w.added.length, 1, 'not while a phone rings');
    await w.told(first.decision, 0, 'failed', { status: 408, local: true });
    t.equal(w.added.length, 2, 'as soon as it is known');
    t.not(w.last.agent, first.agent);
    await w.told(w.last.decision, 0, 'failed', { status: 486, local: false });
    t.equal(w.added.length, 2, 'who has just been tried has some rest');
    await w.after(10 * SECOND);
    t.equal(w.added.length, 3);
  },
);

t.test('a phone has a moment of rest after its call', async (t) => {
  const w = await world(t, ['alice']);
  const { contact: uri, key } = endpoint('alice');
  const targets = [{ role: 'agent', agent: 'alice', uri, endpoint: key }] as const;
  w.calls.decided(followedCall('earlier', [], { targets }));
  await w.told('earlier', 0, 'answered');
  await w.onHold();
  await w.after(60 * SECOND);
  await w.told('earlier', 0, 'ended');
  await w.after(500);
  t.equal(w.added.length, 0);
  await w.after(500);
  t.equal(w.last.agent, 'alice');
});

t.test(
  'who is in a call that nothing proves any more is called as well, but not again and again',
  async (t) => {
    const w = await world(t, ['alice']);
    w.calls.decided(followedCall('lost', ['alice']));
    await w.told('lost', 0, 'answered');
    await w.onHold();
    await w.after(SECOND);
    t.equal(w.last.agent, 'alice');
    await w.told(w.last.decision, 0, 'failed', { status: 486, local: false });
    await w.after(59 * SECOND);
    t.equal(w.added.length, 1);
    await w.after(2 * SECOND);
    t.equal(w.added.length, 2);
    await w.onHold();
    await w.after(SECOND);
    t.equal(w.added.length, 2, 'nor for two at once');
  },
);

t.test('a phone of several that was not reached does not end the attempt, one that was does', async (t) => {
  const w = await world(t, ['alice']);
  const contact = 'sip:alice@10.0.0.8:5062';
  w.directory.putEndpoint(endpoint('alice', { contact, expires_at: NOW + 86_400 * SECOND }));
  await w.onHold();
  t.equal((w.last.document as RouteDocument).routes.length, 2);
  await w.told(w.last.decision, 0, 'failed', { status: 408, local: true });
  w.register('bob');
  await w.after(11 * SECOND);
  t.equal(w.added.length, 1, 'the second phone may ring');
  await w.told(w.last.decision, 1, 'failed', { status: 603, local: false });
  await w.after(61 * SECOND);
  t.equal(w.added.length, 2);
});

t.test('the longest waiting comes first', async (t) => {
  const w = await world(t, []);
  for (const _ of NAMES) {
    await w.onHold();
    w.now += SECOND;
  }
  w.directory.putContactCenter(
    contactCenter({ agents: [agent('alice'), agent('bob')], treatments: [treatment({ hold_seconds: 600 })] }),
  );
  w.register('alice');
  w.register('bob');
  await w.after(SECOND);
  t.same(
    w.added.map(({ transaction }) => transaction),
    ['1:1', '2:1'],
  );
});

t.test('nobody is called for a caller', async (t) => {
  const ends = {
    'who has hung up': (w: World, caller: string) => w.told(caller, 1, 'canceled', { status: 487 }),
    'whose treatment has answered': (w: World, caller: string) => w.told(caller, 1, 'answered'),
    'whose treatment has failed': (w: World, caller: string) =>
      w.told(caller, 1, 'failed', { status: 480, local: false }),
    'whose music is over': (w: World) => w.after(600 * SECOND),
    'whose skillset is gone': async (w: World) => {
      w.directory.putContactCenter(contactCenter({ skillsets: [], agents: [agent('alice', {})] }));
    },
    'whose node can no longer be commanded': async (w: World) => {
      w.directory.removeNode('reg1');
    },
  };
  for (const [whom, end] of Object.entries(ends)) {
    const w = await world(t, []);
    const caller = await w.onHold();
    await end(w, caller);
    w.directory.putContactCenter(
      contactCenter({
        agents: [agent('alice')],
        treatments: [treatment({ hold_seconds: 600 })],
        ...(whom.includes('skillset') && { skillsets: [], agents: [agent('alice', {})] }),
      }),
    );
    w.register('alice');
    await w.after(11 * SECOND);
    t.same(w.added, [], whom);
  }
  const none = await world(t, ['alice']);
  await none.onHold(0);
  t.same(none.added, [], 'who has no branch left');
});

t.test('what Kamailio refuses is not tried again, and the agent is free at once', async (t) => {
  const w = await world(t, ['alice']);
  w.answer = 'refused';
  await w.onHold();
  t.equal(w.agents.of(DOMAIN, 'alice', w.now).activity, 'free');
  t.same(w.recorded, []);
  w.answer = 'appended';
  await w.after(60 * SECOND);
  t.same(w.added, []);
});

t.test('an attempt of which nothing is heard ends by itself, later than any phone can ring', async (t) => {
  const w = await world(t, ['alice', 'bob']);
  w.answer = 'unknown';
  await w.onHold();
  await w.after(RING_MS + 2 * SECOND);
  t.equal(w.added.length, 1);
  await w.after(5 * SECOND);
  t.equal(w.added.length, 2);
});

type Step =
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'call' }
  | { readonly does: 'ring' | 'answer' | 'fail' | 'end' | 'cancel' | 'lose'; readonly which: number }
  | { readonly does: 'append'; readonly as: Appended };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 * SECOND }) }),
  fc.record({ does: fc.constant('call' as const) }),
  fc.record({
    does: fc.constantFrom(
      'ring' as const,
      'answer' as const,
      'fail' as const,
      'end' as const,
      'cancel' as const,
      'lose' as const,
    ),
    which: fc.nat({ max: 9 }),
  }),
  fc.record({
    does: fc.constant('append' as const),
    as: fc.constantFrom<Appended>('appended', 'appended', 'refused', 'unknown'),
  }),
);

/** What really goes on in Kamailio, whatever is told of it. */
class Truth {
  readonly #world: World;
  #known = 0;
  /** Branches that lead to an agent, or calls that have begun so. */
  #open: (Added & { answered: boolean })[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  get open(): readonly Added[] {
    return this.#open;
  }

  /** tm gives up a phone that rings for too long. */
  catchUp(): void {
    const { added, now } = this.#world;
    this.#open.push(...added.slice(this.#known).map((one) => ({ ...one, answered: false })));
    this.#known = added.length;
    this.#open = this.#open.filter(({ answered, at }) => answered || now - at <= RING_MS + 2 * SECOND);
  }

  async does(step: Step): Promise<void> {
    const w = this.#world;
    if (step.does === 'wait') return w.after(step.ms);
    if (step.does === 'call') return void (await w.onHold());
    if (step.does === 'append') w.answer = step.as;
    if (!('which' in step)) return;
    const one = this.#open[step.which % Math.max(1, this.#open.length)];
    if (!one) return;
    const { decision, answered } = one;
    if (step.does === 'ring' && !answered) await w.told(decision, 0, 'ringing');
    if (step.does === 'answer' && !answered) {
      one.answered = true;
      await w.told(decision, 0, 'answered');
    }
    if (step.does === 'end' && answered) await this.#over(one, () => w.told(decision, 0, 'ended'));
    if (answered) return;
    if (step.does === 'fail') {
      await this.#over(one, () => w.told(decision, 0, 'failed', { status: 486, local: false }));
    }
    if (step.does === 'cancel') {
      await this.#over(one, () => w.told(decision, 0, 'canceled', { status: 487 }));
    }
    // The news of it gets lost.
    if (step.does === 'lose') await this.#over(one, async () => {});
  }

  async #over(one: Added, tell: () => Promise<void>): Promise<void> {
    this.#open = this.#open.filter(({ decision }) => decision !== one.decision);
    await tell();
  }
}

t.test('whatever happens: never two agents for one caller, never one agent for two callers', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const w = new World(NAMES, 0);
      const truth = new Truth(w);
      try {
        for (const one of steps) {
          truth.catchUp();
          await truth.does(one);
          truth.catchUp();
          const { open } = truth;
          const callers = new Set(open.map(({ transaction }) => transaction));
          const agents = new Set(open.map(({ agent }) => agent));
          if (callers.size !== open.length) throw new Error(`two agents: ${JSON.stringify(open)}`);
          if (agents.size !== open.length) throw new Error(`two callers: ${JSON.stringify(open)}`);
        }
      } finally {
        await w.holds.close();
      }
    }),
    { numRuns: 150 },
  );
  t.pass();
});
