import t from 'tap';
import { RegisterSocket } from '../../support/register-socket.js';
import { DOMAIN, Scene } from '../../support/scene.js';

/** Lines of each reason in ten seconds, and one that says that there are more. */
const LINES = 4;
const TIMES = 60;

// The log would be a flood's next victim: whatever is sent, and whatever state the service is in, there are few lines of each kind.
t.test('what the wire can have a node log is limited', async (t) => {
  const scene = await Scene.open(t, {
    standIn: true,
    kamailioEnv: { GUARD_REGISTERS_IN_5_SECONDS: '100000', GUARD_REQUESTS_IN_2_SECONDS: '100000' },
  });
  const { registrar } = scene;
  const socket = await RegisterSocket.open(t, scene.registerTarget);
  t.equal((await socket.register({ user: 'alice' })).status, 200);

  const flood = async (
    what: string,
    statuses: readonly number[],
    send: (i: number) => Promise<{ status: number }>,
  ) => {
    const before = registrar.log().length;
    const begun = performance.now();
    for (let i = 0; i < TIMES; i++) {
      const { status } = await send(i);
      if (!statuses.includes(status)) t.fail(`${what}: ${status}`);
    }
    const windows = Math.ceil((performance.now() - begun) / 10_000) + 1;
    const byReason = new Map<string, number>();
    for (const line of registrar.log().slice(before).split('\n').filter(Boolean)) {
      const reason =
        /(?:understudy|guard)=\S+/.exec(line)?.[0] ?? line.replaceAll(/[0-9]+/g, '').slice(0, 120);
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    }
    for (const [reason, lines] of byReason)
      t.ok(lines <= LINES * windows * 2, `${what}: ${lines} of ${reason}`);
  };

  await flood('strangers', [403], (i) => socket.register({ user: `nobody${i}` }));
  await flood('names of ours', [403], () => socket.register({ user: 'x@understudy.invalid' }));
  await flood('too short', [423], () =>
    socket.register({ user: 'alice', extra: ['Expires: 1'], contact: '<sip:a@127.0.0.1:9>' }),
  );
  await flood('what is malformed', [400], () => socket.register({ user: 'alice', contact: '<sip:a@b>;=<' }));
  await scene.understudy.kill9();
  await flood('strangers while it is dead', [503], (i) => socket.register({ user: `nobody${1_000 + i}` }));
  await flood('new phones while it is dead', [200, 503], (i) => socket.phone('alice', `new-${i}`));
  await flood('other domains while it is dead', [503], (i) => socket.register({ user: `x@d${i}.${DOMAIN}` }));
});
