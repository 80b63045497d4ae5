import type { Kamailio } from './kamailio.js';
import { until } from './until.js';

/** How many calls this instance of the service has decided. */
export async function decided(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^understudy_decisions_total\{.*\} (\d+)$/gm)].reduce(
    (sum, m) => sum + Number(m[1]),
    0,
  );
}

/** Whether this Kamailio asks the instance of that number after the others. */
export async function isPutLast(kamailio: Kamailio, nth: number): Promise<boolean> {
  const found = await kamailio.rpc('htable.get', ['understudy_failed', String(nth)]).catch((error: Error) => {
    if (/doesn't exist/.test(error.message)) return undefined;
    throw error;
  });
  return found !== undefined;
}

/** Waits until this Kamailio asks the instance of that number in its turn again, by itself. */
export function triedAgain(kamailio: Kamailio, nth: number): Promise<boolean> {
  return until(
    `instance ${nth} to have its turn again`,
    async () => !(await isPutLast(kamailio, nth)),
    15_000,
  );
}

/** As if no instance had failed lately. */
export async function forgetFailed(kamailio: Kamailio) {
  await kamailio.rpc('htable.flush', ['understudy_failed']);
}
