import { SET } from './dispatcher-set.js';
import { type Call, isObject, RpcFault } from './json-rpc.js';

/** Whether it has answered the last probe; null: it hasn't been probed yet, or an operator has switched it off. */
export type Answered = boolean | null;

/** What a Kamailio probes for us, by its URI. */
export async function dispatcherList(call: Call): Promise<Map<string, Answered>> {
  const probed = new Map<string, Answered>();
  for (const { URI, FLAGS } of destinationsIn(await list(call))) {
    if (typeof URI === 'string') probed.set(URI, answered(String(FLAGS)));
  }
  return probed;
}

async function list(call: Call): Promise<unknown> {
  try {
    return await call('dispatcher.list', ['short']);
  } catch (error) {
    if (error instanceof RpcFault && /^No Destination Sets/i.test(error.reason)) return {};
    throw error;
  }
}

function destinationsIn(result: unknown): Record<string, unknown>[] {
  const records = isObject(result) && Array.isArray(result.RECORDS) ? result.RECORDS : [];
  const sets = records.flatMap((item: unknown) => (isObject(item) && isObject(item.SET) ? [item.SET] : []));
  const ours = sets.find(({ ID }) => Number(ID) === SET);
  const targets = Array.isArray(ours?.TARGETS) ? ours.TARGETS : [];
  return targets.flatMap((item: unknown) => (isObject(item) && isObject(item.DEST) ? [item.DEST] : []));
}

/** `A`ctive, `I`nactive, `T`rying or `D`isabled; then `P` once it has been probed, else `X`. */
function answered(flags: string): Answered {
  if (flags === 'AP') return true;
  return flags === 'IP' ? false : null;
}
