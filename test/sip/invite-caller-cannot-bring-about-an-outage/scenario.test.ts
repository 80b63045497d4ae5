import t from 'tap';
import { DOMAIN, Scene } from '../../support/scene.js';
import { call } from '../../support/sipp.js';

const MADE_UP = ['01920000-0000-7000-8000-000000000000', 'own-1-2-3'];

// Every 4xx of the service is a refusal or a decision; only what is away is passed over.
t.test('a caller who sends more than is kept gets a decision like everybody', async (t) => {
  const scene = await Scene.open(t);
  const alice = await scene.phone('alice', { answer: 10 });
  await scene.contactCenter({ answer: 10 });
  const extra = `X-Understudy-Decision: ${MADE_UP[0]}`;
  for (const parameter of [`x=${'y'.repeat(300)}`, `x=${'y'.repeat(3_000)}`]) {
    const { answeredBy } = await call(scene.callTarget, `sip:sales@${DOMAIN};${parameter}`, { extra });
    t.equal(answeredBy, 'contact-center', `a Request-URI of ${parameter.length} characters`);
  }
  const { decisions } = await scene.api<{ decisions: unknown[] }>('GET', '/v1/decisions');
  t.equal(decisions.length, 2);
  t.equal(await alice.unregister().then(({ status }) => status), 200);
  t.same(scene.registrar.warnings(), []);
});

t.test('without the service a mark counts only if it was given out', async (t) => {
  const scene = await Scene.open(t);
  const alice = await scene.phone('alice', { answer: 10 });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const first = await scene.call('sales');
  t.equal(first.answeredBy, 'contact-center');
  const given = contactCenter
    .messages()
    .map(({ text }) => /^X-Understudy-Decision: (\S+)/m.exec(text)?.[1])
    .find((mark) => mark !== undefined);
  await scene.understudy.kill9();

  for (const mark of MADE_UP) {
    const { answeredBy } = await scene.call('sales', { extra: `X-Understudy-Decision: ${mark}` });
    t.equal(answeredBy, 'contact-center', `made up: ${mark}`);
  }
  const { answeredBy } = await scene.call('alice', { extra: `X-Understudy-Decision: ${given}` });
  t.equal(
    answeredBy,
    alice.agent,
    'the contact center calls its agent for a call that the service had decided',
  );
});
