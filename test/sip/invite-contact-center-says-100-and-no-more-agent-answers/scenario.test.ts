import t from 'tap';
import { Scene } from '../../support/scene.js';

const PROGRESS_MS = 2_000;
/** What the registrar's own script allows while the service is away. */
const OWN_PROGRESS_MS = 6_000;

// B3: to say 100 is no more than to be silent.
t.test('a contact center that has said 100 must ring or answer in time', async (t) => {
  const scene = await Scene.open(t, { document: { progress_timer_ms: PROGRESS_MS } });
  const alice = await scene.phone('alice', { answer: 10 });
  await scene.treatment();

  await t.test('it says nothing more: an agent answers', async (t) => {
    const contactCenter = await scene.contactCenter({ scenario: 'tries-for-ever' });
    const { status, answeredBy, ms } = await scene.call('sales');
    t.equal(status, 200);
    t.equal(answeredBy, alice.agent);
    t.ok(ms > PROGRESS_MS / 2 && ms < 10 * PROGRESS_MS, `after ${ms} ms`);
    t.equal(contactCenter.count('received', 'CANCEL'), 1, 'and it is told to stop');
    await contactCenter.kill();
  });

  await t.test('it rings in time, and may ring for longer than that', async (t) => {
    const scenario = new URL('./tries-then-rings.xml', import.meta.url).pathname;
    const contactCenter = await scene.contactCenter({ scenario });
    const { status, answeredBy, ms } = await scene.call('sales');
    t.equal(status, 200);
    t.equal(answeredBy, 'contact-center');
    t.ok(ms > 2 * PROGRESS_MS, `after ${ms} ms`);
    await contactCenter.kill();
  });

  t.strictSame(scene.registrar.warnings(), []);
  await t.test('it says nothing more, and the service is dead: an agent answers all the same', async (t) => {
    await scene.contactCenter({ scenario: 'tries-for-ever' });
    await scene.understudy.kill9();
    const { status, answeredBy, ms } = await scene.call('sales');
    t.equal(status, 200);
    t.equal(answeredBy, alice.agent);
    t.ok(ms > OWN_PROGRESS_MS / 2 && ms < 10 * OWN_PROGRESS_MS, `after ${ms} ms`);
  });
});
