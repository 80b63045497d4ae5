import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type Running, run } from './process.js';
import { until } from './until.js';

/** One SIP message that a SIPp sent or received, as its trace has it. */
export interface SipMessage {
  readonly direction: 'sent' | 'received';
  /** When, in ms since the epoch. */
  readonly at: number;
  /** `INVITE`, … or the status code of a response. */
  readonly kind: string;
  readonly text: string;
}

interface SippOptions {
  /** A file of test/support/sipp without `.xml`, or a path of a scenario's own file. */
  readonly scenario: string;
  /** What `[code]` in the scenario stands for: SIPp takes keywords in every place but a status line. */
  readonly code?: number;
  readonly port: number;
  /** `ip:port`, for scenarios that send the first request. */
  readonly target?: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A 180 that its own 200 has overtaken on the way is no reason to hang up (RFC 3261 §17.1.1.2). */
export const PATIENT = ['-default_behaviors', 'all,-abortunexp'];

/** A SIPp at work: a phone, a contact center, a treatment or a caller. */
export class Sipp {
  readonly port: number;
  readonly process: Running;
  readonly #directory: string;
  #trace = '';

  constructor(options: SippOptions) {
    this.port = options.port;
    this.#directory = mkdtempSync(join(tmpdir(), 'understudy-sipp-'));
    const file = this.#scenarioFile(options);
    const keys = Object.entries(options.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]);
    this.process = run('sipp', [
      ...(options.target ? [options.target] : []),
      ...['-sf', file, '-i', '127.0.0.1', '-p', String(options.port), '-nostdin', '-skip_rlimit'],
      ...['-trace_msg', '-message_file', this.#traceFile],
      ...keys,
      ...(options.args ?? []),
    ]);
  }

  #scenarioFile({ scenario, code }: SippOptions): string {
    if (scenario.includes('/')) return scenario;
    const file = new URL(`./sipp/${scenario}.xml`, import.meta.url).pathname;
    if (code === undefined) return file;
    const own = join(this.#directory, 'scenario.xml');
    writeFileSync(own, readFileSync(file, 'utf8').replaceAll('[code]', String(code)));
    return own;
  }

  get #traceFile() {
    return join(this.#directory, 'messages.log');
  }

  /** Every message so far, in order. */
  messages(): SipMessage[] {
    let text = this.#trace;
    try {
      text = readFileSync(this.#traceFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return parseTrace(text);
  }

  /** Messages of one kind, such as `INVITE` that were received or `200` that were sent. */
  count(direction: SipMessage['direction'], kind: string): number {
    return this.messages().filter((m) => m.direction === direction && m.kind === kind).length;
  }

  /** Waits for it to end of itself; the exit code (0: every call went by its scenario). */
  async ended(): Promise<number | null> {
    const code = await this.process.ended;
    this.#keepTrace();
    return code;
  }

  /** Takes no more calls, and ends when those that it has are over. */
  async leave() {
    this.process.signal('SIGUSR1');
    await this.ended();
  }

  /** Ends it at once. */
  async kill() {
    this.process.signal('SIGKILL');
    await this.process.ended;
    this.#keepTrace();
  }

  #keepTrace() {
    try {
      this.#trace = readFileSync(this.#traceFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function parseTrace(text: string): SipMessage[] {
  const messages: SipMessage[] = [];
  for (const block of text.split(/^-{20,} /m)) {
    const head = /^(\S+ \S+)\s*\n(?:UDP|TCP) message (sent|received) .*?:\s*\n\s*\n/s.exec(block);
    if (!head) continue;
    const body = block.slice(head[0].length);
    const first = body.split(/\r?\n/, 1)[0] ?? '';
    messages.push({
      direction: head[2] as SipMessage['direction'],
      at: Date.parse(`${(head[1] ?? '').replace(' ', 'T')}`),
      kind: first.startsWith('SIP/2.0') ? (first.split(' ')[1] ?? '') : (first.split(' ')[0] ?? ''),
      text: body,
    });
  }
  return messages;
}

/** The value of a header field of a message, or undefined. */
export function header(message: SipMessage | undefined, name: string): string | undefined {
  return message?.text.match(new RegExp(`^${name}:\\s*(.*?)\\r?$`, 'im'))?.[1];
}

/** Waits until a SIPp that takes calls can be called. */
export async function listening(sipp: Sipp): Promise<Sipp> {
  await until(`SIPp to listen on ${sipp.port}`, () => sipp.process.hasEnded() || portTaken(sipp.port));
  if (sipp.process.hasEnded()) throw new Error(`SIPp ended at start:\n${sipp.process.output()}`);
  return sipp;
}

/** Whether somebody has this UDP port of 127.0.0.1. To try and bind it would take it away from whom we wait for. */
function portTaken(port: number): boolean {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/udp', 'latin1').includes(` ${local} `);
}

/** A path of a SIPp scenario file, and what its own keywords stand for. */
export interface ScenarioFile {
  readonly scenario: string;
  readonly keys?: Readonly<Record<string, string>>;
}

/**
 * Someone who takes calls: answers after so many ms, refuses with a code, rings or plays music (early media) for ever, says 100
 * and nothing more, rings and then says nothing to anybody, or does what a scenario file of its own says. Its `name` is in X-Answered-By.
 */
export async function callee(
  behaviour: { answer: number } | { refuse: number } | { ring: true } | { hold: true } | ScenarioFile,
  name: string,
  port?: number,
): Promise<Sipp> {
  const at = port ?? (await freePort());
  if ('answer' in behaviour) {
    return listening(
      new Sipp({ scenario: 'answer', port: at, keys: { name }, args: ['-d', String(behaviour.answer)] }),
    );
  }
  if ('refuse' in behaviour) {
    return listening(new Sipp({ scenario: 'refuse', code: behaviour.refuse, port: at, keys: { name } }));
  }
  const forEver = { scenario: 'hold' in behaviour ? 'hold' : 'ring' };
  const { scenario, keys = {} }: ScenarioFile = 'scenario' in behaviour ? behaviour : forEver;
  return listening(new Sipp({ scenario, port: at, keys: { name, ...keys } }));
}

/** A UDP port at which somebody listens and never says a word. `received` is how many packets came that are no probes. */
export async function silent(
  port?: number,
): Promise<{ port: number; received(): number; kill(): Promise<void> }> {
  const socket = createSocket('udp4');
  let received = 0;
  let closed: Promise<void> | undefined;
  socket.on('message', (message) => {
    if (!message.toString('latin1').startsWith('OPTIONS ')) received += 1;
  });
  await new Promise<void>((resolve) => socket.bind(port ?? 0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    received: () => received,
    kill: () => {
      closed ??= new Promise((resolve) => socket.close(() => resolve()));
      return closed;
    },
  };
}

export interface CallResult {
  /** The final status. */
  readonly status: number;
  /** The name of whoever sent the final status, if it said one. */
  readonly answeredBy: string | undefined;
  /** From the INVITE to the final status, ms. */
  readonly ms: number;
  readonly callId: string;
  readonly messages: readonly SipMessage[];
}

export interface CallOptions {
  readonly hold_ms?: number;
  /** A header field line of its own, such as `X-Test: 1`. */
  readonly extra?: string;
  readonly maxForwards?: number;
  /** The port that the caller calls from. */
  readonly port?: number;
  readonly scenario?: string;
}

/** Places one call to `address` by way of `target` (`ip:port`) and waits for its end. */
export async function call(target: string, address: string, options: CallOptions = {}): Promise<CallResult> {
  const sipp = new Sipp({
    scenario: options.scenario ?? 'call',
    port: options.port ?? (await freePort()),
    target,
    keys: {
      ruri: address,
      extra: options.extra ?? 'Subject: a call',
      max_forwards: String(options.maxForwards ?? 70),
    },
    args: [
      ...['-m', '1', '-d', String(options.hold_ms ?? 50), '-timeout', '60s', '-timeout_error'],
      ...(options.scenario === undefined ? PATIENT : []),
    ],
  });
  await sipp.ended();
  const messages = sipp.messages();
  const invite = messages.find((m) => m.direction === 'sent' && m.kind === 'INVITE');
  const final = messages.find(
    (m) =>
      m.direction === 'received' &&
      /^[2-6]\d\d$/.test(m.kind) &&
      header(m, 'CSeq')?.endsWith('INVITE') === true,
  );
  if (!invite || !final) throw new Error(`the call got no final answer:\n${sipp.process.output()}`);
  return {
    status: Number(final.kind),
    answeredBy: header(final, 'X-Answered-By'),
    ms: final.at - invite.at,
    callId: header(invite, 'Call-ID') ?? '',
    messages,
  };
}

export interface RegisterOptions {
  /** The whole header field, `Contact: …`; several lines are allowed. */
  readonly contact: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly extra?: string;
  readonly port?: number;
  /** Another way of sending it: a path of a scenario's own file. */
  readonly scenario?: string;
  /** What a challenge is answered with, under the next CSeq. */
  readonly login?: { readonly user: string; readonly password: string };
}

export interface RegisterResult {
  readonly status: number;
  /** The Contact values of the answer, one a binding. */
  readonly contacts: readonly string[];
  readonly response: SipMessage;
}

let nextCall = 1;

/** Sends one REGISTER for `aor` to `target` (`ip:port`) and returns what was answered. */
export async function register(
  target: string,
  aor: string,
  options: RegisterOptions,
): Promise<RegisterResult> {
  const sipp = new Sipp({
    scenario: options.scenario ?? (options.login ? 'register-with-password' : 'register'),
    port: options.port ?? (await freePort()),
    target,
    keys: {
      aor,
      domain: aor.slice(aor.indexOf('@') + 1),
      contact: options.contact,
      cseq_number: String(options.cseq ?? 1),
      next_cseq_number: String((options.cseq ?? 1) + 1),
      extra: options.extra ?? 'Subject: a phone',
    },
    args: [
      '-m',
      '1',
      '-timeout',
      '40s',
      '-cid_str',
      options.callId ?? `${process.pid}-${nextCall++}-%p@phone`,
      ...(options.login ? ['-au', options.login.user, '-ap', options.login.password] : []),
    ],
  });
  await sipp.ended();
  const isFinal = (m: SipMessage) => m.direction === 'received' && /^[2-6]\d\d$/.test(m.kind);
  const response = sipp.messages().filter(isFinal).at(-1);
  if (!response) throw new Error(`the REGISTER got no final answer:\n${sipp.process.output()}`);
  const contacts = [...response.text.matchAll(/^Contact:\s*(.*?)\r?$/gim)]
    .flatMap((m) => (m[1] ?? '').split(/,\s*(?=<)/))
    .filter((value) => value !== '');
  return { status: Number(response.kind), contacts, response };
}
