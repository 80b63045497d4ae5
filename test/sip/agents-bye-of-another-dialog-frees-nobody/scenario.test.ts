import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { okTo, RawPeer, requestOf, tagOf, valuesOf } from '../../support/raw-dialog.js';
import { header } from '../../support/sipp.js';
import { until } from '../../support/until.js';

// A dialog is Call-ID and both tags (RFC 3261 §12): who knows the Call-ID alone ends nobody's call, and what isn't passed on doesn't either.
t.test(
  'a BYE with made-up tags, or without our Route, frees nobody; either side may end the call',
  async (t) => {
    const scene = await sceneInBypass(t, { agents: { alice: { sales: 1 } } });
    const alice = await scene.phone('alice');
    const phone = await alice.takesCalls({ answer: 10 });
    const call = scene.call('sales', { hold_ms: 8_000 });
    const { call_id } = await agentWhen(scene, 'alice', isBusy);
    const [invite, ok] = await until('the answer', () => {
      const messages = phone.messages();
      const found = [
        messages.find(({ direction, kind }) => direction === 'received' && kind === 'INVITE'),
        messages.find(({ direction, kind }) => direction === 'sent' && kind === '200'),
      ];
      return found[0] && found[1] ? found : undefined;
    });
    const caller = tagOf(invite?.text ?? '', 'From');
    const callee = tagOf(ok?.text ?? '', 'To');
    const route = header(invite, 'Record-Route') ?? '';
    t.ok(caller && callee && route && call_id);

    const peer = await RawPeer.open(t, 0, (request, uri) =>
      request.startsWith('BYE') ? okTo(request, 'x', uri) : undefined,
    );
    let byes = 0;
    /** A BYE that ends at our own place, when it has got as far as it gets. */
    const bye = async (from: string, to: string, routes: readonly string[], status: number) => {
      byes += 1;
      const cseq = 100 + byes;
      const parts = { uri: peer.uri, callId: call_id ?? '', from, to, routes, cseq };
      peer.send(requestOf('BYE', parts, peer.uri), scene.registrar.sipPort);
      await until(`${status} to BYE ${cseq}`, async () => {
        const answers = await peer.received(`SIP/2.0 ${status}`);
        return answers.some((answer) => valuesOf(answer, 'CSeq')[0] === `${cseq} BYE`);
      });
    };
    await bye('made-up', 'made-up-too', [route], 200);
    await bye(caller, 'made-up', [route], 200);
    await bye('made-up', callee, [route], 200);
    await bye(callee, callee, [route], 200);
    await bye(caller, callee, [], 404);
    // What was told before this call's end would be known by now.
    const { decisions } = await scene.api<{ decisions: { outcomes: { event: string }[] }[] }>(
      'GET',
      '/v1/decisions',
    );
    t.notOk(decisions[0]?.outcomes.some(({ event }) => event === 'ended'));
    await agentWhen(scene, 'alice', isBusy);

    await bye(callee, caller, [route], 200);
    await agentWhen(scene, 'alice', isFree);
    t.match(await call, { status: 200, answeredBy: 'alice' });
    t.same(scene.registrar.warnings(), []);
  },
);
