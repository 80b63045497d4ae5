import t from 'tap';
import { DigestPhone } from '../../support/digest-phone.js';
import { ofPhone } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

const CENTER = '/v1/contact-centers/cc.example.com';
const CREDENTIALS = `${CENTER}/agents/alice/credentials`;

// What is remembered for outages isn't what counts while the service lives: after 30 s it is asked again.
t.test('a password is changed, taken away, its agent is deleted, and nobody is asked any more', async (t) => {
  const scene = await Scene.open(t, { document: { authenticate_agents: true } });
  await scene.api('PUT', CREDENTIALS, { password: 'one' });
  const alice = await DigestPhone.open(t, scene.registerTarget, 'alice');
  t.equal((await alice.register('one')).status, 200);
  const timePasses = () => heardLongAgo(scene);

  await scene.api('PUT', CREDENTIALS, { password: 'two' });
  t.equal((await alice.register('one')).status, 200, 'for half a minute the old one counts');
  await timePasses();
  t.equal((await alice.register('one')).status, 401);
  t.equal((await alice.register('two')).status, 200);

  await scene.api('DELETE', CREDENTIALS);
  await timePasses();
  t.equal((await alice.register('two')).status, 403);
  await scene.understudy.kill9();
  t.equal((await alice.register('two')).status, 503, 'nor is it remembered');
  await scene.startUnderstudyAgain();

  await scene.api('PUT', CREDENTIALS, { password: 'two' });
  t.equal((await alice.register('two')).status, 200);
  await scene.api('DELETE', `${CENTER}/agents/alice`);
  await timePasses();
  t.equal((await alice.register('two')).status, 403);
  await scene.heldWhen('alice', (held) => ofPhone(held, alice).length === 0);

  const bob = await DigestPhone.open(t, scene.registerTarget, 'bob');
  t.equal((await bob.send()).status, 403);
  const document = await scene.api<object>('GET', CENTER);
  await scene.api('PUT', CENTER, { ...document, authenticate_agents: false });
  t.equal((await bob.send()).status, 200, 'nobody is asked');
  await scene.understudy.kill9();
  t.equal((await bob.send()).status, 200, 'and that is remembered');
});

/** As if 30 s had passed since the node heard of alice's password. */
async function heardLongAgo(scene: Scene): Promise<void> {
  const key = 'sip:alice@cc.example.com';
  const found = await scene.registrar.rpc('htable.get', ['understudy_credentials', key]);
  const { value } = (found as { item: { value: string } }).item;
  const aged = JSON.stringify({ ...(JSON.parse(value) as object), heard_at: 1 });
  await scene.registrar.rpc('htable.sets', ['understudy_credentials', key, aged]);
}
