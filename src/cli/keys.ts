/** `npm run keys`: makes, lists, rotates and revokes API keys, straight in the database. */
import { hostname, userInfo } from 'node:os';
import pino from 'pino';
import { documentOf } from '../access/api-key.js';
import { type Issued, KeyOrders } from '../access/key-orders.js';
import { Keys } from '../access/keys.js';
import { ChangeLog } from '../changes/change-log.js';
import { ConfigError, loadConfig } from '../config.js';
import { Problem } from '../errors.js';
import { openStore, type Store } from '../store/open-store.js';
import { StoreError } from '../store/store-error.js';
import { type KeysCommand, parseKeysArguments, USAGE, UsageError } from './keys-arguments.js';

/** For a Postgres that starts at this very moment. */
const WAIT_MS = 10_000;
// What is printed on stdout is what was asked for.
const log = pino({ level: 'warn' }, pino.destination(2));

try {
  const command = parseKeysArguments(process.argv.slice(2));
  const store = await open();
  await carryOut(command, store).finally(() => store.close());
} catch (error) {
  for (const line of linesOf(error)) process.stderr.write(`understudy: ${line}\n`);
  process.exitCode = 1;
}

async function open(): Promise<Store> {
  const config = loadConfig();
  try {
    return await openStore(config, log, AbortSignal.timeout(WAIT_MS));
  } catch (error) {
    if (!(error instanceof StoreError) || !error.message.includes('is in use by the process')) throw error;
    throw new StoreError(
      'The service is running on the embedded Postgres, which serves one process alone: use its API (POST /v1/keys), or ' +
        `stop it for the moment. ${error.message}`,
      { cause: error },
    );
  }
}

async function carryOut(command: KeysCommand, { pool }: Store): Promise<void> {
  const clock = Date.now;
  const changes = new ChangeLog({ pool, log, clock });
  const keys = new Keys({ pool, log: pino({ level: 'silent' }), clock });
  const orders = new KeyOrders({ pool, keys, changes, clock });
  const by = `command line (${userInfo().username}@${hostname()})`;
  await keys.read();
  try {
    switch (command.verb) {
      case 'create':
        return issued(await orders.create(command.key, by));
      case 'rotate':
        return issued(await orders.rotate(command.id, command.overlapSeconds, by));
      case 'revoke':
        await orders.revoke(command.id, by, { evenLast: true });
        process.stderr.write('It is revoked; running instances know it within seconds.\n');
        return;
      case 'list':
        for (const key of keys.all()) process.stdout.write(`${JSON.stringify(documentOf(key))}\n`);
    }
  } finally {
    await changes.committed();
    await changes.close();
    await keys.close();
  }
}

function issued({ key, text }: Issued): void {
  process.stderr.write(`The key ${key.id} (${key.name}); it is never shown again:\n`);
  process.stdout.write(`${text}\n`);
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [error.message, ...USAGE.split('\n')];
  if (error instanceof ConfigError) return error.lines;
  if (error instanceof StoreError || error instanceof Problem) return [error.message];
  throw error;
}
