import t from 'tap';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

// B3: a search must end, also one that goes round in circles (RFC 3261 §16.3 step 3).
t.test('a call that may not be passed on is refused, any other has one hop less', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.contactCenter({ answer: 10 });

  const spent = await scene.call('sales', { maxForwards: 0 });
  t.equal(spent.status, 483);
  t.equal(contactCenter.count('received', 'INVITE'), 0);

  const last = await scene.call('sales', { maxForwards: 1 });
  t.equal(last.answeredBy, 'contact-center');
  const invite = contactCenter.messages().find(({ kind }) => kind === 'INVITE');
  t.equal(header(invite, 'Max-Forwards'), '0');

  t.same(scene.registrar.warnings(), []);
});
