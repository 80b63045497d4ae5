import t from 'tap';
import { probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';
import { reply, TortureSocket } from '../../support/torture-socket.js';
import { until } from '../../support/until.js';

interface Decision {
  readonly targets: readonly { readonly agent?: string }[];
  readonly outcomes: readonly { readonly target: number; readonly event: string }[];
}

// B3: a contact center may ring for long, but not when it is dead.
for (const service of ['alive', 'dead'] as const) {
  t.test(`a contact center dies while it rings, the service is ${service}: an agent answers`, async (t) => {
    const scene = await Scene.open(t, { health: true });
    const alice = await scene.phone('alice', { answer: 10 });
    await scene.treatment();
    const contactCenter = await scene.contactCenter({ scenario: 'rings-for-ever' });
    await probed(scene);
    if (service === 'dead') await scene.understudy.kill9();

    const call = scene.call('sales');
    await until('it to ring', () => contactCenter.count('sent', '180') === 1);
    await contactCenter.kill();

    const { status, answeredBy, ms, messages } = await call;
    t.equal(status, 200);
    t.equal(answeredBy, alice.agent);
    t.ok(ms < 20_000, `after ${ms} ms`);
    t.equal(messages.at(-1)?.kind, '200', 'its BYE is answered, too');
    if (service === 'dead') return;
    const [decision] = (await scene.api<{ decisions: { id: string }[] }>('GET', '/v1/decisions')).decisions;
    await scene.decisionWhen<Decision>(decision?.id ?? '', ({ targets, outcomes }) =>
      outcomes.some(({ target, event }) => event === 'answered' && targets[target]?.agent === 'alice'),
    );
    t.strictSame(scene.registrar.warnings(), []);
  });
}

// tm would be asked for a transaction that is gone when the contact center dies.
for (const [final, code] of [
  ['200 OK', 200],
  ['603 Decline', 603],
] as const) {
  t.test(`a 180 that comes after its ${final} is no ringing`, async (t) => {
    const scene = await Scene.open(t);
    const port = scene.locationPorts[0] as number;
    const contactCenter = await TortureSocket.open(() => final, { port });
    t.teardown(() => contactCenter.close());
    const first = (method: string) =>
      contactCenter.received().find((one) => one.includes(`CSeq: 1 ${method}`));
    const call = scene.call('sales', { hold_ms: 500 });
    await until('it to be answered', () => first('ACK'));
    contactCenter.send(reply(first('INVITE') as Buffer, '180 Ringing'), scene.registrar.sipPort);
    t.equal((await call).status, code);
    t.equal((await scene.call('sales')).status, code, 'the 180 has been heard by now');
    const rings = await scene.registrar.rpc('htable.dump', ['understudy_ringing']);
    t.notMatch(JSON.stringify(rings), /name/);
  });
}
