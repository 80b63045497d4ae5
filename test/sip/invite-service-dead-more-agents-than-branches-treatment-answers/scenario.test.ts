import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { DOMAIN, Scene } from '../../support/scene.js';

/** Of five branches the question takes one, the contact center one and the treatment one. */
const BRANCHES = 5;
const AGENTS_THAT_FIT = 2;

// Invariant 2: phones whose last registration is repeated while the service is dead may be more than one call can try.
t.test('with more agents bound than a call has branches, the treatment is still reached', async (t) => {
  const scene = await Scene.open(t, { maxBranches: BRANCHES });
  const contactCenter = await scene.silent(scene.locationPorts[0] ?? 0);
  await scene.treatment();
  const busy = [];
  for (const [i, agent] of ['alice', 'bob', 'carol', 'dave', 'erin'].entries()) {
    const port = await freePort();
    busy.push(await scene.callee({ refuse: 486 }, agent, port));
    const contact = `sip:${agent}@127.0.0.1:${port}`;
    await scene.registrar.rpc('ul.add', [
      ...['location', `sales@${DOMAIN}`, contact],
      ...[300, 0.8 - i * 0.1, '.', 0, 0, 16_383],
    ]);
  }
  await scene.understudy.kill9();

  const { status, answeredBy } = await scene.call('sales');

  t.equal(status, 200);
  t.equal(answeredBy, 'hold-music');
  t.ok(contactCenter.received() > 0, 'the contact center was tried');
  const tried = busy.map((agent) => agent.count('received', 'INVITE'));
  t.strictSame(
    tried,
    busy.map((_, i) => (i < AGENTS_THAT_FIT ? 1 : 0)),
    'as many agents as fit, the best of them',
  );
});
