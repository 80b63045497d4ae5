import t from 'tap';
import { Scene } from '../../support/scene.js';

// Invariant 2: the treatment is never cut off, not even by a contact center that used up the time of the call.
t.test(
  'when a contact center has rung for too long, agents are passed over and the treatment answers',
  async (t) => {
    const scene = await Scene.open(t, { ringSeconds: 1 });
    await scene.api('PUT', '/v1/nodes/reg1', {
      role: 'registrar',
      rpc_url: scene.registrar.rpcUrl,
      // the contact center may ring for half of it, and 10 s are kept for the treatment: nothing is left for an agent
      max_inv_lifetime_ms: 12_000,
    });
    await scene.contactCenter({ ring: true });
    const alice = await scene.phone('alice');
    const phone = await alice.takesCalls({ answer: 10 });
    await scene.treatment();

    const { status, answeredBy, ms } = await scene.call('sales');

    t.equal(status, 200);
    t.equal(answeredBy, 'hold-music');
    t.ok(ms >= 5_500 && ms < 12_000, `after ${ms} ms`);
    t.equal(phone.count('received', 'INVITE'), 0, 'the agent was passed over');
    t.strictSame(scene.registrar.warnings(), []);
  },
);
