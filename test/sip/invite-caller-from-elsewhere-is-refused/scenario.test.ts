import t, { type Test } from 'tap';
import { flood } from '../../support/flood.js';
import type { Kamailio } from '../../support/kamailio.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const SALES = `sip:sales@${DOMAIN}`;
const STRANGER = '127.0.0.66';

/** Whether the registrar holds that not everybody may call. */
async function known(registrar: Kamailio): Promise<boolean> {
  const { length } = (await registrar.rpc('htable.dump', ['understudy_callers'])) as unknown[];
  return length > 0;
}

// Skillsets' addresses are called only from where they may be, without the service too.
t.test('a caller from elsewhere is refused, also while the service is away', async (t) => {
  const scene = await Scene.open(t, { document: { caller_networks: ['127.0.0.1'] } });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const { registrar } = scene;

  const strangerIsRefused = async (t: Test, header?: string) => {
    const before = contactCenter.count('received', 'INVITE');
    const { answers, close } = await flood(registrar.sipPort, {
      ip: STRANGER,
      method: 'INVITE',
      to: SALES,
      count: 1,
      ...(header !== undefined && { header }),
    });
    t.teardown(close);
    await until('the refusal', () => (answers[403] ?? 0) > 0);
    t.equal((await scene.call('sales')).answeredBy, 'contact-center');
    t.equal(contactCenter.count('received', 'INVITE'), before + 1);
  };

  await t.test('asked', (t) => strangerIsRefused(t));
  await scene.understudy.kill9();
  await t.test('dead', (t) => strangerIsRefused(t));
  t.match(registrar.log(), /understudy=away/);
  await t.test('dead, and the caller makes itself out to be the contact center', async (t) => {
    const header = 'X-Understudy-Decision: 01932f00-0000-7000-8000-000000000000';
    await strangerIsRefused(t, header);
  });

  await t.test('and what it last said counts', async (t) => {
    await scene.startUnderstudyAgain();
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, scene.document({}));
    // on a busy machine the service may be too slow for the first call
    await until('the registrar to know', async () => {
      await scene.call('sales');
      return !(await known(registrar));
    });
    await scene.understudy.kill9();
    const { answers, close } = await flood(registrar.sipPort, {
      ip: STRANGER,
      method: 'INVITE',
      to: SALES,
      count: 1,
    });
    t.teardown(close);
    await until('an answer of the contact center', () => (answers[200] ?? 0) > 0);
  });
});
