import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

t.test(
  "a caller returns from the music as often as Kamailio's max_branches lets a call be sent",
  async (t) => {
    // The question to the service, the contact center, the music, and one agent.
    const scene = await Scene.open(t, { holdSeconds: 10, ringSeconds: 1, maxBranches: 4 });
    await scene.contactCenter({ refuse: 503 });
    const treatment = await scene.treatment({ hold: true });
    const calling = scene.call('sales');
    await until('the music', () => treatment.count('sent', '183') === 1);

    const bob = await scene.newPhone('bob');
    const rings = await bob.takesCalls({ ring: true });
    await bob.register();
    await until('bob to be told to stop', () => rings.count('received', 'ACK') === 1);
    const phone = await scene.newPhone('carol');
    const carol = await phone.takesCalls({ answer: 10 });
    await phone.register();

    const call = await calling;
    t.equal(call.status, 480);
    t.ok(call.ms >= 9_900, `after ${call.ms} ms`);
    const outcomes = ['0 failed 503', '1 ringing 183', '2 ringing 180', '2 failed 408', '1 failed 408'];
    await decisionOn(scene, 'sales', call, outcomes);
    t.equal(carol.count('received', 'INVITE'), 0);
    t.same(scene.registrar.warnings(), []);
  },
);
