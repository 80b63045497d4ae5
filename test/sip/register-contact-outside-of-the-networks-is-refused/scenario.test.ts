import t from 'tap';
import { atContactCenter, holds } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// Nobody makes us call where no phone of the contact center is, with the service nor without.
t.test('a contact outside of the allowed networks gets 403 and no binding', async (t) => {
  const scene = await Scene.open(t, {
    document: { allowed_networks: ['127.0.0.0/8'] },
    kamailioEnv: { UNDERSTUDY_PHONE_NETWORKS: '127.0.0.0/8,2001:db8::/32' },
  });
  const bob = await scene.newPhone('bob');
  const refused = async (why: string) => {
    for (const uri of [
      'sip:bob@192.0.2.66:5060',
      'sip:bob@premium.example.net',
      `sip:bob@127.0.0.1:${bob.port};maddr=192.0.2.66`,
      'sip:bob@[2001:db9::1]:5060',
      'sip:bob@239.255.255.250:1900',
    ]) {
      const contact = `Contact: <${uri}>;expires=300`;
      t.equal((await bob.register({ contact })).status, 403, `${uri} ${why}`);
    }
  };

  await refused('with the service');
  t.equal((await bob.register()).status, 200);
  const expected = [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`];
  await holds(t, scene, 'bob', expected);

  await scene.understudy.kill9();
  await refused('without');
  t.equal((await bob.register()).status, 200);
  await holds(t, scene, 'bob', expected);
  const complaints = scene.registrar.warnings().filter((line) => !/understudy=|http_async_client/.test(line));
  t.same(complaints, []);
});
