import t from 'tap';
import { DOMAIN } from '../../support/scene.js';
import { request } from '../../support/torture-request.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';
import { ELSEWHERE } from '../../support/torture-socket.js';

const FIRST = `INVITE sip:sales@${DOMAIN} SIP/2.0`;
const SDP = 'v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';
const SMUGGLED = request(`INVITE sip:evil@${ELSEWHERE} SIP/2.0`, { extra: ['Content-Length: 0'] }).toString(
  'latin1',
);
const LENGTHS = {
  'much longer': '9999',
  'longer by one': String(SDP.length + 1),
  'shorter by one': String(SDP.length - 1),
  nothing: '0',
  empty: '',
  negative: '-1',
  'a word': 'ten',
  'a number and a word': `${SDP.length}x`,
  'more than 32 bits': String(2 ** 32 + SDP.length),
  'more than 64 bits': `1${'0'.repeat(30)}`,
  'with a sign': `+${SDP.length}`,
  twice: `${SDP.length}\r\nContent-Length: 0`,
  'in the compact form as well': `${SDP.length}\r\nl: 0`,
};

// Where one message ends is the same for whoever reads it next: nobody hides a second one in the first.
t.test('a Content-Length that is not the length', { timeout: TORTURE_MS }, async (t) => {
  const torture = await TortureScene.open(t);
  const messages = Object.values(LENGTHS).flatMap((length) =>
    [SDP, SDP + SMUGGLED].map((body) =>
      request(FIRST, { extra: ['Content-Type: application/sdp', `Content-Length: ${length}`], body }),
    ),
  );
  const right = { extra: ['Content-Type: application/sdp', `Content-Length: ${SDP.length}`], body: SDP };

  for (const kamailio of torture.kamailios) {
    const answers = await torture.sendTo(kamailio, messages);
    t.notOk(
      answers.some((answer) => /^SIP\/2\.0 (?:100|[2356]\d\d) (?:.*\r\n)*CSeq: \d+ INVITE/i.test(answer)),
      'none of them is a call',
    );
    const isACall = (all: readonly string[]) =>
      all.some((answer) => /^SIP\/2\.0 4(?:80|86|04) /.test(answer));
    t.ok(
      isACall(await torture.sendTo(kamailio, [request(FIRST, right)], isACall)),
      'one whose length is right is a call',
    );
  }
  await torture.tortureByTcp(messages);
  // more than Kamailio reads over TCP
  await torture.tortureByTcp([
    request(FIRST, { ...right, extra: [...right.extra, `X-Long: ${'a'.repeat(20_000)}`] }),
  ]);

  t.same(torture.sockets.elsewhere.received().map(String), [], 'what is hidden in a message goes nowhere');
  torture.nothingMalformedLeft();
  await torture.staysWell();
  await torture.worksAsEver();
});
