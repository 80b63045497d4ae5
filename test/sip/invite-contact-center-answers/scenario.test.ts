import t from 'tap';
import { decisionOn, elapsed } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

// B4, B6: in normal operation every call goes through the contact center, whichever skillset is called.
t.test('the contact center answers, and its history tells so', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.contactCenter({ answer: 300 });
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });

  for (const user of ['sales', 'support']) {
    const call = await scene.call(user);
    t.equal(call.status, 200);
    t.equal(call.answeredBy, 'contact-center', user);

    const decision = await decisionOn(scene, user, call, ['0 ringing 180', '0 answered 200', '0 ended']);
    t.equal(decision.targets[0]?.role, 'contact_center');
    t.equal(decision.targets[1]?.agent, 'alice', 'who would have been next');
    const rang = elapsed(decision, 0, 'ringing') ?? -1;
    const answered = elapsed(decision, 0, 'answered') ?? -1;
    t.ok(rang >= 0 && rang < 3_000, `rang after ${rang} ms`);
    t.ok(answered >= 290 && answered < 3_300, `answered after ${answered} ms`);
    const invite = contactCenter.messages().findLast(({ kind }) => kind === 'INVITE');
    t.match(invite?.text, `INVITE sip:${user}@127.0.0.1:${contactCenter.port} `);
    t.equal(header(invite, 'X-Understudy-Decision'), decision.id);
    t.equal(header(invite, 'X-Understudy-Target'), '0');
  }

  t.equal(alice.count('received', 'INVITE'), 0, 'no agent is rung behind its back');
  t.same(scene.registrar.warnings(), []);
});
