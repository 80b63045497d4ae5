import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  /** The process that answers. */
  readonly pid: number;
  readonly connections: number;
  readonly seconds: number;
  /** Waits until what the requests have left to do is done, so that it isn't on the next measurement's bill. */
  readonly settled?: () => Promise<unknown>;
  /** What the n-th connection sends, over and over. */
  readonly requests: (connection: number) => autocannon.Request[];
}

export interface Measured {
  readonly perSecond: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** What the server's process alone spent on one request, until all was settled: what else runs on the machine hardly counts. */
  readonly cpu_us: number;
}

/** Linux counts CPU time in these, whatever the kernel's own tick is. */
const TICK_US = 10_000;

/** As many requests as the server answers, for a time. Throws when one isn't answered 200. */
export async function load({ url, pid, connections, seconds, settled, requests }: Load): Promise<Measured> {
  const cpuBefore = cpuTicks(pid);
  const latencies: number[] = [];
  let connection = 0;
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    timeout: 5,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    setupClient: (client) => client.setRequests(requests(connection++)),
  }) as Promise<autocannon.Result> & autocannon.Instance;
  run.on('response', (_client, _status, _bytes, ms) => latencies.push(ms));
  const { duration, errors, timeouts, statusCodeStats = {} } = await run;
  if (errors + timeouts > 0 || Object.keys(statusCodeStats).join() !== '200') {
    const statuses = JSON.stringify(statusCodeStats);
    throw new Error(`${url}: ${errors} errors, ${timeouts} timeouts, statuses ${statuses}`);
  }
  await settled?.();
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / duration,
    p50_ms: latencies[Math.floor(latencies.length * 0.5)] as number,
    p99_ms: latencies[Math.floor(latencies.length * 0.99)] as number,
    cpu_us: ((cpuTicks(pid) - cpuBefore) * TICK_US) / latencies.length,
  };
}

/** User and system time of all of its threads (proc(5), fields 14 and 15). */
function cpuTicks(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] as string;
  const fields = afterName.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
