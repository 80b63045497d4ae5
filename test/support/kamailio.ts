import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type Running, run } from './process.js';
import { until } from './until.js';

/** One binding as the registrar holds it (`ul.dump`). */
export interface HeldBinding {
  readonly contact: string;
  readonly q: number;
  /** Seconds left, or null when it is permanent. */
  readonly expires: number | null;
  readonly path: string | null;
  readonly received: string | null;
  readonly instance: string | null;
}

/** A 100 that one UDP worker took up after another one had its 486: packets overtake each other, the script can't help it. */
const REORDERED = /t_should_relay_response\(\): status rewrite by UAS: stored: \d+, received: 1\d\d/;
/** The answer to a probe of a location that was taken out of the list meanwhile: dispatcher has no other word for it. */
const PROBED_AS_IT_LEFT = /ds_options_callback\(\): Setting the (?:probing )?state failed/;
/** A place whose name has no address can't be probed, which is said each time. */
const WITHOUT_ADDRESS = /ds_ping_set\(\): unable to ping/;
/** The service was killed while it asked for something, or gave up waiting; core says so in three pieces. */
const SERVICE_DIED =
  /tcp_read_data\(\): (?:error reading: Connection reset by peer|-> \[)|tcp_read_req\(\): ERROR: tcp_read_req: error reading/;
/** Its timer process was not run for a while, or twice within one tick: the machine's doing. */
const MACHINE_STOOD_STILL = /local_timer_run\(\): backwards or still time/;
const NO_FAULTS_OF_THE_SCRIPT = [
  MACHINE_STOOD_STILL,
  REORDERED,
  PROBED_AS_IT_LEFT,
  WITHOUT_ADDRESS,
  SERVICE_DIED,
];

export interface KamailioOptions {
  readonly role: 'registrar' | 'edge';
  readonly node: string;
  readonly understudyUrl: string;
  /** Settings of the script besides, as its environment has them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where an edge sends registrations; a registrar sends them to itself. */
  readonly registrarUri?: string;
  /** `ip:port` of the edges that a registrar trusts, or of the registrars that an edge trusts. */
  readonly trusted?: readonly string[];
  readonly sipPort?: number;
  readonly maxBranches?: number;
  /** Of shared memory; Kamailio's own default is 64. */
  readonly memoryMb?: number;
  readonly rpcPort?: number;
  /** Another configuration than kamailio/<role>.cfg. */
  readonly config?: string;
  /** That configuration has its settings in itself, not from the environment. */
  readonly settingsInConfig?: boolean;
}

/** A real Kamailio with this repository's script, on loopback. */
export class Kamailio {
  readonly sipPort: number;
  readonly rpcUrl: string;
  readonly uri: string;
  readonly #options: KamailioOptions;
  readonly #rpcPort: number;
  readonly #directory: string;
  #process: Running;
  #before = '';

  private constructor(options: KamailioOptions, sipPort: number, rpcPort: number, directory: string) {
    this.#options = options;
    this.sipPort = sipPort;
    this.#rpcPort = rpcPort;
    this.#directory = directory;
    this.uri = `sip:127.0.0.1:${sipPort}`;
    this.rpcUrl = `http://127.0.0.1:${rpcPort}/RPC`;
    this.#process = this.#spawn();
  }

  static async start(options: KamailioOptions): Promise<Kamailio> {
    const directory = await mkdtemp(join(tmpdir(), 'understudy-kamailio-'));
    const trusted = (options.trusted ?? []).map((address) => {
      const [ip, port] = address.split(':');
      return `1 ${ip} 32 ${port}`;
    });
    await writeFile(join(directory, 'addresses.list'), `${trusted.join('\n')}\n`);
    const sipPort = options.sipPort ?? (await freePort());
    const kamailio = new Kamailio(options, sipPort, options.rpcPort ?? (await freePort()), directory);
    try {
      await kamailio.#ready();
    } catch (error) {
      await kamailio.kill();
      throw new Error(`${(error as Error).message}\n${kamailio.log().slice(-2_000)}`);
    }
    return kamailio;
  }

  #spawn(): Running {
    const { role, node, understudyUrl, env, registrarUri, maxBranches, config, settingsInConfig } =
      this.#options;
    const memory = String(this.#options.memoryMb ?? 64);
    const file = config ?? new URL(`../../kamailio/${role}.cfg`, import.meta.url).pathname;
    const addresses = { UNDERSTUDY_ADDRESSES: join(this.#directory, 'addresses.list') };
    const settings = {
      SIP_LISTEN: `udp:127.0.0.1:${this.sipPort}`,
      RPC_LISTEN: `tcp:127.0.0.1:${this.#rpcPort}`,
      UNDERSTUDY_NODE: node,
      UNDERSTUDY_URL: understudyUrl,
      UNDERSTUDY_REGISTRAR: registrarUri ?? this.uri,
      ...(maxBranches !== undefined && { MAX_BRANCHES: String(maxBranches) }),
      ...env,
    };
    const args = ['-DD', '-E', '-f', file, '-Y', this.#directory, '-m', memory, '-M', '16'];
    return run('kamailio', args, { ...process.env, ...addresses, ...(settingsInConfig ? {} : settings) });
  }

  async #ready() {
    let ended = false;
    const spawned = this.#process;
    void spawned.ended.then(() => {
      ended = true;
    });
    await until(`Kamailio ${this.#options.node} to answer JSON-RPC`, async () => {
      if (ended) return true;
      return (await this.rpc('core.version')) !== undefined;
    });
    if (ended) throw new Error(`Kamailio ended at start:\n${spawned.output()}`);
  }

  async rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const response = await fetch(this.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(2_000),
    });
    const body = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (body.error) throw new Error(`${method}: ${body.error.message}`);
    return body.result;
  }

  /** What it holds for one address (`sip:sales@cc.example.com`), highest q first. */
  async bindings(address: string): Promise<HeldBinding[]> {
    type Contact = Record<'Address' | 'Expires' | 'Path' | 'Received' | 'Instance', string> & { Q: number };
    let found: { Contacts: { Contact: Contact }[] };
    try {
      found = (await this.rpc('ul.lookup', ['location', address.replace(/^sip:/, '')])) as typeof found;
    } catch (error) {
      if (String(error).includes('not found')) return [];
      throw error;
    }
    const text = (value: string) => (value === '[not set]' || value === '' ? null : value);
    return found.Contacts.map(({ Contact: c }) => ({
      contact: c.Address,
      q: Number(c.Q),
      expires: c.Expires === 'permanent' ? null : Number(c.Expires),
      path: text(c.Path),
      received: text(c.Received),
      instance: text(c.Instance),
    })).sort((a, b) => b.q - a.q);
  }

  /** All that it has logged, earlier lives included. */
  log(): string {
    return this.#before + this.#process.output();
  }

  /** The lines that no sound script logs. */
  warnings(): string[] {
    return this.log()
      .split('\n')
      .filter((line) => /\b(WARNING|ERROR|CRITICAL|ALERT|BUG)\b/.test(line))
      .filter((line) => !NO_FAULTS_OF_THE_SCRIPT.some((known) => known.test(line)));
  }

  freeze() {
    this.#process.signal('SIGSTOP');
  }

  thaw() {
    this.#process.signal('SIGCONT');
  }

  /** Ends it as a power cut would: it says nothing to anybody. */
  async kill() {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  /** Starts it again after kill(), on the same ports and with an empty memory. */
  async startAgain() {
    this.#before += this.#process.output();
    this.#process = this.#spawn();
    await this.#ready();
  }

  async stop() {
    this.#process.signal('SIGCONT');
    this.#process.signal('SIGTERM');
    const timer = setTimeout(() => this.#process.signal('SIGKILL'), 5_000);
    await this.#process.ended;
    clearTimeout(timer);
    await rm(this.#directory, { recursive: true, force: true });
  }
}
