import fc from 'fast-check';
import t from 'tap';
import type { FollowedCall } from '../../src/live/followed-call.js';
import { Claims } from '../../src/share/claims.js';
import { followedCall } from '../support/followed-call.js';

const call = (decision: string, call_id: string, ...agents: string[]): FollowedCall => ({
  ...followedCall(decision, ['location']),
  call_id,
  reserved: { agents, until: 1 },
});
const engaged = (call_id: string, ...agents: string[]) => ({ domain: 'cc.example.com', call_id, agents });

t.test('the first in the log wins', async (t) => {
  const claims = new Claims();
  const first = claims.open(call('a', '1', 'alice'));
  const second = claims.open(call('b', '2', 'bob'));
  claims.read('a');
  claims.engaged(engaged('3', 'alice', 'bob'));
  claims.read('b');
  t.same(await Promise.all([first, second]), [true, false]);
});

t.test('other agents, other contact centers and the same call take nothing away', async (t) => {
  const claims = new Claims();
  const claim = claims.open(call('a', '1', 'alice'));
  claims.engaged(engaged('2', 'bob'));
  claims.engaged({ ...engaged('2', 'alice'), domain: 'other.example.com' });
  claims.engaged(engaged('1', 'alice'));
  claims.read('somebody else');
  claims.read('a');
  t.equal(await claim, true);
});

t.test('nobody waits for ever', async (t) => {
  const claims = new Claims();
  const claim = claims.open(call('a', '1', 'alice'));
  claims.engaged(engaged('2', 'alice'));
  claims.giveUp('a');
  t.equal(await claim, true);
});

/**
 * Instances decide, each by what it has read, and publish in an order that is the same for all; a loser tries another agent. Whatever
 * the order, no two calls are left with one agent, and every call has one while there are enough.
 */
t.test('however they are mixed, every call has an agent of its own', async (t) => {
  const INSTANCES = 3;
  const CALLS = 6;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: INSTANCES - 1 }), { minLength: 60, maxLength: 60 }),
      async (turns) => {
        const log: { call: FollowedCall; from: number }[] = [];
        const instances = Array.from({ length: INSTANCES }, () => ({
          claims: new Claims(),
          read: 0,
          taken: new Map<string, string>(),
        }));
        const got = new Map<string, string>();
        const decide = (from: number, call_id: string) => {
          const instance = instances[from];
          if (!instance) return;
          const agent =
            Array.from({ length: CALLS }, (_, i) => `agent${i}`).find((name) => !instance.taken.has(name)) ??
            '';
          const claimed = call(`${log.length}`, call_id, agent);
          instance.taken.set(agent, call_id);
          log.push({ call: claimed, from });
          void instance.claims.open(claimed).then((won) => {
            if (won) got.set(call_id, agent);
            else decide(from, call_id);
          });
        };
        for (let i = 0; i < CALLS; i++) decide(i % INSTANCES, `call${i}`);
        const readOne = async (me: number) => {
          const instance = instances[me];
          const next = instance && log[instance.read];
          if (!next) return;
          instance.read += 1;
          const { call, from } = next;
          const [agent = ''] = call.reserved?.agents ?? [];
          if (from === me) instance.claims.read(call.decision);
          else {
            instance.claims.engaged({ ...call, agents: [agent] });
            instance.taken.set(agent, call.call_id);
          }
          await new Promise((resolve) => setImmediate(resolve));
        };
        for (const me of turns) await readOne(me);
        while (instances.some(({ read }) => read < log.length))
          for (let me = 0; me < INSTANCES; me++) await readOne(me);
        t.equal(got.size, CALLS);
        t.equal(new Set(got.values()).size, CALLS);
      },
    ),
    { numRuns: 50 },
  );
});
