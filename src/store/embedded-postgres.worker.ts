import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/**
 * The embedded Postgres and its socket, in a thread of its own because a query keeps PGlite's thread busy until it is done.
 * Says `listening` once it is, closes when it is sent anything, and then ends.
 */
export interface EmbeddedPostgresData {
  readonly dataDir: string;
  readonly socket: string;
}

if (parentPort === null) throw new Error('This file runs as a worker thread');
const { dataDir, socket } = workerData as EmbeddedPostgresData;

const database = join(dataDir, 'postgres');
if (!existsSync(database)) await create(database);
await rm(socket, { force: true });

const db = await open(database);
// A client that gave up on a query may come back before its old connection is noticed as gone.
const server = new PGLiteSocketServer({ db, path: socket, maxConnections: 8 });
await server.start();
parentPort.postMessage('listening');

await once(parentPort, 'message');
await server.stop();
await db.close();
parentPort.close();

/** Made beside its place and then moved there, so that a process killed meanwhile does not leave half a database. */
async function create(directory: string): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await (await open(draft)).close();
  await rename(draft, directory);
}

function open(directory: string): Promise<PGlite> {
  return PGlite.create({
    dataDir: directory,
    // The default of 128 MB would be touched page by page and make up most of this process.
    postgresqlconf: ['shared_buffers=16MB'],
    onStderr: (line) => {
      // PGlite goes on after a panic (a full disk) and hangs in its next query. An error that nobody catches ends this thread,
      // and the new one that is then started recovers from the WAL.
      if (line.includes('PANIC:')) {
        queueMicrotask(() => {
          throw new Error(line.trim());
        });
      }
      return true;
    },
  });
}
