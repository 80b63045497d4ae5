/**
 * What instances tell each other, as it stands in the log: one JSON object an entry, with the writer's id and a number of the
 * writer's own. Whoever reads ignores kinds and fields that it doesn't know, so that an older instance lives beside a newer one;
 * fields are added, never renamed, and a kind that changes its meaning gets another name.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  AcceptedRow,
  AgentMarks,
  Call,
  CallFacts,
  EndpointId,
  EndpointRow,
  HealthFacts,
  List,
  Outcome,
  OverrideRow,
  ProbeFacts,
  RegistrationRow,
  ReturnTry,
  Time,
  WaitingFacts,
} from './facts.schema.js';

const Name = Type.String({ minLength: 1, maxLength: 1_000 });

const KINDS = {
  /** A call was decided. */
  decided: Type.Object({ call: Call }),
  /** What became of a target. */
  became: Type.Object({ outcome: Outcome }),
  /** A node says whether a place answers its probes. */
  probe: Type.Object({ node: Name, place: Name, answered: Type.Boolean(), at: Time }),
  /** An agent's phone has registered, or is gone. */
  endpoint: Type.Object({ put: EndpointRow }),
  endpoint_gone: Type.Object({ ...EndpointId.properties, at: Time }),
  /** A contact center has registered a phone, or nobody knows that any more. */
  accepted: Type.Object({ put: AcceptedRow }),
  accepted_gone: Type.Object({ ...EndpointId.properties }),
  /** A REGISTER was heard: under this Call-ID none with a lower CSeq counts. */
  registered: Type.Object({
    call_id: Name,
    user: Name,
    domain: Name,
    cseq: Type.Integer({ minimum: 0 }),
  }),
  /** What is bound may be different now; whoever commands the registrars sees to it. */
  bindings: Type.Object({ aors: List(Name) }),
  /** These reach a registrar by the node that has asked for them. */
  sent: Type.Object({ registrations: List(RegistrationRow), node: Type.Union([Name, Type.Null()]) }),
  /** Somebody wants this registrar asked again, and put right. */
  review: Type.Object({ node: Name }),
  /** Another document of this domain is in Postgres; `null`: other nodes are. */
  configuration: Type.Object({ domain: Type.Union([Name, Type.Null()]) }),
  /** Other API keys are in Postgres. */
  keys: Type.Object({}),
  /** Operators have ordered something, or taken it back. */
  override: Type.Object({ put: OverrideRow }),
  override_gone: Type.Object({ id: Name }),
  /** A node has lost its memory of the calls that it had at `start`. */
  node_started: Type.Object({ node: Name, start: Time, at: Time }),
  /** For a caller on hold an agent is called. */
  return_begun: Type.Object({ caller: Name, attempt: ReturnTry, at: Time }),
  /** Somebody is new here and asks for what the log doesn't have any more. */
  hello: Type.Object({}),
  /** A part of what one instance knows, for those who may not. */
  state: Type.Object({
    calls: List(CallFacts),
    agents: List(AgentMarks),
    health: List(HealthFacts),
    probes: List(ProbeFacts),
    waiting: List(WaitingFacts),
  }),
} as const satisfies Record<string, TSchema>;

export type Kind = keyof typeof KINDS;
export type EntryOf<K extends Kind> = { readonly kind: K } & Readonly<Static<(typeof KINDS)[K]>>;
export type Entry = { [K in Kind]: EntryOf<K> }[Kind];

/** Of the form below; a reader takes no other. */
const VERSION = '1';
const CHECKS = Object.fromEntries(
  Object.entries(KINDS).map(([kind, schema]) => [kind, Compile(schema)]),
) as unknown as Readonly<Record<string, { Check(value: unknown): boolean } | undefined>>;

/** As fields of a stream's entry. */
export function encode(entry: Entry, from: string, number: number): Record<string, string> {
  return { v: VERSION, from, n: String(number), entry: JSON.stringify(entry) };
}

export type Decoded =
  | { readonly is: 'entry'; readonly from: string; readonly number: number; readonly entry: Entry }
  /** Of a newer version: it means nothing to this one. */
  | { readonly is: 'unknown' }
  | { readonly is: 'malformed'; readonly why: string };

/** Nothing from the wire is trusted, not even from Redis. */
export function decode({ v, from, n, entry: text }: Readonly<Record<string, string>>): Decoded {
  if (v !== VERSION) return v === undefined ? malformed('it has no version') : { is: 'unknown' };
  const number = Number(n);
  if (!from || !Number.isSafeInteger(number) || text === undefined) return malformed('it lacks a field');
  let entry: { kind?: unknown };
  try {
    entry = JSON.parse(text);
  } catch {
    return malformed('it is no JSON');
  }
  const kind = entry?.kind;
  if (typeof kind !== 'string') return malformed('it has no kind');
  const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
  if (!check) return { is: 'unknown' };
  if (!check.Check(entry)) return malformed(`it is no ${kind}`);
  return { is: 'entry', from, number, entry: entry as Entry };
}

function malformed(why: string): Decoded {
  return { is: 'malformed', why };
}

/** Entries with the same key say the same thing anew: only the last counts. null: each counts for itself. */
export function keyOf(entry: Entry): string | null {
  switch (entry.kind) {
    case 'endpoint':
      return `endpoint ${rowOf(entry.put)}`;
    case 'endpoint_gone':
      return `endpoint ${rowOf(entry)}`;
    case 'accepted':
      return `accepted ${rowOf(entry.put)}`;
    case 'accepted_gone':
      return `accepted ${rowOf(entry)}`;
    case 'configuration':
      return `configuration ${entry.domain}`;
    case 'override':
      return `override ${entry.put.id}`;
    case 'override_gone':
      return `override ${entry.id}`;
    case 'node_started':
      return `node ${entry.node}`;
    default:
      return null;
  }
}

/** A line break occurs in none of the three. */
function rowOf({ domain, agent, key }: Static<typeof EndpointId>): string {
  return `${domain}\n${agent}\n${key}`;
}
