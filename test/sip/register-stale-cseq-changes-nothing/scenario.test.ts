import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// RFC 3261 §10.3 step 7: a REGISTER that was overtaken by a later one of the same Call-ID changes nothing anywhere.
t.test('a REGISTER with an old CSeq is refused and changes no binding', async (t) => {
  const scene = await Scene.open(t);
  const phone = await scene.newPhone('alice');
  const other = `sip:alice@127.0.0.1:9`;
  t.equal((await phone.register({ cseq: 7 })).status, 200);

  t.equal((await phone.register({ cseq: 6, expires: 0 })).status, 400, 'an old withdrawal');
  t.equal((await phone.register({ cseq: 7, contact: `Contact: <${other}>` })).status, 400, 'an old addition');
  t.equal((await phone.register({ cseq: 7 })).status, 200, 'a repeat is answered like the first');

  const bob = await scene.phone('bob');
  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${phone.contact} 0.899`,
    `${bob.contact} 0.889`,
    music(scene),
  ]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${phone.contact} 0.5`]);
  t.equal((await phone.register({ cseq: 8, expires: 0 })).status, 200);
  t.equal((await phone.register({ cseq: 7 })).status, 400, 'a late REGISTER does not bring the phone back');
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);
  t.same(scene.registrar.warnings(), []);
});
