import t from 'tap';
import { onBothDatabases, outage, register, type Service, START } from './call-service.js';
import { send } from './send.js';

const ALICE = '/v1/contact-centers/cc.example.com/agents/alice/calls';

const free = (service: Service, url = ALICE) =>
  send(service.app, `DELETE ${url}`, undefined, { from: 'ann@example.com' });

const told = (service: Service, decision: string, target: number, event: string) =>
  service.call('POST', '/v1/outcomes', { decision, target, event, node: 'reg1' });

/** A call to the agent's own address that the agent answers. */
async function answered(service: Service, agent: string, call_id: string) {
  const ruri = `sip:${agent}@cc.example.com`;
  const { body } = await service.call('POST', '/v1/route', { node: 'reg1', ruri, call_id });
  const targets: { agent?: string; position: number }[] = body.targets;
  const target = targets.find((one) => one.agent === agent)?.position ?? -1;
  await told(service, body.decision, target, 'answered');
  return { decision: body.decision as string, target };
}

async function activities(service: Service): Promise<Record<string, string>> {
  const { body } = await service.call('GET', '/v1/agents?contact_center=cc.example.com');
  const agents: { name: string; activity: string }[] = body.agents;
  return Object.fromEntries(agents.map(({ name, activity }) => [name, activity]));
}

onBothDatabases(t, {
  'an agent whose calls have ended unseen is freed': async (t, service) => {
    for (const [i, name] of ['alice', 'bob'].entries()) await register(service, name, `10.0.0.${i}`);
    const [first, second, other] = [
      await answered(service, 'alice', 'a@phone'),
      await answered(service, 'alice', 'b@phone'),
      await answered(service, 'bob', 'c@phone'),
    ];

    await t.test('DELETE 200: which calls were ended, and no others', async (t) => {
      service.now = START + 60_000;
      const since = '2026-11-22T12:00:00.000Z';
      t.match(await free(service), {
        status: 200,
        body: {
          ended: [
            { ...first, call_id: 'a@phone', since },
            { ...second, call_id: 'b@phone', since },
          ],
        },
      });
      t.same(await activities(service), { alice: 'free', bob: 'busy' });
      const { body } = await service.call('GET', `/v1/decisions/${first.decision}`);
      t.match(body.outcomes, [{ event: 'answered' }, { event: 'ended', at: '2026-11-22T12:01:00.000Z' }]);
      const changes = await service.call('GET', '/v1/changes?contact_center=cc.example.com&kind=override');
      t.match(changes.body.changes, [
        { subject: 'agents/alice/calls', by: /^ann@example.com/, before: { calls: [{}, {}] }, after: null },
      ]);
    });

    await t.test('DELETE again 200: none; and an end that is told after all is harmless', async (t) => {
      t.same((await free(service)).body, { ended: [] });
      t.equal((await told(service, first.decision, first.target, 'ended')).status, 204);
      t.same(await activities(service), { alice: 'free', bob: 'busy' });
      const next = await answered(service, 'alice', 'd@phone');
      t.same(await activities(service), { alice: 'busy', bob: 'busy' });
      t.match((await free(service)).body.ended, [{ decision: next.decision }]);
    });

    await t.test('DELETE 404: who is nobody', async (t) => {
      t.match(await free(service, ALICE.replace('alice', 'zoe')), {
        status: 404,
        body: { code: 'not_found' },
      });
      t.match(await free(service, ALICE.replace('cc.', 'no.')), {
        status: 404,
        body: { code: 'unknown_contact_center' },
      });
    });

    await t.test('DELETE 503 while the database is away: nothing has changed', async (t) => {
      const mend = await outage(service);
      t.match(await free(service, ALICE.replace('alice', 'bob')), {
        status: 503,
        body: { code: 'store_unavailable' },
      });
      t.same(await activities(service), { alice: 'free', bob: 'busy' });
      await mend();
      const ended = async () => (await free(service, ALICE.replace('alice', 'bob'))).body.ended;
      t.match(await ended(), [{ decision: other.decision }]);
    });
  },
});
