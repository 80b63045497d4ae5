import type { Test } from 'tap';
import { freePort } from './free-port.js';
import { Kamailio } from './kamailio.js';
import { DOMAIN, type Phone, type Scene } from './scene.js';
import { header, type RegisterResult, register, type SipMessage, Sipp } from './sipp.js';
import { until } from './until.js';

/** A real edge whose registrar is a SIPp that takes everything: what the edge sends is seen as it is on the wire. */
export class EdgeOnTheWire {
  readonly #edge: Kamailio;
  readonly #registrar: Sipp;

  private constructor(edge: Kamailio, registrar: Sipp) {
    this.#edge = edge;
    this.#registrar = registrar;
  }

  static async start(t: Test, scene: Scene): Promise<EdgeOnTheWire> {
    const registrar = new Sipp({ scenario: 'registrar', port: await freePort() });
    t.teardown(() => registrar.kill());
    const edge = await Kamailio.start({
      role: 'edge',
      node: 'edge2',
      understudyUrl: scene.understudy.url,
      registrarUri: `sip:127.0.0.1:${registrar.port}`,
    });
    t.teardown(() => edge.stop());
    return new EdgeOnTheWire(edge, registrar);
  }

  get warnings(): string[] {
    return this.#edge.warnings();
  }

  register({ agent, contact, callId }: Phone, cseq: number): Promise<RegisterResult> {
    const field = `Contact: <${contact}>;expires=300`;
    return register(`127.0.0.1:${this.#edge.sipPort}`, `sip:${agent}@${DOMAIN}`, {
      contact: field,
      callId,
      cseq,
    });
  }

  /** The REGISTERs of a contact that reached the registrar, when there are so many. */
  async registrations(contact: string, count: number): Promise<SipMessage[]> {
    const all = () =>
      this.#registrar
        .messages()
        .filter(({ kind, direction }) => kind === 'REGISTER' && direction === 'received')
        .filter((message) => header(message, 'Contact')?.includes(`<${contact}>`));
    await until(`${count} REGISTERs of ${contact}`, () => all().length >= count);
    return all();
  }

  /** The Path by which this edge is reached. */
  get path(): string {
    return `<sip:127.0.0.1:${this.#edge.sipPort};transport=udp;lr>`;
  }
}

/** The address that a REGISTER is for. */
export function addressOf(message: SipMessage): string {
  return header(message, 'To')?.replace(/^<sip:(.*)@.*$/, '$1') ?? '';
}
