import t from 'tap';
import type { Kamailio } from '../../support/kamailio.js';
import { rfc4475, rfc4475IsMissing } from '../../support/rfc4475.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';
import { until } from '../../support/until.js';

const USER = 'sip:user@example.com';
/** No answer, since it would repeat what is malformed, or since it is a response to nothing that we have sent. */
const DROPPED = 0;
/** The contact center's own word: it is busy, or the treatment has no music. */
const CALLED = [486, 480];

/** What is answered to each message: the numbers of RFC 4475's sections, and why, where it isn't what they would like. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  // 3.1.1: valid messages
  wsinv: [DROPPED], // Kamailio doesn't read a CSeq that is folded; with one that isn't, see below
  intmeth: [DROPPED], // a NUL in a header ends it for whoever is written in C; valid or not, it stays here
  esc01: [404],
  escnull: [400], // no agent has such a name
  esc02: [DROPPED], // nor a method with a percent sign
  lwsdisp: [200],
  longreq: CALLED,
  dblreq: [400], // what follows would go on with it; nobody sends two requests in one datagram but to pass one by somebody
  semiuri: [404],
  transports: [200],
  mpart01: [404],
  unreason: [DROPPED],
  noreason: [DROPPED],
  // 3.1.2: invalid messages
  badinv01: [DROPPED],
  clerr: [400],
  ncl: [DROPPED],
  scalar02: [DROPPED],
  scalarlg: [DROPPED],
  quotbal: [DROPPED],
  ltgtruri: [DROPPED],
  lwsruri: [DROPPED],
  lwsstart: [DROPPED],
  trws: [DROPPED],
  escruri: [400],
  baddate: CALLED, // a proxy doesn't look at the Date
  regbadct: [400],
  badaspec: [DROPPED],
  baddn: [DROPPED],
  badvers: [DROPPED],
  mismatch01: [400],
  mismatch02: [400],
  bigcode: [DROPPED],
  // 3.2: transaction layer
  badbranch: [200],
  // 3.3: application layer
  insuf: [DROPPED],
  unkscm: [400],
  novelsc: [400],
  unksm2: [400],
  bext01: [200], // Kamailio's stock configuration doesn't look at Proxy-Require either
  invut: CALLED,
  regaut01: [200],
  multi01: [DROPPED],
  mcl01: [DROPPED],
  bcast: [DROPPED],
  zeromf: [483],
  cparam01: [200],
  cparam02: [200],
  regescrt: [400], // a phone's Contact may put no header into a call
  sdp01: CALLED,
  // 3.4: backward compatibility
  inv2543: [404],
};
/** The rest of `wsinv`, as it is and as a call to an address of ours. */
const READABLE: Readonly<Record<string, readonly number[]>> = {
  'wsinv with its CSeq on one line': [404], // within a dialog that isn't ours
  'wsinv as a new call': CALLED,
};
/** What the phone of these registers. */
const PHONE =
  /^(?:INVITE|ACK|CANCEL|OPTIONS) sip:\+19725552222@gw1\.example\.net(?:;unknownparam)? SIP\/2\.0$/;
/** Those that a stream of bytes is another thing for. */
const BY_TCP = [
  'clerr',
  'ncl',
  'mcl01',
  'dblreq',
  'wsinv',
  'intmeth',
  'esc02',
  'scalar02',
  'regaut01',
  'trws',
  'mpart01',
];

// Invariant 4. "user", "watson" and "j.user" of example.com are an address and agents of ours.
const skip = rfc4475IsMissing() ?? false;
t.test('the messages of RFC 4475', { timeout: TORTURE_MS, skip }, async (t) => {
  const messages = rfc4475();
  t.same([...messages.keys()].sort(), Object.keys(EXPECTED).sort(), 'all of them');
  for (const [name, message] of readable(messages)) messages.set(name, message);
  const expected = { ...EXPECTED, ...READABLE };
  const torture = await TortureScene.open(t);
  const { scene } = torture;
  await scene.api('PUT', '/v1/contact-centers/example.com', {
    locations: [{ uri: `sip:127.0.0.1:${scene.locationPorts[0]}` }],
    treatments: [
      { name: 'hold-music', kind: 'music_on_hold', uri: `sip:moh@127.0.0.1:${scene.treatmentPort}` },
    ],
    skillsets: [{ name: 'user', treatment: 'hold-music' }],
    agents: ['watson', 'j.user'].map((name) => ({ name, skills: { user: 1 } })),
  });

  await until('the standing bindings', async () => (await scene.registrar.bindings(USER)).length === 2);

  for (const kamailio of [scene.registrar, scene.edge as Kamailio]) {
    const isAsExpected = (answers: readonly string[]) =>
      [...messages].every(([name, message]) => expected[name]?.includes(finalOf(message, answers)));
    const answers = await torture.sendTo(kamailio, [...messages.values()], isAsExpected);
    for (const [name, message] of messages) {
      const final = finalOf(message, answers);
      t.ok(expected[name]?.includes(final), `${name}: ${final}`);
    }
  }
  await torture.sendTo(torture.edge2, [...messages.values()]);
  await torture.tortureByTcp(BY_TCP.map((name) => messages.get(name) as Buffer));

  const aors = await scene.registrar.rpc('ul.dump', ['brief']);
  const bound = [...JSON.stringify(aors).matchAll(/"AoR":"([^"]*@example\.com)"/g)].map(([, aor]) => aor);
  t.same(
    bound.sort(),
    ['hold-music', 'j.user', 'user', 'watson'].map((user) => `${user}@example.com`),
  );
  const held = await scene.registrar.bindings(USER);
  t.same(
    held.map(({ contact }) => contact).sort(),
    [
      'sip:+19725552222@gw1.example.net',
      'sip:+19725552222@gw1.example.net;unknownparam',
      'sip:j.user@host.example.com',
      `sip:moh@127.0.0.1:${scene.treatmentPort}`,
      `sip:user@127.0.0.1:${scene.locationPorts[0]}`,
    ],
    'nobody but the two phones, one of which has a datagram refused and is heard over TCP',
  );
  torture.nothingMalformedLeft(PHONE);
  t.same(torture.sockets.elsewhere.received(), []);
  await torture.staysWell();
  t.equal((await scene.ask('GET', '/readyz')).status, 200);
  await torture.worksAsEver();
});

/** The status of the final answer to a request, DROPPED when there is none. */
function finalOf(message: Buffer, answers: readonly string[]): number {
  const [, id = 'z9hG4bKkdj.insuf'] = /^(?:Call-ID|i)\s*:\s*(\S+)/im.exec(message.toString('latin1')) ?? [];
  const finals = answers.filter((answer) => answer.includes(id)).map((answer) => Number(answer.slice(8, 11)));
  return finals.find((status) => status >= 200) ?? DROPPED;
}

function readable(messages: ReadonlyMap<string, Buffer>): [string, Buffer][] {
  const wsinv = (messages.get('wsinv') as Buffer)
    .toString('latin1')
    .replace('0009\r\n  INVITE', '0009  INVITE');
  const call = wsinv
    .replace('sip:vivekg@chair-dnrc.example.com;unknownparam', 'sip:user@example.com;unknownparam')
    .replace(' ;   tag    = 1918181833n', '')
    .replace('wsinv.ndaksdj', 'wsinv.as-a-new-call');
  const changed = [wsinv.replace('wsinv.ndaksdj', 'wsinv.readable'), call];
  return Object.keys(READABLE).map((name, i) => [name, Buffer.from(changed[i] ?? '', 'latin1')]);
}
