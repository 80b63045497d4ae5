/** `npm run openapi`: src/openapi.json as the service serves it, from an embedded Postgres that is thrown away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { buildApp } from '../app.js';
import { openStore } from '../store/open-store.js';

const DATA_DIR = mkdtempSync(join(tmpdir(), 'understudy-openapi-'));
const store = await openStore({ DATA_DIR }, pino({ level: 'silent' }));
const app = await buildApp({ store });
await app.ready();
writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
await store.close();
rmSync(DATA_DIR, { recursive: true });
