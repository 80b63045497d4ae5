import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { okTo, RawPeer, requestOf, tagOf, valuesOf } from '../../support/raw-dialog.js';
import { DOMAIN } from '../../support/scene.js';

const NAMES = ['alice', 'bob'];

// Two phones of a group answer in the same moment, and both 200s reach the caller (RFC 3261 §16.7 step 5): two dialogs, of which it ends one.
t.test('two answer at once: the BYE of the one frees that one alone', async (t) => {
  const scene = await sceneInBypass(t, {
    agents: { alice: { sales: 1 }, bob: { sales: 1 } },
    document: {
      skillsets: [{ name: 'sales', treatment: 'hold-music', order: 'simultaneous', group_size: 2 }],
    },
  });
  for (const name of NAMES) {
    const phone = await scene.newPhone(name);
    await RawPeer.open(t, phone.port, (request, uri) =>
      request.startsWith('ACK') ? undefined : okTo(request, `of-${name}`, uri),
    );
    t.equal((await phone.register()).status, 200);
  }
  const caller = await RawPeer.open(t);
  const callId = `two-answers-${process.pid}@caller`;
  const invite = { uri: `sip:sales@${DOMAIN}`, callId, from: 'caller', to: '', routes: [], cseq: 1 };
  caller.send(requestOf('INVITE', invite, caller.uri), scene.registrar.sipPort);
  const answers = await caller.received('SIP/2.0 200', 2);
  const dialogs = new Map(answers.map((answer) => [tagOf(answer, 'To').replace('of-', ''), answer]));
  t.same([...dialogs.keys()].sort(), NAMES);
  const says = (method: string, name: string, cseq: number) => {
    const answer = dialogs.get(name) ?? '';
    const parts = {
      ...{ callId, from: 'caller', to: `of-${name}`, cseq },
      routes: valuesOf(answer, 'Record-Route'),
      uri: valuesOf(answer, 'Contact')[0]?.replace(/[<>]/g, '') ?? '',
    };
    caller.send(requestOf(method, parts, caller.uri), scene.registrar.sipPort);
  };
  for (const name of NAMES) says('ACK', name, 1);
  for (const name of NAMES) await agentWhen(scene, name, isBusy);

  const [first = '', second = ''] = answers.map((answer) => tagOf(answer, 'To').replace('of-', ''));
  says('BYE', second, 2);
  await agentWhen(scene, second, isFree);
  await agentWhen(scene, first, isBusy);
  says('BYE', first, 2);
  await agentWhen(scene, first, isFree);
  t.same(scene.registrar.warnings(), []);
});
