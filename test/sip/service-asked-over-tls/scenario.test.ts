import t from 'tap';
import { Authority, type Certificate } from '../../support/certificates.js';
import { Kamailio } from '../../support/kamailio.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { call } from '../../support/sipp.js';
import { TlsFront } from '../../support/tls-front.js';
import { until } from '../../support/until.js';

const KEY = 'us_signalling_0123456789abcdef';
const SALES = `sip:sales@${DOMAIN}`;

// A node and the service know each other by certificates, and the node has a key.
t.test('over https: each shows its certificate, and the node its key', async (t) => {
  const scene = await Scene.open(t);
  await scene.contactCenter({ answer: 10 });
  const ours = new Authority('ours');
  const foreign = new Authority('foreign');
  t.teardown(() => Promise.all([ours.close(), foreign.close()]));
  const node = ours.sign('tls1');

  const front = async (own: Certificate) => {
    const opened = await TlsFront.open(scene.understudy.url, own, ours);
    t.teardown(() => opened.close());
    return opened;
  };
  const registrar = async (url: string, shows: Certificate) => {
    const kamailio = await Kamailio.start({
      role: 'registrar',
      node: 'tls1',
      understudyUrl: url,
      env: {
        UNDERSTUDY_KEY: KEY,
        UNDERSTUDY_CA_PATH: ours.path(),
        UNDERSTUDY_CLIENT_CERT: shows.cert,
        UNDERSTUDY_CLIENT_KEY: shows.key,
      },
    });
    t.teardown(() => kamailio.stop());
    await scene.api('PUT', '/v1/nodes/tls1', { role: 'registrar', rpc_url: kamailio.rpcUrl });
    await until('the standing bindings', async () => (await kamailio.bindings(SALES)).length === 2);
    return kamailio;
  };
  const away = (kamailio: Kamailio) => /understudy=away/.test(kamailio.log());

  await t.test('both are who they say: the service decides', async (t) => {
    const trusted = await front(ours.sign('understudy'));
    const kamailio = await registrar(trusted.url, node);
    const { answeredBy, ms } = await call(`127.0.0.1:${kamailio.sipPort}`, SALES);
    t.comment(`answered after ${ms} ms`);
    t.equal(answeredBy, 'contact-center');
    t.notOk(away(kamailio));
    await until('the outcomes', () => trusted.shown.some(({ path }) => path === '/v1/outcomes'));
    for (const path of ['/v1/route', '/v1/outcomes']) {
      t.match(
        trusted.shown.find((one) => one.path === path),
        { authorization: `Bearer ${KEY}`, node: 'tls1' },
      );
    }
    t.notMatch(kamailio.log(), KEY);
  });

  for (const [what, own, shows] of [
    ['a service with a certificate of another authority', foreign.sign('understudy'), node],
    ['a service with a certificate for another address', ours.sign('understudy', '127.0.0.2'), node],
    ['a node with a certificate of another authority', ours.sign('understudy'), foreign.sign('tls1')],
  ] as const) {
    await t.test(`${what}: nothing is asked, the call goes by the bindings`, async (t) => {
      const doubtful = await front(own);
      const kamailio = await registrar(doubtful.url, shows);
      const { answeredBy } = await call(`127.0.0.1:${kamailio.sipPort}`, SALES);
      t.equal(answeredBy, 'contact-center');
      t.ok(away(kamailio));
      t.same(doubtful.shown, [], 'not even the key');
      await kamailio.stop();
    });
  }
});
