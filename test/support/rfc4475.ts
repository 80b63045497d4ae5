import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The messages of RFC 4475 as files; they are no part of this repository and lie beside it. */
const FOLDER = new URL('../../../shared/data/rfc4475/', import.meta.url);

/** Why they can't be sent; undefined: they can. */
export function rfc4475IsMissing(): string | undefined {
  return existsSync(FOLDER)
    ? undefined
    : `NOT TESTED: the messages of RFC 4475 are not in ${FOLDER.pathname}`;
}

/** By name, such as `wsinv`; every one that is there. */
export function rfc4475(): Map<string, Buffer> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.dat'));
  return new Map(files.map((file) => [file.slice(0, -'.dat'.length), readFileSync(new URL(file, FOLDER))]));
}
