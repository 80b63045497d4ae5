import t from 'tap';
import { DigestPhone } from '../../support/digest-phone.js';
import { ofPhone } from '../../support/holds.js';
import { RegisteringContactCenter } from '../../support/registering-contact-center.js';

const CENTER = '/v1/contact-centers/cc.example.com';

// A contact center that registers its agents asks them for their passwords; we do in its place, while it is down and phones are
// registered on its behalf.
t.test('with a proof phones are registered on its behalf, and without none is', async (t) => {
  const document = { authenticate_agents: true, phones_in_bypass: 'all' };
  const center = await RegisteringContactCenter.open(t, { document });
  const { scene } = center;
  await scene.api('PUT', '/v1/nodes/edge1', { role: 'edge' });
  const location = await center.starts();
  const alice = await DigestPhone.open(t, scene.registerTarget, 'alice');
  const bound = async () => ofPhone(await scene.held('alice'), alice).length;

  t.equal((await alice.register('secret-alice')).status, 200, 'it needs no credentials of ours');
  await location.kill();
  t.equal((await alice.register('secret-alice')).status, 403, 'we have none to compare with');
  await scene.api('PUT', `${CENTER}/agents/alice/credentials`, { password: 'secret-alice' });
  t.equal((await alice.register('guess')).status, 401);
  t.equal((await alice.register('secret-alice')).status, 200, 'on its behalf');
  t.equal(await bound(), 1);

  await scene.understudy.kill9();
  t.equal((await alice.register('guess')).status, 401, 'without the service as well');
  t.equal((await alice.register('secret-alice')).status, 200);
  t.equal(await bound(), 1);
  await location.startAgain();
  t.equal((await alice.register('secret-alice')).status, 200, 'it is asked again');
});
