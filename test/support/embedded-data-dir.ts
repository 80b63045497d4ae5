import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import type { Ending } from './scene.js';

const run = promisify(execFile);
const PACKAGE = new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url);

/** A folder in which an embedded Postgres will be made. */
export async function emptyDataDir(ending: Ending): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-data-'));
  ending.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Puts a new embedded Postgres into the folder, as the service would make it there itself in four seconds. */
export async function fillDataDir(directory: string): Promise<void> {
  await run('cp', ['-a', `${await template()}/.`, directory]);
}

/** Made once per machine run; moved into place whole, so two who make it at once don't mix. */
async function template(): Promise<string> {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  const made = join(tmpdir(), `understudy-embedded-${version}-${process.getuid?.()}`);
  if (existsSync(made)) return made;
  const draft = await mkdtemp(`${made}-draft-`);
  await (await PGlite.create({ dataDir: join(draft, 'postgres') })).close();
  await rename(draft, made).catch(async (error) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  });
  return made;
}
