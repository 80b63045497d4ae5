import type { Log } from '../../src/store/log.js';

/** A log that a test reads: every message, and a way to wait for the next one that matches. */
export function logLines(): Log & { readonly lines: string[]; seen(pattern: RegExp): Promise<string> } {
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve(line: string): void }[] = [];
  const note = (first: unknown, message?: string) => {
    const line = typeof first === 'string' ? first : `${message ?? ''} ${JSON.stringify(first)}`;
    lines.push(line);
    for (const { pattern, resolve } of waiting) if (pattern.test(line)) resolve(line);
  };
  return {
    lines,
    debug: note,
    info: note,
    warn: note,
    error: note,
    seen: (pattern) =>
      new Promise((resolve) => {
        const known = lines.find((line) => pattern.test(line));
        if (known === undefined) waiting.push({ pattern, resolve });
        else resolve(known);
      }),
  };
}
