import t from 'tap';
import { DigestPhone } from '../../support/digest-phone.js';
import { atContactCenter, holds, ofPhone } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

const AGENTS = '/v1/contact-centers/cc.example.com/agents';

// Invariant 1 with agents who prove who they are: a phone whose agent's hash is known here registers, a new one of that agent, too;
// nobody else does.
t.test('the service is dead', async (t) => {
  const scene = await Scene.open(t, {
    document: { authenticate_agents: true },
    kamailioEnv: { UNDERSTUDY_AUTHENTICATE: 'yes' },
  });
  for (const agent of ['alice', 'bob']) {
    await scene.api('PUT', `${AGENTS}/${agent}/credentials`, { password: `${agent} 1` });
  }
  const open = (agent: string) => DigestPhone.open(t, scene.registerTarget, agent);
  const [alice, bob] = [await open('alice'), await open('bob')];
  t.equal((await alice.register('alice 1')).status, 200);
  await scene.understudy.kill9();

  t.equal((await alice.send()).status, 401, 'nobody gets past a challenge');
  t.equal((await alice.register('guess')).status, 401);
  t.equal((await alice.register('alice 1')).status, 200, 'what was last answered is repeated');
  const second = await open('alice');
  t.equal((await second.register('guess')).status, 401);
  t.same(ofPhone(await scene.held('alice'), second), []);
  t.equal((await second.register('alice 1')).status, 200, 'a phone never seen before');
  t.equal(ofPhone(await scene.held('alice'), second).length, 1);
  t.equal((await alice.send(undefined, { contact: '*' })).status, 401);
  t.equal((await second.register('alice 1', { expires: 0 })).status, 200);

  const unknown = await bob.register('bob 1');
  t.equal(unknown.status, 503, "another agent's password is not known here");
  t.match(unknown.text, /^Retry-After: 30\r$/m);
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);

  await t.test('a node that has just started knows nothing, and is told to let nobody in', async (t) => {
    await scene.registrar.kill();
    await scene.registrar.startAgain();
    t.equal((await alice.register('alice 1')).status, 503);
    t.same(await scene.held('alice'), []);
  });

  await t.test('the service is there again', async (t) => {
    await scene.startUnderstudyAgain();
    t.equal((await bob.register('bob 1')).status, 200);
    t.equal((await alice.register('alice 1')).status, 200);
  });
});
