import { type Field, readMessage } from './torture-message.js';

/** The headers of ours that may stand in a message, and what they may be. */
const OURS: Readonly<Record<string, RegExp>> = {
  'x-understudy-decision': /^[0-9a-f-]{36}$|^own-[0-9-]+$/,
  'x-understudy-target': /^\d+$/,
  'x-understudy-received': /^sip:[\d.]+:\d+(?:;transport=(?:udp|tcp))?$/,
  'x-understudy-drill': /^[ -~]{1,255}$/,
  'x-understudy-source': /^sip:[\d.]+:\d+;transport=(?:udp|tcp)$/,
};

/**
 * What is wrong with a message that a hostile one has led to: what RFC 3261 says, and a header that nobody has sent as one. No
 * message of these scenes has a Route when it arrives: the only Path is that of an edge, which takes its own Route off. `phone`: requests that whoever sends the hostile messages may get as well.
 */
export function faultsOf(
  datagram: Buffer,
  { isAnswer, phone }: { isAnswer: boolean; phone?: RegExp },
): string[] {
  const { start, fields, faults } = readMessage(datagram);
  const isWanted = isAnswer === start.startsWith('SIP/2.0') || phone?.test(start);
  if (!isWanted) return [...faults, `unexpected: ${start}`];
  return [...faults, ...fields.flatMap(injected)];
}

function injected({ name, value }: Field): string[] {
  const line = `${name}: ${value}`;
  if (name === 'route' || name.includes('evil')) return [`injected: ${line}`];
  const ours = OURS[name];
  if (ours && !ours.test(value)) return [`not ours: ${line}`];
  if (name.startsWith('x-understudy-') && !ours) return [`not ours: ${line}`];
  return [];
}
