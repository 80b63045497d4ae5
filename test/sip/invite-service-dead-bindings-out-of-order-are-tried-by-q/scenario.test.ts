import fc from 'fast-check';
import t from 'tap';
import { DOMAIN, type Ending, Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';
import { TortureSocket } from '../../support/torture-socket.js';

/** tm's 12, less one for the question that nobody answered. */
const MAX_TRIED = 11;
const AOR = `sales@${DOMAIN}`;

/** One thing that happens to a binding of an address: it is put there or gets another q, or is removed (q null). */
type Step = readonly [user: string, q: number | null];

/** What a call must try, in order: every binding by descending q, agents no more than leave the treatment its place. */
function tried(held: ReadonlyMap<string, number>): string[] {
  const byQ = [...held].sort(([, a], [, b]) => b - a);
  const isAgent = ([, q]: [string, number]) => q < 900 && q >= 100;
  const locations = byQ.filter(([, q]) => q >= 900);
  const agents = byQ.filter(isAgent).slice(0, MAX_TRIED - 1 - locations.length);
  return [...locations, ...agents, ...byQ.filter(([, q]) => q < 100)].map(([user]) => user);
}

/** A registrar whose service is dead, and somebody who refuses every call of every binding, so that all are tried. */
async function open(t: Ending) {
  const scene = await Scene.open(t);
  await scene.understudy.kill9();
  const all = await TortureSocket.open((method) => (method === 'INVITE' ? '500 Not Here' : undefined));
  t.teardown(() => all.close());
  const uri = (user: string) => `sip:${user}@127.0.0.1:${all.port}`;
  const rpc = scene.registrar.rpc.bind(scene.registrar);
  const play = async (steps: readonly Step[]) => {
    await rpc('ul.rm', ['location', AOR]).catch(() => undefined);
    for (const [user, q] of steps) {
      if (q === null) await rpc('ul.rm_contact', ['location', AOR, uri(user)]).catch(() => undefined);
      else await rpc('ul.add', ['location', AOR, uri(user), 0, q / 1000, '.', 0, 0, 16_383]);
    }
    const before = all.received().length;
    const { callId } = await scene.call('sales');
    return all
      .received()
      .slice(before)
      .map((datagram) => ({
        kind: '',
        direction: 'received' as const,
        at: 0,
        text: datagram.toString('latin1'),
      }))
      .filter((message) => message.text.startsWith('INVITE ') && header(message, 'Call-ID') === callId)
      .map(({ text }) => /^INVITE sip:([^@]+)@/.exec(text)?.[1]);
  };
  return { scene, play };
}

function heldAfter(steps: readonly Step[]): Map<string, number> {
  const held = new Map<string, number>();
  for (const [user, q] of steps) {
    if (q === null) held.delete(user);
    else held.set(user, q);
  }
  return held;
}

// B2, invariant 1: usrloc doesn't sort a binding again whose q has fallen.
t.test('the order of q decides, whatever order the bindings came in', async (t) => {
  const { scene, play } = await open(t);
  const center = fc.tuple(fc.constantFrom('center1', 'center2'), fc.constantFrom(1000, 999));
  const agent = fc.tuple(
    fc.constantFrom('alice', 'bob', 'carol', 'dave', 'erin', 'frank'),
    fc.oneof(fc.integer({ min: 100, max: 899 }), fc.constant(null)),
  );
  const step = fc.oneof({ weight: 1, arbitrary: center }, { weight: 4, arbitrary: agent });
  const history = fc.array(step, { minLength: 1, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(history, async (random) => {
      // always somebody's: the contact center's and the treatment's are put again among them
      const steps: Step[] = [...random, ['center1', 1000], ['music', 10], ...random.toReversed()];
      const held = heldAfter(steps);
      // no two of one address have the same q (bindings-in-order.ts)
      fc.pre(new Set(held.values()).size === held.size);
      t.strictSame(await play(steps), tried(held), JSON.stringify(steps));
    }),
    { numRuns: 25, seed: 10, endOnFailure: true },
  );
  t.notMatch(scene.registrar.log(), /runaway while/);
});

// The case that was seen: a contact center's binding stood between two agents whose skill levels had changed.
t.test('a living contact center is not skipped after a change of skill levels', async (t) => {
  const { play } = await open(t);
  const first = await play([
    ['alice', 899],
    ['center1', 1000],
    ['bob', 898],
    ['alice', 889],
    ['bob', 899],
    ['music', 10],
  ]);
  t.strictSame(first, ['center1', 'bob', 'alice', 'music']);
});

// Invariant 2: a while of Kamailio's ends after 100 turns unless it is told otherwise.
t.test('with hundreds of bindings on an address the treatment is reached', async (t) => {
  const { scene, play } = await open(t);
  const agents = Array.from({ length: 400 }, (_, i): Step => [`agent${i}`, 899 - i]);
  const steps: Step[] = [['music', 10], ...agents, ['center1', 1000]];
  const called = await play(steps);
  t.strictSame(called, tried(heldAfter(steps)));
  t.equal(called.at(-1), 'music');
  t.notMatch(scene.registrar.log(), /runaway while/);
});
