import t from 'tap';
import { Scene } from '../../support/scene.js';
import { call, callee, register } from '../../support/sipp.js';

const ELSEWHERE = 'elsewhere.example.org';
// Longer than a target of ours may be silent.
const RINGS_MS = 2_500;

// B8: the registrar is a registrar for others as well; their calls are none of our business.
t.test('a phone of another domain is called as it would be without Understudy', async (t) => {
  const scene = await Scene.open(t, { kamailioEnv: { SIP_ALIAS: ELSEWHERE } });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const dave = await callee({ answer: RINGS_MS }, 'dave');
  const erin = await callee({ refuse: 486 }, 'erin');
  const play = async () => {
    for (const [name, { port }] of Object.entries({ dave, erin })) {
      const contact = `Contact: <sip:${name}@127.0.0.1:${port}>;expires=300`;
      t.equal((await register(scene.callTarget, `sip:${name}@${ELSEWHERE}`, { contact })).status, 200);
    }
    const answered = await call(scene.callTarget, `sip:dave@${ELSEWHERE}`);
    t.equal(answered.answeredBy, 'dave');
    t.ok(answered.ms < 20_000, `after ${answered.ms} ms`);
    t.equal((await call(scene.callTarget, `sip:erin@${ELSEWHERE}`)).status, 486);
  };
  t.teardown(() => Promise.all([dave.kill(), erin.kill()]));

  await play();
  t.equal(dave.count('received', 'INVITE'), 1, 'dave rings once, for as long as it takes');
  t.equal(erin.count('received', 'INVITE'), 1, 'erin is busy, and once is enough');
  t.same(scene.registrar.warnings(), []);

  await scene.understudy.kill9();
  await play();
  t.equal(dave.count('received', 'INVITE'), 2, 'without the service too');
  t.equal(erin.count('received', 'INVITE'), 2);
  t.equal(contactCenter.count('received', 'INVITE'), 0);
});
