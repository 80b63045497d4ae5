import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B1, B10: each contact of a REGISTER is an endpoint, in one header field or in several (RFC 3261 §7.3.1).
t.test('several contacts in one REGISTER become several bindings', async (t) => {
  const scene = await Scene.open(t);
  const phone = await scene.newPhone('alice');
  const [a, b, c] = [20_001, 20_002, 20_003].map((port) => `sip:alice@127.0.0.1:${port}`);

  const three = await phone.register({
    contact: `Contact: <${a}>;expires=300,\r\n "Alice, upstairs" <${b}>;expires=300\r\nContact: <${c}>;expires=300`,
  });
  t.equal(three.status, 200);
  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${a} 0.899`,
    `${b} 0.898`,
    `${c} 0.897`,
    music(scene),
  ]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${a} 0.5`, `${b} 0.499`, `${c} 0.498`]);

  t.equal((await phone.register({ contact: `Contact: <${b}>;expires=0, <${c}>` })).status, 200);
  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${a} 0.899`, `${c} 0.898`, music(scene)]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${a} 0.5`, `${c} 0.499`]);
  t.same(scene.registrar.warnings(), []);
});
