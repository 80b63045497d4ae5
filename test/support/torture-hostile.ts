import { DOMAIN } from './scene.js';
import { ELSEWHERE, OWN_ADDRESS } from './torture-socket.js';

/** One hostile message, and what is hostile about it. */
export interface Hostile {
  readonly what: string;
  readonly message: Buffer;
}

/** What tries to become a header, a Route or another target wherever it is copied to. */
const VALUES: Readonly<Record<string, string>> = {
  'escaped line break': `a%0d%0aX-Evil:%201%0d%0aRoute:%20%3Csip:${ELSEWHERE}%3Blr%3E`,
  'bare CR': 'a\rX-Evil: 1',
  'bare LF': 'a\nX-Evil: 1',
  'folded line': 'a\r\n X-Evil: 1',
  'folded by a tab': `a\r\n\tRoute: <sip:${ELSEWHERE};lr>`,
  NUL: 'a\0X-Evil: 1',
  'escaped NUL': 'a%00b',
  'control characters': 'a\x01\x08\x1b[2J\x7fb',
  'bytes that are no UTF-8': 'a\xff\xfe\xc3(b',
  'half a character': 'a\xe2\x82',
  'UTF-8': 'a\xc3\xa4\xe2\x82\xac',
  'a quote': 'a"b',
  'two quotes': 'a"b"c',
  backslashes: 'a\\"b\\\\',
  'angle brackets': `a><sip:evil@${ELSEWHERE}>;x=<b`,
  commas: `a,<sip:evil@${ELSEWHERE}>,b`,
  semicolons: `a;q=1.0;expires=0;received=sip:${ELSEWHERE}`,
  'a JSON end': `a","contact":"<sip:evil@${ELSEWHERE}>","x":"`,
  'a JSON escape': 'a\\u000d\\u000aX-Evil: 1',
  'a pseudo-variable': 'a$ru$du$var(question)$(hdr(From){s.len})$avp(understudy_answer)',
  'a call of a function': 'a$(sel(ruri))$shv(x)$sht(understudy_last=>a)',
  transformations: 'a{s.len}{re.subst,/a/b/}{uri.host}',
  'format marks': 'a%s%n%d%x%%',
  'exclamation marks': 'a!!b!!!!c',
  'a tag': 'a;tag=evil;tag=evil2',
  'a space': 'a b',
  'a header end': `a\r\n\r\nINVITE sip:evil@${ELSEWHERE} SIP/2.0\r\n`,
  'a colon': 'a:b:c',
  'at signs': `a@${ELSEWHERE}@b`,
  'a priority': 'a>;Q="1.0";x=<b',
  'a priority with blanks': 'a>; q = 1.0;x=b',
  nothing: '',
  '200 characters': 'a'.repeat(200),
  '3,000 characters': 'a'.repeat(3_000),
  '20,000 characters': 'a'.repeat(20_000),
};

type Put = (value: string) => Partial<Parts>;

interface Parts {
  readonly ruri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly contact: string;
  readonly extra: readonly string[];
}

/** Where a value may stand. */
const ANYWHERE: Readonly<Record<string, Put>> = {
  "the From's user": (value) => ({ from: `<sip:${value}@${DOMAIN}>;tag=1` }),
  "the From's name": (value) => ({ from: `"${value}" <sip:x@${DOMAIN}>;tag=1` }),
  "the From's name without quotes": (value) => ({ from: `${value} <sip:x@${DOMAIN}>;tag=1` }),
  "the From's host": (value) => ({ from: `<sip:x@${value}>;tag=1` }),
  "the From's tag": (value) => ({ from: `<sip:x@${DOMAIN}>;tag=${value}` }),
  'the From without brackets': (value) => ({ from: `sip:${value}@${DOMAIN};tag=1` }),
  "the To's name": (value) => ({ to: `"${value}" <sip:alice@${DOMAIN}>` }),
  'a parameter of the To': (value) => ({ to: `<sip:alice@${DOMAIN};x=${value}>;y=${value}` }),
  'the Call-ID': (value) => ({ callId: value }),
  "the Contact's user": (value) => ({ contact: `<sip:${value}@${ELSEWHERE}>` }),
  "the Contact's host": (value) => ({ contact: `<sip:x@${value}>` }),
  "the Contact's parameter": (value) => ({ contact: `<sip:alice@${ELSEWHERE};x=${value}>` }),
  "the Contact's URI's headers": (value) => ({ contact: `<sip:alice@${ELSEWHERE}?X-Evil=${value}>` }),
  "the Contact's name": (value) => ({ contact: `"${value}" <sip:alice@${ELSEWHERE}>` }),
  'the priority of the Contact': (value) => ({ contact: `<sip:alice@${ELSEWHERE}>; Q =1.0;x="${value}"` }),
  'a parameter of the Contact': (value) => ({ contact: `<sip:alice@${ELSEWHERE}>;x=${value}` }),
  'the instance': (value) => ({
    contact: `<sip:alice@${ELSEWHERE}>;+sip.instance="<urn:uuid:${value}>";reg-id=1`,
  }),
  'the Contact without brackets': (value) => ({ contact: `sip:${value}@${ELSEWHERE}` }),
  'the whole Contact': (value) => ({ contact: value }),
  'the User-Agent': (value) => ({ extra: [`User-Agent: ${value}`] }),
  'the Path': (value) => ({ extra: [`Path: <sip:${value}@${ELSEWHERE};lr>`, 'Supported: path'] }),
  "the Path's parameter": (value) => ({ extra: [`Path: <sip:${ELSEWHERE};lr;x=${value}>`] }),
  'the whole Path': (value) => ({ extra: [`Path: ${value}`, 'Supported: path'] }),
  'the Expires': (value) => ({ extra: [`Expires: ${value}`] }),
  'a header of ours': (value) => ({
    extra: [
      `X-Understudy-Decision: ${value}`,
      `X-Understudy-Drill: ${value}`,
      `X-Understudy-Source: ${value}`,
      `X-Understudy-Received: ${value}`,
      `X-Understudy-Retry: ${value}`,
      `x-understudy-target : ${value}`,
    ],
  }),
  'a Route': (value) => ({ extra: [`Route: <sip:${value}@${ELSEWHERE};lr>`] }),
  'a header nobody knows': (value) => ({ extra: [`X-Unknown: ${value}`] }),
};

const OF_INVITE: Readonly<Record<string, Put>> = {
  ...ANYWHERE,
  "the Request-URI's user": (value) => ({ ruri: `sip:${value}@${DOMAIN}` }),
  "the Request-URI's parameter": (value) => ({ ruri: `sip:sales@${DOMAIN};x=${value}` }),
  "the Request-URI's headers": (value) => ({ ruri: `sip:sales@${DOMAIN}?X-Evil=${value}` }),
  "the Request-URI's host": (value) => ({ ruri: `sip:sales@${value}` }),
};

const OF_REGISTER: Readonly<Record<string, Put>> = {
  ...ANYWHERE,
  "the To's user": (value) => ({ to: `<sip:${value}@${DOMAIN}>` }),
  "the To's host": (value) => ({ to: `<sip:alice@${value}>` }),
  'the Request-URI': (value) => ({ ruri: `sip:${value}` }),
};

let count = 0;

function message(method: string, parts: Partial<Parts>): Buffer {
  count += 1;
  const ruri = parts.ruri ?? (method === 'REGISTER' ? `sip:${DOMAIN}` : `sip:sales@${DOMAIN}`);
  const lines = [
    `${method} ${ruri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${OWN_ADDRESS};branch=z9hG4bK${process.pid}-${count}`,
    `From: ${parts.from ?? `<sip:x@${DOMAIN}>;tag=1`}`,
    `To: ${parts.to ?? `<sip:${method === 'REGISTER' ? 'bob' : 'sales'}@${DOMAIN}>`}`,
    `Call-ID: ${parts.callId ?? `hostile-${process.pid}-${count}`}`,
    `CSeq: ${count} ${method}`,
    `Contact: ${parts.contact ?? `<sip:x@${OWN_ADDRESS}>`}`,
    'Max-Forwards: 70',
    ...(parts.extra ?? []),
    'Content-Length: 0',
    '',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/**
 * Every value in every place of an INVITE for sales, or of a REGISTER of bob's. `share`: only that part of them, such as 0 of 2; over
 * the places each part has each value.
 */
export function hostile(
  method: 'INVITE' | 'REGISTER',
  share: { part: number; of: number } = { part: 0, of: 1 },
): Hostile[] {
  const places = Object.entries(method === 'INVITE' ? OF_INVITE : OF_REGISTER);
  return places.flatMap(([place, put], row) =>
    Object.entries(VALUES)
      .filter((_, column) => (row + column) % share.of === share.part)
      .map(([kind, value]) => ({
        what: `${method}: ${kind} in ${place}`,
        message: message(method, put(value)),
      })),
  );
}
