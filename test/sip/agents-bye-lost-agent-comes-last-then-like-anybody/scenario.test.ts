import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { RawPeer, requestOf, tagOf, valuesOf } from '../../support/raw-dialog.js';
import { DOMAIN } from '../../support/scene.js';

// A caller's network may go, and a phone may be switched off: no BYE ever passes, and the service hears of no end.
t.test(
  'the end of a call is lost: its agent is called last, and after the next call like anybody',
  async (t) => {
    const scene = await sceneInBypass(t, { agents: { alice: { sales: 1 }, bob: { sales: 1 } } });
    const alice = await scene.phone('alice', { answer: 10 });
    const caller = await RawPeer.open(t);
    const callId = `lost-${process.pid}@caller`;
    const invite = { uri: `sip:sales@${DOMAIN}`, callId, from: 'caller', to: '', routes: [], cseq: 1 };
    caller.send(requestOf('INVITE', invite, caller.uri), scene.registrar.sipPort);
    const [answer = ''] = await caller.received('SIP/2.0 200');
    const dialog = {
      ...{ callId, from: 'caller', to: tagOf(answer, 'To'), cseq: 1 },
      routes: valuesOf(answer, 'Record-Route'),
      uri: valuesOf(answer, 'Contact')[0]?.replace(/[<>]/g, '') ?? '',
    };
    caller.send(requestOf('ACK', dialog, caller.uri), scene.registrar.sipPort);
    t.match(await agentWhen(scene, 'alice', isBusy), { unproved: false, call_id: callId });

    await scene.phone('bob', { answer: 10 });
    t.equal((await alice.unregister()).status, 200);
    t.equal((await alice.register()).status, 200);
    t.match(await agentWhen(scene, 'alice', ({ unproved }) => unproved), { activity: 'busy' });

    const calls = [];
    for (const name of ['bob', 'alice']) {
      calls.push(scene.call('sales', { hold_ms: 5_000 }));
      await agentWhen(scene, name, (agent) => isBusy(agent) && !agent.unproved);
    }
    t.match(await Promise.all(calls), [
      { status: 200, answeredBy: 'bob' },
      { status: 200, answeredBy: 'alice' },
    ]);
    for (const name of ['bob', 'alice']) t.match(await agentWhen(scene, name, isFree), { unproved: false });
    t.same(scene.registrar.warnings(), []);
  },
);
