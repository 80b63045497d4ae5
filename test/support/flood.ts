import { createSocket } from 'node:dgram';
import { setTimeout as later } from 'node:timers/promises';

/** A SIP request that needs no answer to be one: `method` for `to`, from this source, the `n`th of its calls. */
export function request(
  method: string,
  to: string,
  ip: string,
  port: number,
  n: number,
  header: string,
): string {
  return [
    `${method} ${method === 'REGISTER' ? `sip:${to.split('@')[1]}` : to} SIP/2.0`,
    `Via: SIP/2.0/UDP ${ip}:${port};branch=z9hG4bK${port}-${n}`,
    `From: <sip:flood@${ip}>;tag=${port}${n}`,
    `To: <${to}>`,
    `Call-ID: ${port}-${n}@flood`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:flood@${ip}:${port}>;expires=60`,
    'Max-Forwards: 70',
    header,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

export interface Flood {
  /** The loopback address that it comes from. */
  readonly ip: string;
  readonly method: string;
  readonly to: string;
  readonly count: number;
  /** All are the same request, sent again and again. */
  readonly again?: boolean;
  /** A header field line of its own. */
  readonly header?: string;
}

/** How many are under way without an answer before the flood waits for some, and how long it does. */
const UNANSWERED = 100;
const PATIENCE_MS = 20;

/**
 * Sends so many requests as fast as they are taken up: a flood that runs ahead of a busy machine fills the socket's buffer, and is
 * stopped by the kernel. The answers so far, by status, are read by `answers`.
 */
export async function flood(
  target: number,
  { ip, method, to, count, again = false, header = 'User-Agent: a phone' }: Flood,
) {
  const socket = createSocket('udp4');
  const answers: Record<string, number> = {};
  let answered = 0;
  socket.on('message', (message) => {
    answered++;
    const status = /^SIP\/2\.0 (\d+)/.exec(message.toString('latin1'))?.[1];
    if (status !== undefined) answers[status] = (answers[status] ?? 0) + 1;
  });
  await new Promise<void>((resolve) => socket.bind(0, ip, resolve));
  const { port } = socket.address();
  for (let n = 0; n < count; n++) {
    const text = request(method, to, ip, port, again ? 0 : n, header);
    await new Promise<void>((resolve, reject) =>
      socket.send(text, target, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
    const deadline = performance.now() + PATIENCE_MS;
    while (n % 50 === 49 && n - answered >= UNANSWERED && performance.now() < deadline) await later(1);
  }
  return { answers, close: () => new Promise<void>((resolve) => socket.close(() => resolve())) };
}
