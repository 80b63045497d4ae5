import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

t.test(
  'one agent takes two callers from the music, one after the other, the longest waiting first',
  async (t) => {
    // Through an edge: the way back to the agent is the phone's Path.
    const scene = await Scene.open(t, { holdSeconds: 3_600, edge: true });
    await scene.contactCenter({ refuse: 503 });
    const treatment = await scene.treatment({ hold: true });
    const first = scene.call('sales', { hold_ms: 500 });
    await until('the music for the first', () => treatment.count('sent', '183') === 1);
    const second = scene.call('sales', { hold_ms: 500 });
    await until('the music for the second', () => treatment.count('sent', '183') === 2);

    const phone = await scene.newPhone('bob');
    const bob = await phone.takesCalls({ answer: 200 });
    await phone.register();
    const calls = [await first, await second];
    t.same(
      calls.map(({ answeredBy }) => answeredBy),
      ['bob', 'bob'],
    );
    const kinds = bob.messages().filter(({ direction }) => direction === 'received');
    t.same(
      kinds.map(({ kind }) => kind),
      ['INVITE', 'ACK', 'BYE', 'INVITE', 'ACK', 'BYE'],
      'never two calls at once',
    );
    const called = kinds
      .filter(({ kind }) => kind === 'INVITE')
      .map(({ text }) => /^Call-ID: (.*)\r$/m.exec(text)?.[1]);
    t.same(
      called,
      calls.map(({ callId }) => callId),
      'in the order in which they came',
    );
    for (const call of calls) {
      const taken = ['0 failed 503', '1 ringing 183', '2 ringing 180', '2 answered 200', '2 ended'];
      await decisionOn(scene, 'sales', call, taken);
    }
    t.same(scene.registrar.warnings(), []);
    t.same(scene.edge?.warnings(), []);
  },
);
