import t from 'tap';
import { Scene } from '../../support/scene.js';

// B3, B4: the contact center is tried first; when it stays silent the best agent is.
t.test('a silent contact center costs the caller two seconds, then the best agent answers', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.silent(scene.locationPorts[0] ?? 0);
  await scene.phone('bob', { answer: 10 });
  await scene.phone('alice', { answer: 10 });

  const { status, answeredBy, ms } = await scene.call('sales');

  t.equal(status, 200);
  t.equal(answeredBy, 'alice', 'the best agent, whoever registered first');
  t.equal(contactCenter.received(), 3, 'an INVITE and two retransmissions before giving up');
  t.ok(ms >= 1_900 && ms < 20_000, `after ${ms} ms`);
});
