/** JSON-RPC 2.0 over HTTP, as Kamailio's jsonrpcs and xhttp modules serve it. */
import { postJson } from './post-json.js';

export type RpcParam = string | number;

/** Asks one Kamailio. Rejects with an RpcFault when it refuses, with any other error when it can't be asked. */
export type Rpc = (url: string, method: string, params: readonly RpcParam[]) => Promise<unknown>;

/** The same with the Kamailio decided. */
export type Call = (method: string, params: readonly RpcParam[]) => Promise<unknown>;

export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly code: number;
  /** What Kamailio said, without the method. */
  readonly reason: string;

  constructor(method: string, code: number, reason: string) {
    super(`${method}: ${code} ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** A Kamailio that answers does so within milliseconds; one that is frozen must not hold up the others' work. */
const TIMEOUT_MS = 1_000;
/** What takes longer: all addresses of a large registrar, and a request that is sent until tm gives it up. */
const TIMEOUTS_MS: Readonly<Record<string, number>> = { 'ul.dump': 10_000, 'tm.t_uac_wait': 35_000 };

export const jsonRpc: Rpc = async (url, method, params) => {
  const question = { jsonrpc: '2.0', id: 1, method, params };
  const { status, text } = await postJson(new URL(url), question, TIMEOUTS_MS[method] ?? TIMEOUT_MS);
  // A fault has its code as the HTTP status too, so the status alone says nothing.
  const answer = parseAnswer(text);
  if (!answer) throw new Error(`${method}: HTTP ${status} without a JSON-RPC answer`);
  if (answer.error) {
    throw new RpcFault(method, Number(answer.error.code), String(answer.error.message));
  }
  return answer.result;
};

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

function parseAnswer(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) && ('result' in answer || isObject(answer.error)) ? answer : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
