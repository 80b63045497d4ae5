import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B1, B6, B8: a registrar that has lost its memory gets it back from the service.
t.test('the registrar is killed and started again: calls are answered as before', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.contactCenter({ answer: 10 });
  await scene.phone('alice', { answer: 10 });
  await scene.phone('bob', { answer: 10 });
  const before = await scene.heldWhen('sales', (bindings) => bindings.length === 4);

  await scene.registrar.kill();
  await scene.registrar.startAgain();

  const call = await scene.call('sales');
  t.equal(call.answeredBy, 'contact-center', 'the service knows where, whatever the registrar holds');
  await decisionOn(scene, 'sales', call, ['0 ringing 180', '0 answered 200', '0 ended']);
  await contactCenter.kill();
  const fails = await scene.contactCenter({ refuse: 503 });
  t.equal((await scene.call('sales')).answeredBy, 'alice');
  await fails.kill();

  const order = (bindings: typeof before) => bindings.map(({ contact, q }) => `${contact} ${q}`).join();
  await scene.heldWhen('sales', (bindings) => order(bindings) === order(before));
  for (const user of ['alice', 'bob']) await scene.heldWhen(user, (bindings) => bindings.length === 2);
  await scene.heldWhen('hold-music', (bindings) => bindings.length === 2);
  t.same(scene.registrar.warnings(), []);

  await t.test('also without the service, from what it has been given back', async (t) => {
    await scene.understudy.kill9();
    const contactCenter = await scene.contactCenter({ answer: 10 });
    t.equal((await scene.call('sales')).answeredBy, 'contact-center');
    await contactCenter.kill();
    await scene.contactCenter({ refuse: 503 });
    t.equal((await scene.call('sales')).answeredBy, 'alice');
    t.equal((await scene.call('bob')).answeredBy, 'bob');
  });
});
