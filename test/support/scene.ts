import { FaultyWire } from './faulty-wire.js';
import { freePort } from './free-port.js';
import { type HeldBinding, Kamailio } from './kamailio.js';
import { type Postgres, startPostgres } from './postgres.js';
import { newDatabase } from './shared-postgres.js';
import {
  type CallOptions,
  type CallResult,
  call,
  callee,
  type RegisterOptions,
  type RegisterResult,
  register,
  type Sipp,
  silent,
} from './sipp.js';
import { startUnderstudy, type Understudy, type UnderstudyOptions } from './understudy.js';
import { until } from './until.js';

/** What ends a scene: a tap test, or the demonstration. Functions run in the reverse order of their adding. */
export interface Ending {
  teardown(fn: () => unknown): unknown;
  /** The test that this one is a part of (as `Ending`, which tap doesn't say of it). */
  readonly parent?: object | undefined;
}

export const DOMAIN = 'cc.example.com';

export interface SceneOptions {
  /** Have an edge in front of the registrar; phones register there. Else the registrar does both jobs. */
  readonly edge?: boolean;
  readonly mode?: 'proxy' | 'b2bua';
  /** How many locations the contact center has. */
  readonly locations?: number;
  /** Agent → skillset → level. */
  readonly agents?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly ringSeconds?: number;
  /** The treatment holds its callers for so long, and they return to agents who become free. */
  readonly holdSeconds?: number;
  readonly maxBranches?: number;
  /** The registrar's shared memory. */
  readonly memoryMb?: number;
  /** Another configuration of the registrar than kamailio/registrar.cfg. */
  readonly registrarConfig?: string;
  /**
   * Let calls and probes say how the contact center is. Else an override has it tried first, whatever becomes of its calls, so
   * that one call of a scene doesn't change the next.
   */
  readonly health?: boolean;
  /** The edge takes calls that the contact center sends by a Path. */
  readonly edgeTrustsContactCenter?: boolean;
  /** Members of the contact center's document besides those that the scene makes. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** Run the service on its embedded Postgres in this folder instead of a server of its own. */
  readonly dataDir?: string;
  /** A Postgres of its own, which may be killed: it keeps what it has acknowledged. Else scenes share one. */
  readonly durable?: boolean;
  /** The Kamailios know a second instance of the service, which startStandIn() starts. */
  readonly standIn?: boolean;
  /** What the service's environment has besides. */
  readonly serviceEnv?: Readonly<Record<string, string>>;
  /** Options of the Node that runs it. */
  readonly serviceNodeArgs?: readonly string[];
  /** Settings of the Kamailios besides those that the scene makes. */
  readonly kamailioEnv?: Readonly<Record<string, string>>;
  /** Postgres has a standby, which the service knows. */
  readonly standby?: boolean;
  /** Put a wire that can be made faulty between the Kamailios and the service (its first instance). */
  readonly wire?: boolean;
  /** By which algorithm agents' phones prove who they are. */
  readonly digest?: 'MD5' | 'SHA-256';
}

type Behaviour = Parameters<typeof callee>[0];

/** An agent's phone: a SIPp that takes calls, and its registration. */
export class Phone {
  readonly agent: string;
  readonly port: number;
  readonly contact: string;
  readonly callId: string;
  #cseq = 0;
  #sipp: Sipp | undefined;
  readonly #scene: Scene;

  constructor(scene: Scene, agent: string, port: number) {
    this.#scene = scene;
    this.agent = agent;
    this.port = port;
    this.contact = `sip:${agent}@127.0.0.1:${port}`;
    this.callId = `${agent}-${port}@phone`;
  }

  /** Sends its REGISTER; each has the next CSeq. */
  register(options: Partial<RegisterOptions> & { expires?: number } = {}): Promise<RegisterResult> {
    const cseq = this.#cseq + 1;
    this.#cseq = options.login ? cseq + 1 : cseq;
    return this.#scene.register(this.agent, {
      contact: `Contact: <${this.contact}>;expires=${options.expires ?? 300}`,
      callId: this.callId,
      cseq,
      ...options,
    });
  }

  unregister(): Promise<RegisterResult> {
    return this.register({ expires: 0 });
  }

  /** Takes calls in this way from now on. */
  async takesCalls(behaviour: Behaviour): Promise<Sipp> {
    await this.#sipp?.kill();
    this.#sipp = await this.#scene.callee(behaviour, this.agent, this.port);
    return this.#sipp;
  }

  async isSilent() {
    await this.#sipp?.kill();
    return this.#scene.silent(this.port);
  }
}

/** A whole small world on loopback: Postgres, Understudy, Kamailio, and the ports of a contact center and of hold music. */
export class Scene {
  /** Its own, when it has one. */
  readonly postgres: Postgres | undefined;
  readonly standby: Postgres | undefined;
  understudy: Understudy;
  readonly #wire: FaultyWire | undefined;
  readonly registrar: Kamailio;
  readonly edge: Kamailio | undefined;
  /** The contact center's locations, as SIP ports. */
  readonly locationPorts: readonly number[];
  readonly treatmentPort: number;
  readonly #ending: Ending;
  readonly #service: UnderstudyOptions;
  readonly #standInPort: number;

  private constructor(
    ending: Ending,
    service: UnderstudyOptions,
    wire: FaultyWire | undefined,
    standInPort: number,
    parts: Pick<
      Scene,
      'postgres' | 'standby' | 'understudy' | 'registrar' | 'edge' | 'locationPorts' | 'treatmentPort'
    >,
  ) {
    this.#ending = ending;
    this.#service = service;
    this.postgres = parts.postgres;
    this.standby = parts.standby;
    this.understudy = parts.understudy;
    this.#wire = wire;
    this.#standInPort = standInPort;
    this.registrar = parts.registrar;
    this.edge = parts.edge;
    this.locationPorts = parts.locationPorts;
    this.treatmentPort = parts.treatmentPort;
  }

  /** Opens a scene that ends with its test; the contact center `cc.example.com` is provisioned as the options say. */
  static async open(ending: Ending, options: SceneOptions = {}): Promise<Scene> {
    const postgres = options.durable || options.standby ? await startPostgres({ durable: true }) : undefined;
    if (postgres) ending.teardown(() => postgres.stop());
    const standby = options.standby ? await postgres?.standby() : undefined;
    if (standby) ending.teardown(() => standby.stop());
    const port = await freePort();
    const service: UnderstudyOptions = {
      port,
      ...(options.dataDir === undefined
        ? { databaseUrl: postgres ? urlOf(postgres, standby) : await newDatabase(ending) }
        : { dataDir: options.dataDir }),
      ...(options.serviceEnv && { env: options.serviceEnv }),
      ...(options.serviceNodeArgs && { nodeArgs: options.serviceNodeArgs }),
    };
    const understudy = await startUnderstudy(service);
    const wire = options.wire ? await FaultyWire.open(understudy.url) : undefined;
    if (wire) ending.teardown(() => wire.close());
    const understudyUrl = wire?.url ?? understudy.url;
    let scene: Scene | undefined;
    ending.teardown(() => (scene?.understudy ?? understudy).stop());

    const standInPort = await freePort();
    const env = {
      ...(options.standIn && { UNDERSTUDY_URL_2: `http://127.0.0.1:${standInPort}` }),
      ...(options.digest && { UNDERSTUDY_DIGEST: options.digest }),
      ...options.kamailioEnv,
    };
    const registrarPort = await freePort();
    const edgePort = await freePort();
    const registrar = await Kamailio.start({
      role: 'registrar',
      node: 'reg1',
      understudyUrl,
      env,
      sipPort: registrarPort,
      trusted: options.edge ? [`127.0.0.1:${edgePort}`] : [],
      ...(options.maxBranches !== undefined && { maxBranches: options.maxBranches }),
      ...(options.memoryMb !== undefined && { memoryMb: options.memoryMb }),
      ...(options.registrarConfig !== undefined && { config: options.registrarConfig }),
    });
    ending.teardown(() => registrar.stop());
    const locationPorts: number[] = [];
    for (let i = 0; i < (options.locations ?? 1); i++) locationPorts.push(await freePort());
    let edge: Kamailio | undefined;
    if (options.edge) {
      const ports = options.edgeTrustsContactCenter ? [registrarPort, ...locationPorts] : [registrarPort];
      const started = await Kamailio.start({
        role: 'edge',
        node: 'edge1',
        understudyUrl,
        env,
        sipPort: edgePort,
        registrarUri: registrar.uri,
        trusted: ports.map((port) => `127.0.0.1:${port}`),
      });
      ending.teardown(() => started.stop());
      edge = started;
    }
    scene = new Scene(ending, service, wire, standInPort, {
      postgres,
      standby,
      understudy,
      registrar,
      edge,
      locationPorts,
      treatmentPort: await freePort(),
    });
    await scene.#provision(options);
    return scene;
  }

  async #provision(options: SceneOptions) {
    await this.api('PUT', '/v1/nodes/reg1', {
      role: 'registrar',
      rpc_url: this.registrar.rpcUrl,
      ...(options.maxBranches !== undefined && { max_branches: options.maxBranches }),
    });
    await this.api('PUT', `/v1/contact-centers/${DOMAIN}`, {
      ...this.document(options),
      ...options.document,
    });
    if (!options.health) {
      await this.api('POST', '/v1/overrides', {
        contact_center: DOMAIN,
        kind: 'normal',
        reason: 'health is not what this scene is about',
        by: 'the test',
        expires_in_seconds: 86_400,
      });
    }
    // what the registrar must hold before any phone registers
    await until(
      'the standing bindings',
      async () => (await this.held('sales')).length > this.locationPorts.length,
    );
  }

  /** What is between the Kamailios and the service, when the scene has one. */
  get wire(): FaultyWire {
    if (!this.#wire) throw new Error('this scene was opened without a wire');
    return this.#wire;
  }

  document(options: SceneOptions) {
    const agents = options.agents ?? {
      alice: { sales: 1, support: 3 },
      bob: { sales: 2 },
      carol: { sales: 3 },
    };
    const ring_seconds = options.ringSeconds ?? 3;
    return {
      mode: options.mode ?? 'proxy',
      locations: this.locationPorts.map((port, i) => ({ uri: `sip:127.0.0.1:${port}`, priority: i + 1 })),
      treatments: [
        {
          name: 'hold-music',
          kind: 'music_on_hold',
          uri: `sip:moh@127.0.0.1:${this.treatmentPort}`,
          ...(options.holdSeconds !== undefined && { hold_seconds: options.holdSeconds }),
        },
      ],
      skillsets: [
        { name: 'sales', treatment: 'hold-music', ring_seconds },
        { name: 'support', treatment: 'hold-music', ring_seconds },
      ],
      agents: Object.entries(agents).map(([name, skills]) => ({ name, skills })),
      // One call of a scene doesn't change the next, unless the scene says so.
      put_last_seconds: 0,
    };
  }

  /** After understudy.kill9(): the same service again, on its port and its data. */
  async startUnderstudyAgain() {
    this.understudy = await startUnderstudy(this.#service);
  }

  /** Starts the second instance that the Kamailios know, on the first one's data; it knows what there is by now. */
  async startStandIn(): Promise<Understudy> {
    const standIn = await startUnderstudy({ ...this.#service, port: this.#standInPort });
    this.#ending.teardown(() => standIn.stop());
    return standIn;
  }

  /** Of the database that the service uses, when that is no embedded one. */
  get databaseUrl(): string | undefined {
    return this.#service.databaseUrl;
  }

  /** Until the service has heard that the registrar started, after which it looks at it anew. */
  async registrarIsKnown(): Promise<void> {
    await until("the registrar's start to be known", () =>
      this.understudy.logs().includes('a Kamailio started'),
    );
  }

  get understudyRuns() {
    return this.understudy.running;
  }

  /** A decision, when its outcomes are what `check` asks for. */
  decisionWhen<T>(id: string, check: (decision: T) => boolean): Promise<T> {
    return until(`the outcomes of decision ${id}`, async () => {
      const decision = await this.api<T>('GET', `/v1/decisions/${id}`);
      if (!check(decision)) throw new Error(JSON.stringify(decision));
      return decision;
    });
  }

  /** `ip:port` of the Kamailio that callers reach. */
  get callTarget() {
    return `127.0.0.1:${this.registrar.sipPort}`;
  }

  /** `ip:port` of the Kamailio that phones register at. */
  get registerTarget() {
    return `127.0.0.1:${(this.edge ?? this.registrar).sipPort}`;
  }

  /** Asks the service; the answer's body, with its status. */
  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.understudy.url}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The same for what must succeed. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /** What the registrar holds for an address of the contact center, highest q first. */
  held(user: string): Promise<HeldBinding[]> {
    return this.registrar.bindings(`sip:${user}@${DOMAIN}`);
  }

  /** The same, when it is what `check` asks for. */
  heldWhen(user: string, check: (bindings: HeldBinding[]) => boolean): Promise<HeldBinding[]> {
    return until(`the registrar's bindings of ${user}`, async () => {
      const bindings = await this.held(user);
      if (!check(bindings)) throw new Error(JSON.stringify(bindings));
      return bindings;
    });
  }

  async callee(behaviour: Behaviour, name: string, port: number): Promise<Sipp> {
    const sipp = await callee(behaviour, name, port);
    this.#ending.teardown(() => sipp.kill());
    return sipp;
  }

  async silent(port: number) {
    const socket = await silent(port);
    this.#ending.teardown(() => socket.kill());
    return socket;
  }

  /** The contact center takes calls at its n-th location (from 0), in the way given. */
  contactCenter(behaviour: Behaviour, location = 0): Promise<Sipp> {
    return this.callee(
      behaviour,
      location === 0 ? 'contact-center' : `contact-center-${location + 1}`,
      this.locationPorts[location] ?? 0,
    );
  }

  treatment(behaviour: Behaviour = { answer: 10 }): Promise<Sipp> {
    return this.callee(behaviour, 'hold-music', this.treatmentPort);
  }

  /** A phone of `agent` that takes calls in the way given and has registered. */
  async phone(agent: string, behaviour?: Behaviour): Promise<Phone> {
    const phone = new Phone(this, agent, await freePort());
    if (behaviour) await phone.takesCalls(behaviour);
    let { status, response } = await phone.register();
    // A phone that is told to come back does: on a machine that is busy, the service's first answer may be late.
    for (let tries = 1; status === 503 && tries < 3; tries++) ({ status, response } = await phone.register());
    if (status !== 200) {
      throw new Error(`REGISTER of ${agent}: ${response.text}\n${this.understudy.logs().slice(-1_000)}`);
    }
    return phone;
  }

  /** A phone that has not registered yet. */
  async newPhone(agent: string): Promise<Phone> {
    return new Phone(this, agent, await freePort());
  }

  register(agent: string, options: RegisterOptions): Promise<RegisterResult> {
    return register(this.registerTarget, `sip:${agent}@${DOMAIN}`, options);
  }

  call(user: string, options: CallOptions = {}): Promise<CallResult> {
    return call(this.callTarget, `sip:${user}@${DOMAIN}`, options);
  }
}

/** In libpq's form: whichever of them takes writes. */
function urlOf(postgres: Postgres, standby: Postgres | undefined): string {
  if (!standby) return postgres.url;
  const hosts = `127.0.0.1:${postgres.port},127.0.0.1:${standby.port}`;
  return `postgres://postgres@${hosts}/postgres?target_session_attrs=read-write`;
}
