import t from 'tap';
import { type Registering, RegisterSocket } from '../../support/register-socket.js';
import { Scene } from '../../support/scene.js';

const BOUND = '<sip:phone@127.0.0.1:9>';

/** Well-formed, and longer than Kamailio's transformations take: {re.subst} 8 KB, what it puts there 1 KB. */
function kinds(length: number): Readonly<Record<string, Partial<Registering>>> {
  const a = 'a'.repeat(length);
  return {
    "the Contact's user": { contact: `<sip:${a}@127.0.0.1:9>` },
    "the Contact's parameter": { contact: `${BOUND};x=${a}` },
    "the Contact's name": { contact: `"${a}" ${BOUND}` },
    'the Contact without brackets': { contact: `sip:${a}@127.0.0.1:9` },
    'the instance': { contact: `${BOUND};+sip.instance="<urn:x:${a}>"` },
    'many Contacts': {
      contact: Array.from({ length: length / 30 }, (_, i) => `<sip:p${i}@127.0.0.1:9>;q=0.5`).join(', '),
    },
    'blanks in the Contact': { contact: `${BOUND} ${' '.repeat(length)};expires=60` },
    'the Path': { extra: [`Path: <sip:${a}@127.0.0.1:9;lr>`, 'Supported: path'] },
    'the User-Agent': { extra: [`User-Agent: ${a}`] },
    'the Expires': { extra: [`Expires: ${'1'.repeat(length)}`] },
    "the To's user": { user: a },
    "the To's domain": { user: `alice@${a}.example.org` },
    'a header of ours': { extra: [`X-Understudy-Proof: ${a}`] },
  };
}

// What a value is too long for must not end in an error, nor in half of it being used: it is refused first.
for (const edge of [false, true]) {
  t.test(`REGISTERs that are too long ${edge ? 'through the edge' : 'at the registrar'}`, async (t) => {
    const scene = await Scene.open(t, { edge, document: { allowed_networks: ['127.0.0.0/8'] } });
    const socket = await RegisterSocket.open(t, scene.registerTarget);
    t.equal((await socket.register({ user: 'alice' })).status, 200);
    const everything = async (away: boolean) => {
      for (const length of [1_100, 8_300, 9_500, 20_000]) {
        for (const [what, sent] of Object.entries(kinds(length))) {
          const { status } = await socket.register({ user: 'alice', ...sent });
          if (length > 8_192) t.equal(status, 513, `${length} in ${what}`);
          else
            t.ok(
              status === 200 || status === 403 || status === 400 || (away && status === 503),
              `${status} for ${length} in ${what}`,
            );
        }
      }
    };
    await everything(false);
    await scene.understudy.kill9();
    await everything(true);

    for (const kamailio of [scene.registrar, scene.edge]) {
      t.same(
        kamailio?.warnings().filter((line) => !/understudy=|http_async_client/.test(line)) ?? [],
        [],
        'nothing that the script stumbled over',
      );
    }
  });
}
