import t from 'tap';
import { DigestPhone } from '../../support/digest-phone.js';
import { atContactCenter, holds, ofPhone } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

const CREDENTIALS = '/v1/contact-centers/cc.example.com/agents/alice/credentials';

// Nobody is registered as an agent without the agent's password (RFC 8760), at the edge nor at the registrar, by either algorithm.
for (const { edge, digest } of [
  { edge: true, digest: 'MD5' },
  { edge: false, digest: 'SHA-256' },
] as const) {
  t.test(`${edge ? 'edge' : 'registrar'}, ${digest}`, async (t) => {
    const scene = await Scene.open(t, {
      edge,
      digest,
      document: { authenticate_agents: true },
    });
    const node = edge ? 'edge1' : 'reg1';
    if (edge) await scene.api('PUT', `/v1/nodes/${node}`, { role: 'edge' });
    const alice = await DigestPhone.open(t, scene.registerTarget, 'alice');
    const bound = async () => ofPhone(await scene.held('alice'), alice).length;

    await t.test('without credentials nobody registers', async (t) => {
      t.equal((await alice.send()).status, 403);
      t.equal(await bound(), 0);
    });

    await scene.api('PUT', CREDENTIALS, { password: 'secret' });
    await t.test('without proof: a challenge, and no binding', async (t) => {
      const { status, challenge } = await alice.send();
      t.equal(status, 401);
      t.match(challenge, {
        realm: 'cc.example.com',
        qop: 'auth',
        algorithm: digest,
      });
      t.notOk(challenge?.stale);
      t.equal(await bound(), 0);
    });

    await t.test('with another password: a challenge, and no binding', async (t) => {
      const { status, challenge } = await alice.register('guess');
      t.equal(status, 401);
      t.notOk(challenge?.stale);
      t.equal(await bound(), 0);
    });

    const { challenge } = await alice.send();
    const proof = alice.authorization('secret', challenge);
    await t.test('with the password: registered', async (t) => {
      t.equal((await alice.send(proof)).status, 200);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
    });

    await t.test('the same proof again, for another contact: a new nonce, and no binding', async (t) => {
      const replayed = await alice.send(proof, { contact: 'sip:mallory@127.0.0.1:9' });
      t.equal(replayed.status, 401);
      t.equal(replayed.challenge?.stale, 'true', 'an honest phone asks nobody for a password');
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
    });

    await t.test('a refresh with the nonce that the phone has needs no challenge', async (t) => {
      t.equal((await alice.register('secret')).status, 200);
      t.equal((await alice.send(alice.authorization('secret'))).status, 200);
    });

    await t.test('a nonce that is none of ours', async (t) => {
      const made = { ...challenge, nonce: 'x'.repeat(44) };
      t.equal((await alice.send(alice.authorization('secret', made))).status, 401);
      t.equal((await alice.send(`Digest realm="cc.example.com"`)).status, 401, 'half of a proof');
    });

    await t.test('what there is to read, and to withdraw, is not for everybody', async (t) => {
      t.equal((await alice.send(undefined, { contact: null })).status, 401);
      t.equal((await alice.send(undefined, { contact: '*' })).status, 401);
      t.equal(await bound(), 1);
    });

    await t.test('who leaves has the password, too', async (t) => {
      t.equal((await alice.register('secret', { expires: 0 })).status, 200);
      t.equal(await bound(), 0);
    });

    const logs = [scene.understudy.logs(), scene.registrar.log(), scene.edge?.log() ?? ''].join();
    t.notMatch(logs, /secret|[0-9a-f]{32}/, 'neither the password nor a hash is in a log');
    t.match(logs, /understudy=not_proved code=wrong_password /, 'but that it was wrong is');
    const complaints = [...scene.registrar.warnings(), ...(scene.edge?.warnings() ?? [])];
    t.same(
      complaints.filter(
        (line) => !/auth_check_hdr_md5\(\): Credentials are not filled|code=wrong_password/.test(line),
      ),
      [],
    );
  });
}
