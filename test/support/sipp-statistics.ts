import { readFileSync } from 'node:fs';

/** What makes a SIPp write its statistics to `file`, every second and when it ends. */
export function withStatistics(file: string): string[] {
  return ['-trace_stat', '-stf', file, '-fd', '1'];
}

export interface SippStatistics {
  readonly begun: number;
  /** Calls that went by their scenario from beginning to end. */
  readonly successful: number;
  readonly failed: number;
  /** How often a message of the scenario with counter="1" came. */
  readonly counter: number;
}

/** The latest statistics in the file, in SIPp's own count. */
export function readStatistics(file: string): SippStatistics {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const values = lines.length > 1 ? (lines.at(-1)?.split(';') ?? []) : [];
  const value = (name: string) => Number(values[names.indexOf(name)]);
  return {
    begun: value('TotalCallCreated'),
    successful: value('SuccessfulCall(C)'),
    failed: value('FailedCall(C)'),
    counter: value('GenericCounter1(C)'),
  };
}
