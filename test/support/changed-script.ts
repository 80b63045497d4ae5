import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './scene.js';

export interface Change {
  /** Below kamailio/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A copy of the script with one of its guards taken out, to see that the next one holds: the path of its registrar.cfg. */
export async function changedScript(ending: Ending, changes: readonly Change[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-script-'));
  ending.teardown(() => rm(directory, { recursive: true }));
  await cp(new URL('../../kamailio', import.meta.url), directory, { recursive: true });
  for (const { file, from, to } of changes) {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(path, text.replace(from, to));
  }
  return join(directory, 'registrar.cfg');
}
