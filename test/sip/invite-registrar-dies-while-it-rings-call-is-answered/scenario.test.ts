import t from 'tap';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';
import { until } from '../../support/until.js';

t.test('the registrar dies while a target rings, and is started again: its answer arrives', async (t) => {
  const scene = await Scene.open(t, { kamailioEnv: { UNDERSTUDY_CALL_SECRET: 'of this registrar' } });
  const contactCenter = await scene.contactCenter({ answer: 2_000 });
  const ringing = scene.call('sales', { hold_ms: 200 });
  await until('it to ring', () => contactCenter.count('sent', '180') === 1);
  await scene.registrar.kill();
  await scene.registrar.startAgain();

  const { status, answeredBy, messages } = await ringing;
  t.same([status, answeredBy], [200, 'contact-center']);
  t.equal(messages.filter(({ kind }) => kind === 'INVITE').length, 1, 'asked once');
  const answer = messages.find(({ kind, direction }) => kind === '200' && direction === 'received');
  t.match(header(answer, 'Record-Route'), /;understudy=[0-9a-f]{64}/);
  await until('the dialog to be complete', () => contactCenter.count('received', 'BYE') === 1);
  t.equal(contactCenter.count('received', 'ACK'), 1);
  t.same(scene.registrar.warnings(), []);
});

t.test('it dies while the service is asked: the caller asks again, and is answered', async (t) => {
  const scene = await Scene.open(t);
  await scene.contactCenter({ answer: 10 });
  scene.understudy.freeze();
  const early = scene.call('sales');
  await until('the registrar to ask', async () => {
    const stats = (await scene.registrar.rpc('tm.stats')) as { current: number };
    return stats.current > 0;
  });
  await scene.registrar.kill();
  scene.understudy.thaw();
  await scene.registrar.startAgain();

  const { status, answeredBy, messages } = await early;
  t.same([status, answeredBy], [200, 'contact-center']);
  const heard = messages.filter(({ direction }) => direction === 'received').map(({ kind }) => kind);
  // its 180 may have been overtaken by the 200 that comes 10 ms later
  t.same(heard.filter((kind) => kind !== '180').slice(0, 2), ['100', '200']);
});
