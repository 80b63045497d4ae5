import { createHash } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Kamailio } from '../../support/kamailio.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { register } from '../../support/sipp.js';
import { until } from '../../support/until.js';

const SECRET = 'between edge and registrar';

// An edge's address alone is worth nothing: it can be forged over UDP.
t.test('an edge is believed by its address and its secret', async (t) => {
  const scene = await Scene.open(t, { edge: true, kamailioEnv: { UNDERSTUDY_EDGE_SECRET: SECRET } });
  const [edge, { registrar }] = [scene.edge as Kamailio, scene];
  const bob = await scene.phone('bob');
  const all = [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)];
  await holds(t, scene, 'sales', all);
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
  t.equal((await bob.register()).status, 200, 'refreshed');
  t.same([...edge.warnings(), ...registrar.warnings()], []);

  await t.test('with the service dead as well', async (t) => {
    await scene.understudy.kill9();
    t.equal((await bob.register()).status, 200);
    t.notMatch(registrar.log(), 'not_signed');
    await scene.startUnderstudyAgain();
  });

  await edge.kill();
  for (const [secret, fault] of [
    ['another secret', 'wrong'],
    ['', 'none'],
  ] as const) {
    await t.test(`the edge's address with ${secret || 'no secret'}`, async (t) => {
      // the service is asked with a key, which it hasn't got
      const impostor = await Kamailio.start({
        ...{ role: 'edge', node: 'edge1', understudyUrl: 'http://127.0.0.1:9' },
        ...{ sipPort: edge.sipPort, registrarUri: registrar.uri, env: { UNDERSTUDY_EDGE_SECRET: secret } },
      });
      // without a Contact: an edge that has never heard of an agent sends nothing else to the registrar without the service
      const contact = 'X-Nothing: here';
      const answer = await register(`127.0.0.1:${impostor.sipPort}`, `sip:bob@${DOMAIN}`, { contact });
      t.equal(answer.status, 403);
      await until('the refusal to be logged', () => registrar.log().includes(`not_signed fault=${fault} `));
      t.equal((await scene.held('bob')).length, 2);
      await impostor.stop();
    });
  }

  await t.test("another program at the edge's address", async (t) => {
    const socket = dgram.createSocket('udp4');
    socket.bind(edge.sipPort, '127.0.0.1');
    await once(socket, 'listening');
    t.teardown(() => socket.close());
    const now = Math.floor(Date.now() / 1000);
    let branch = 0;
    const sends = async (proof: string) => {
      branch += 1;
      const message = forged(`127.0.0.1:${edge.sipPort};branch=z9hG4bK${edge.sipPort}${branch}`, proof);
      socket.send(message, registrar.sipPort, '127.0.0.1');
      const [answer] = (await once(socket, 'message')) as [Buffer];
      return answer.toString().slice(8, 11);
    };
    t.equal(await sends(`${now} 1-1 ${'0'.repeat(64)}`), '403', 'a guess');
    t.equal(await sends(signed(now - 90, '1-1')), '403', 'what it has overheard before');
    t.equal((await scene.held('bob')).length, 2);
    t.equal(await sends(signed(now, '1-1')), '200', 'so does who has the secret sign');
    t.equal(await sends(signed(now, '1-1')), '403', 'once');
    const faults = /fault=wrong .*fault=old .*fault=used /s;
    await until('the refusals to be logged', () => faults.test(registrar.log()));
  });
  t.notMatch(registrar.log() + edge.log(), SECRET);
});

const AOR = `sip:bob@${DOMAIN}`;

function forged(via: string, proof: string): string {
  const lines = [
    `REGISTER sip:${DOMAIN} SIP/2.0`,
    `Via: SIP/2.0/UDP ${via}`,
    `From: <${AOR}>;tag=1`,
    `To: <${AOR}>`,
    'Call-ID: forged',
    'CSeq: 1 REGISTER',
    'Max-Forwards: 70',
    'Contact: <sip:mallory@127.0.0.1:9>;expires=300',
    `X-Understudy-Proof: ${proof}`,
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function signed(at: number, unique: string): string {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const inner = sha256(`${SECRET} ${at} ${unique} ${AOR} forged 1`);
  return `${at} ${unique} ${sha256(`${SECRET} ${inner}`)}`;
}
