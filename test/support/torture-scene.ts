import { once } from 'node:events';
import net from 'node:net';
import type { Test } from 'tap';
import { Kamailio } from './kamailio.js';
import { processes } from './kamailio-processes.js';
import { DOMAIN, type Phone, Scene, type SceneOptions } from './scene.js';
import { faultsOf } from './torture-faults.js';
import { ELSEWHERE_PORT, OWN_ADDRESS, TortureSocket } from './torture-socket.js';
import { until } from './until.js';

/** How long a test of these may take; it takes a fraction of it unless others are at work on the same machine. */
export const TORTURE_MS = 110_000;
/** So many at once: more would leave answers to be dropped by full socket buffers. */
const BATCH = 50;
const FENCE_AGAIN_MS = 1_000;
const ANSWERS_MS = 10_000;

/**
 * A registrar and an edge with the service behind them, and a second edge whose registrar only listens. Contact center,
 * treatment, alice's phone, that registrar and the place where hostile messages want things to go are sockets that keep every
 * byte they get. They all refuse calls.
 */
export class TortureScene {
  readonly scene: Scene;
  readonly edge2: Kamailio;
  readonly phone: Phone;
  readonly sockets: Readonly<
    Record<'contactCenter' | 'treatment' | 'phone' | 'registrar' | 'elsewhere', TortureSocket>
  >;
  /** Sends everything; an answer goes to the port in Via, 5060 mostly. */
  readonly sender: TortureSocket;
  readonly #t: Test;
  #processes: string[] = [];

  private constructor(
    t: Test,
    parts: Pick<TortureScene, 'scene' | 'edge2' | 'phone' | 'sockets' | 'sender'>,
  ) {
    this.#t = t;
    this.scene = parts.scene;
    this.edge2 = parts.edge2;
    this.phone = parts.phone;
    this.sockets = parts.sockets;
    this.sender = parts.sender;
  }

  static async open(t: Test, options: SceneOptions = {}): Promise<TortureScene> {
    const scene = await Scene.open(t, { edge: true, ...options });
    const open = async (...args: Parameters<typeof TortureSocket.open>) => {
      const socket = await TortureSocket.open(...args);
      t.teardown(() => socket.close());
      return socket;
    };
    const refuse = (status: string) => (method: string) => (method === 'INVITE' ? status : '200 OK');
    const phone = await scene.phone('alice');
    const own = { address: OWN_ADDRESS };
    const sockets = {
      contactCenter: await open(busyMostly(), { port: scene.locationPorts[0] ?? 0 }),
      treatment: await open(refuse('480 No Music'), { port: scene.treatmentPort }),
      phone: await open(refuse('486 Busy Here'), { port: phone.port }),
      registrar: await open(refuse('404 Not Found')),
      elsewhere: await open(refuse('486 Busy Here'), { ...own, port: ELSEWHERE_PORT }),
    };
    const edge2 = await Kamailio.start({
      role: 'edge',
      node: 'edge2',
      understudyUrl: scene.understudy.url,
      registrarUri: `sip:127.0.0.1:${sockets.registrar.port}`,
    });
    t.teardown(() => edge2.stop());
    const sender = await open(refuse('486 Busy Here'), { ...own, port: 5060 });
    const torture = new TortureScene(t, { scene, edge2, phone, sockets, sender });
    torture.#processes = await Promise.all(torture.kamailios.map(processes));
    return torture;
  }

  get kamailios(): Kamailio[] {
    return [this.scene.registrar, this.scene.edge as Kamailio, this.edge2];
  }

  /** Sends each message to one Kamailio, the next one to the next, and waits until all is done that they lead to. */
  async torture(hostile: readonly { readonly message: Buffer }[]) {
    const { kamailios } = this;
    const batch = BATCH * kamailios.length;
    for (let at = 0; at < hostile.length; at += batch) {
      for (const [i, { message }] of hostile.slice(at, at + batch).entries()) {
        this.sender.send(message, (kamailios[i % kamailios.length] as Kamailio).sipPort);
      }
      await Promise.all(kamailios.map((kamailio) => this.#pickedUp(kamailio)));
      await Promise.all(kamailios.map(idle));
    }
  }

  /** Sends all messages to one Kamailio; what the sender is answered until it is enough and all is done that they lead to. */
  async sendTo(
    kamailio: Kamailio,
    messages: readonly Buffer[],
    isEnough: (answers: readonly string[]) => boolean = () => true,
  ): Promise<string[]> {
    const before = this.sender.received().length;
    const answers = () =>
      this.sender
        .received()
        .slice(before)
        .map((datagram) => datagram.toString('latin1'))
        .filter((text) => text.startsWith('SIP/2.0 '));
    for (const message of messages) this.sender.send(message, kamailio.sipPort);
    await this.#pickedUp(kamailio);
    await until('the answers', () => isEnough(answers()), ANSWERS_MS).catch(() => {});
    await Promise.all(this.kamailios.map(idle));
    return answers();
  }

  /** Sends messages over TCP to every Kamailio, each on a connection of its own; what is answered. Its only port of TCP is that of JSON-RPC. */
  async tortureByTcp(messages: readonly Buffer[]): Promise<Buffer[]> {
    const answers: Buffer[] = [];
    for (const kamailio of this.kamailios) {
      const port = Number(new URL(kamailio.rpcUrl).port);
      await Promise.all(messages.map(async (message) => answers.push(await sendByTcp(message, port))));
      await idle(kamailio);
    }
    return answers;
  }

  /** The workers of a Kamailio take what comes in order: when this is answered, all before it has been taken up. */
  async #pickedUp({ sipPort }: Kamailio) {
    const id = `fence-${sipPort}-${this.sender.count}`;
    const ping = [
      `OPTIONS sip:127.0.0.1:${sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${OWN_ADDRESS};branch=z9hG4bK${id}`,
      `From: <sip:fence@${DOMAIN}>;tag=1`,
      `To: <sip:fence@${DOMAIN}>`,
      `Call-ID: ${id}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
    ];
    let sentAt = 0;
    await until(`the fence ${id}`, () => {
      // a socket's buffer may be full of what came before it
      if (Date.now() - sentAt > FENCE_AGAIN_MS) {
        this.sender.send(`${ping.join('\r\n')}\r\n\r\n`, sipPort);
        sentAt = Date.now();
      }
      return this.sender.received().some((datagram) => datagram.includes(id));
    });
  }

  /** Nothing malformed and nothing injected has come to anybody, nor to the sender, who may have registered as a `phone`. */
  nothingMalformedLeft(phone?: RegExp) {
    for (const [name, socket] of Object.entries({ ...this.sockets, sender: this.sender })) {
      const faults = new Map<string, string>();
      for (const datagram of socket.received()) {
        for (const fault of faultsOf(datagram, { isAnswer: name === 'sender', ...(phone && { phone }) })) {
          faults.set(fault, datagram.toString('latin1').slice(0, 1_000));
        }
      }
      this.#t.same(Object.fromEntries(faults), {}, `${name} got only well-formed messages`);
    }
  }

  /** No process has gone, the service has had no failure, and the script complains of nothing. */
  async staysWell() {
    const { understudy } = this.scene;
    for (const [i, kamailio] of this.kamailios.entries()) {
      this.#t.equal(await processes(kamailio), this.#processes[i], 'no process of Kamailio was replaced');
      this.#t.same(kamailio.warnings().filter(isAFault), []);
    }
    if (!this.scene.understudyRuns) return;
    this.#t.notMatch(understudy.logs(), /"level":[56]0/, 'the service has logged no error');
  }

  /** Whoever has registered with whatever: the contact center comes first, and the treatment last. */
  async contactCenterStaysFirst() {
    for (const user of ['sales', 'support', 'alice', 'bob']) {
      const held = await this.scene.held(user);
      const first = `sip:${user}@127.0.0.1:${this.scene.locationPorts[0]}`;
      const [top, ...others] = held.map(({ contact, q }) => ({ contact, q }));
      if (top?.contact === first)
        this.#t.ok(
          others.every(({ q }) => q < 0.9),
          `${user}: nobody stands beside it`,
        );
      else
        this.#t.ok(
          held.every(({ q }) => q < 0.9),
          `${user} is bound to nobody who stands in its place`,
        );
    }
  }

  /** A phone registers, and a call is answered by it and, when it is gone, by the contact center. */
  async worksAsEver() {
    const { scene } = this;
    await this.sockets.contactCenter.close();
    await scene.contactCenter({ answer: 10 });
    this.#t.equal((await scene.call('sales')).answeredBy, 'contact-center');
    const carol = await scene.phone('carol', { answer: 10 });
    await scene.heldWhen('carol', (held) => held.some(({ contact }) => contact === carol.contact));
    this.#t.equal((await carol.unregister()).status, 200);
  }
}

/** tm is done with everything: what is left only waits for retransmissions. */
async function idle(kamailio: Kamailio) {
  await until(
    'tm to be idle',
    async () => {
      const { current, waiting } = (await kamailio.rpc('tm.stats')) as { current: number; waiting: number };
      if (current !== waiting) throw new Error(`${current} transactions, ${waiting} of them waiting`);
      return true;
    },
    60_000,
  );
}

/** Most calls end at a contact center that is busy; every tenth goes on to the phone and to the treatment. */
function busyMostly() {
  let calls = 0;
  return (method: string) => {
    if (method !== 'INVITE') return '200 OK';
    calls += 1;
    return calls % 10 === 0 ? '503 Down' : '486 Busy Here';
  };
}

/**
 * What Kamailio's own parsers say of a message that they can't read is no fault of anybody's but its sender's; that the service was
 * too slow once, or a registrar strict, is none of the script's.
 */
function isAFault(line: string): boolean {
  const ofTheParsers =
    /(?:ERROR|WARNING): (?:<core>|sanity|nathelper|rr|registrar|pv) .*(?:pars|invalid|bad |too long|exceeds|failed to initial pack|AoR|Address Of Record|required headers|unexpected|missing|no |not )/i;
  // who sends over TCP goes without waiting for an answer, or sends more than it reads
  const senderHasGone =
    /tcpconn_1st_send\(\)|msg_send_buffer\(\): tcp_send failed|send pr buffer failed|tcp_read(?:_req)?\(\): /;
  if (senderHasGone.test(line)) return false;
  return !ofTheParsers.test(line) && !/understudy=(?:away|registrar_refused)|http_async_client/.test(line);
}

/** Kamailio closes the connection of which it has read the end. */
async function sendByTcp(message: Buffer, port: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = net.connect(port, '127.0.0.1');
  socket.on('data', (chunk) => chunks.push(chunk));
  // a connection that is reset instead is none less closed
  socket.on('error', () => {});
  socket.end(message);
  await once(socket, 'close');
  return Buffer.concat(chunks);
}
