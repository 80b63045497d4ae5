import { createHash } from 'node:crypto';
import t from 'tap';
import { DOMAIN } from '../../support/scene.js';
import { request } from '../../support/torture-request.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';
import { ELSEWHERE } from '../../support/torture-socket.js';

const METHODS = ['INVITE', 'BYE', 'ACK', 'MESSAGE', 'INFO', 'OPTIONS', 'SUBSCRIBE', 'CANCEL', 'REGISTER'];
const EVIL = `sip:evil@${ELSEWHERE}`;
const TO_EVIL = `Route: <sip:${ELSEWHERE};lr>`;
const EMPTY = 'Content-Length: 0';
const CALL_SECRET = 'of these nodes';

// Invariant 4: nobody gets a request or a response sent to a foreign place through us by what stands in it.
t.test('nobody relays through us', { timeout: TORTURE_MS }, async (t) => {
  const torture = await TortureScene.open(t, { kamailioEnv: { UNDERSTUDY_CALL_SECRET: CALL_SECRET } });
  for (const [i, kamailio] of torture.kamailios.entries()) {
    const own = `127.0.0.1:${kamailio.sipPort}`;
    const ours = `sip:sales@${DOMAIN}`;
    const requests = METHODS.flatMap((method) => {
      const strange = [
        request(`${method} ${EVIL} SIP/2.0`, { extra: [EMPTY] }),
        request(`${method} ${ours};maddr=${ELSEWHERE.split(':')[0]} SIP/2.0`, { extra: [EMPTY] }),
        request(`${method} ${ours} SIP/2.0`, { extra: [TO_EVIL, EMPTY] }),
        request(`${method} ${ours} SIP/2.0`, {
          extra: [`Route: <sip:${own};lr>, <sip:${ELSEWHERE};lr>`, EMPTY],
        }),
        request(`${method} sip:${own};lr SIP/2.0`, { extra: [TO_EVIL, EMPTY] }),
      ];
      const to = `<${ours}>;tag=2`;
      const inDialog = [
        request(`${method} ${EVIL} SIP/2.0`, { to, extra: [EMPTY] }),
        request(`${method} ${EVIL} SIP/2.0`, { to, extra: [TO_EVIL, EMPTY] }),
        request(`${method} ${EVIL} SIP/2.0`, { to, extra: [TO_EVIL, `Route: <sip:${own};lr>`, EMPTY] }),
        // whom RFC 2543 calls a strict router
        request(`${method} sip:${own} SIP/2.0`, { to, extra: [TO_EVIL, EMPTY] }),
        request(`${method} sip:${own};lr SIP/2.0`, { to, extra: [`Route: <sip:${ELSEWHERE}>`, EMPTY] }),
      ];
      return [...strange, ...inDialog];
    });
    const responses = ['100 Trying', '180 Ringing', '200 OK', '486 Busy', '302 Moved'].map((status) =>
      request(`SIP/2.0 ${status}`, {
        extra: [EMPTY, `Via: SIP/2.0/UDP ${ELSEWHERE};branch=z9hG4bKevil`],
      }),
    );
    const first = responses.map((message) => withOurVia(message, own, i));
    // Whose answer a node would pass on that has been started again: with a made-up signature, and with one of another caller.
    const signed = first.flatMap((message) =>
      ['0'.repeat(64), signatureOf(message, '198.51.100.9')].map((one) => signedBy(one, message, own)),
    );

    await torture.sendTo(kamailio, [...requests, ...responses, ...first, ...signed]);

    t.same(torture.sockets.elsewhere.received().map(String), [], `nothing by way of ${kamailio.uri}`);
  }
  torture.nothingMalformedLeft();
  await torture.staysWell();
  await torture.worksAsEver();
});

/** As lost-call.cfg signs the call of this answer, if it came from this address. */
function signatureOf(message: Buffer, caller: string): string {
  const [, callId] = /Call-ID: (.*)\r\n/.exec(message.toString('latin1')) ?? [];
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  return sha256(`${CALL_SECRET} ${sha256(`${CALL_SECRET} call ${callId} 1 ${caller}`)}`);
}

function signedBy(signature: string, message: Buffer, own: string): Buffer {
  const header = `Record-Route: <sip:${own};lr;understudy=${signature}>`;
  return Buffer.from(message.toString('latin1').replace('\r\n', `\r\n${header}\r\n`), 'latin1');
}

/** As if the request that it answers had gone through this Kamailio. */
function withOurVia(message: Buffer, own: string, i: number): Buffer {
  const text = message
    .toString('latin1')
    .replace(/Via: .*\r\n/, `Via: SIP/2.0/UDP ${own};branch=z9hG4bKours${i}.0\r\n`);
  return Buffer.from(text.replace(/CSeq: (\d+) .*\r\n/, 'CSeq: $1 INVITE\r\n'), 'latin1');
}
