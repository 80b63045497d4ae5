import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';

const nft = (...words: string[]) => promisify(execFile)('nft', words);
const TABLE = ['ip', 'understudy_chaos'];

/**
 * From now on nothing arrives of what two UDP ports send to each other, and neither is told. Only in a network namespace of our own,
 * which `npm run chaos` makes: the rules must not meet anybody else's packets.
 */
export async function cut(a: number, b: number): Promise<void> {
  if (Object.keys(networkInterfaces()).some((name) => name !== 'lo')) {
    throw new Error('A wire is cut in a network namespace of our own only: npm run chaos makes one');
  }
  await nft('add', 'table', ...TABLE);
  // At the receiver's side: a packet that is dropped on its way out is an error to its sender.
  await nft('add', 'chain', ...TABLE, 'in', '{ type filter hook input priority 0; }');
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    await nft(
      'add',
      'rule',
      ...TABLE,
      'in',
      'udp',
      'sport',
      String(from),
      'udp',
      'dport',
      String(to),
      'drop',
    );
  }
}

export async function mend(): Promise<void> {
  await nft('delete', 'table', ...TABLE);
}
