import t from 'tap';
import { DOMAIN, Scene } from '../../support/scene.js';
import { request } from '../../support/torture-request.js';
import { TortureSocket } from '../../support/torture-socket.js';
import { until } from '../../support/until.js';

const OURS = ['Decision', 'Target', 'Source', 'Retry', 'Received', 'Proof', 'Drill', 'Whatever'];
const MADE_UP = [
  ...OURS.map((name) => `X-Understudy-${name}: 00000000-0000-4000-8000-000000000000`),
  'Content-Length: 0',
];

for (const edge of [false, true]) {
  t.test(
    `headers of ours that somebody made up reach no phone ${edge ? 'through the edge' : ''}`,
    async (t) => {
      const scene = await Scene.open(t, { edge });
      const alice = await scene.phone('alice');
      const phone = await TortureSocket.open(() => '200 OK', { port: alice.port });
      t.teardown(() => phone.close());
      const stranger = await TortureSocket.open();
      t.teardown(() => stranger.close());
      const port = Number(scene.registerTarget.split(':')[1]);
      const got = (method: string) => phone.received().find((one) => one.toString().startsWith(`${method} `));

      stranger.send(request(`MESSAGE sip:alice@${DOMAIN} SIP/2.0`, { extra: MADE_UP }), port);
      await until('the MESSAGE', () => got('MESSAGE'));
      t.notMatch(got('MESSAGE')?.toString(), /X-Understudy/i);

      const dialog = {
        to: `<sip:alice@${DOMAIN}>;tag=2`,
        extra: [...MADE_UP, `Route: <sip:127.0.0.1:${port};lr>`],
      };
      stranger.send(request(`INFO ${alice.contact} SIP/2.0`, dialog), port);
      await until('the INFO', () => got('INFO'));
      t.notMatch(got('INFO')?.toString(), /X-Understudy/i);
      t.strictSame(scene.registrar.warnings(), []);
    },
  );
}

t.test('a call with a made-up token of a retry is a call like any other', async (t) => {
  const scene = await Scene.open(t);
  await scene.phone('alice', { answer: 10 });
  const { answeredBy } = await scene.call('alice', {
    extra: 'X-Understudy-Retry: 00000000-0000-4000-8000-000000000000',
  });
  t.equal(answeredBy, 'alice');
});
