import http from 'node:http';

export interface Answered {
  readonly status: number;
  readonly bytes: number;
}

/** What calls' questions took while something else went on. */
export interface Beside {
  readonly asked: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  /** How often it was done meanwhile, and what the last one was answered. */
  readonly times: number;
  readonly last: Answered | undefined;
}

const EVERY_MS = 10;
const GIVEN_UP_MS = 60_000;

/**
 * Asks for a call every 10 ms, whether or not the one before is answered, while `act` is done over and over for so long. What a
 * question took counts from when it was due. Answers aren't looked into, nor are bodies made here: that would hold up the clock.
 */
export async function besideCalls(
  { url, question, seconds }: { url: string; question: () => object; seconds: number },
  act: () => Promise<Answered | undefined>,
): Promise<Beside> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
  const took: number[] = [];
  const open: Promise<unknown>[] = [];
  const begun = performance.now();
  let due = begun;
  const ask = () => {
    for (; due <= performance.now(); due += EVERY_MS) {
      const since = due;
      const body = Buffer.from(JSON.stringify(question()));
      const answered = request('POST', `${url}/v1/route`, { body, agent }).then(({ status }) => {
        if (status !== 200) throw new Error(`a call's question was answered ${status}`);
        took.push(performance.now() - since);
      });
      open.push(answered);
      answered.catch(() => {});
    }
  };
  const timer = setInterval(ask, EVERY_MS / 2);
  let times = 0;
  let last: Answered | undefined;
  try {
    while (performance.now() - begun < seconds * 1_000) {
      last = await act();
      times += 1;
    }
  } finally {
    clearInterval(timer);
    await Promise.allSettled(open);
    agent.destroy();
  }
  await Promise.all(open);
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round(took[Math.floor((took.length - 1) * share)] as number);
  return { asked: took.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1), times, last };
}

/** Sends a body that is ready, and reads the answer without keeping it. */
export function request(
  method: string,
  url: string,
  {
    body,
    agent,
    headers = {},
  }: { body?: Buffer; agent?: http.Agent; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body && { 'content-type': 'application/json', 'content-length': String(body.length) };
    const sent = http.request(url, { method, agent: agent ?? false, headers: { ...length, ...headers } });
    sent.on('response', (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.setTimeout(GIVEN_UP_MS, () => sent.destroy(new Error(`${method} ${url} was not answered`)));
    sent.end(body);
  });
}
