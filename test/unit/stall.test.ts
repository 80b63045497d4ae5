import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import t from 'tap';
import { Stall } from '../../src/http/stall.js';

const STALLED_MS = 300;
/** As long as a decision takes before the code is warm, on a busy machine, and more. */
const DECISION_MS = 50;

t.test(
  'after a stall, whoever is gone has given up, however long the turn takes that read the request',
  async (t) => {
    t.same(await askedDuringStall({ goes: true }), [true, true]);
  },
);

t.test('whoever still waits has not', async (t) => {
  t.same(await askedDuringStall({ goes: false }), [false, false]);
});

/** Two ask while this process has no time, and perhaps go: whether they are taken for gone when they are read. */
async function askedDuringStall({ goes }: { goes: boolean }): Promise<boolean[]> {
  const stall = new Stall();
  const looks: Promise<boolean>[] = [];
  const server = createServer((request) => {
    looks.push(stall.hasGivenUp(request.socket));
    block(DECISION_MS);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const callers = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(callers.map((caller) => once(caller, 'connect')));
  for (const caller of callers) {
    caller.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    if (goes) caller.destroy();
  }
  block(STALLED_MS);
  while (looks.length < callers.length) await once(server, 'request');
  const given = await Promise.all(looks);
  stall.close();
  for (const caller of callers) caller.destroy();
  server.close();
  await once(server, 'close');
  return given;
}

/** As a process does that is stopped, or has much to do. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
