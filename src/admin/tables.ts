import type { ContactCenter } from '../directory/contact-center.js';
import type { Sliceable } from '../http/slices.js';
import { byName, type PartChange, partChanges } from './part-changes.js';

/** A table that holds one kind of part: the columns beside `domain`, those of the key first. */
export interface Table {
  readonly name: string;
  /** How many columns, beside `domain`, make the key. */
  readonly keys: number;
  readonly columns: readonly (readonly [name: string, type: 'text' | 'integer' | 'jsonb'])[];
  /** The rows that differ, as they were and as they are to be. */
  changed(before: ContactCenter | undefined, after: ContactCenter): Sliceable<{ old: Row[]; now: Row[] }>;
}

export type Row = readonly (string | number | null)[];

/** What is named stands before what names it. */
export const TABLES: readonly Table[] = [
  {
    name: 'locations',
    keys: 1,
    columns: [
      ['uri', 'text'],
      ['priority', 'integer'],
      ['fr_timer_ms', 'integer'],
    ],
    changed: (before, after) =>
      rows(
        partChanges(before?.locations, after.locations, ({ uri }) => uri),
        ({ uri, priority, fr_timer_ms }) => [[uri, priority, fr_timer_ms]],
      ),
  },
  {
    name: 'treatments',
    keys: 1,
    columns: [
      ['name', 'text'],
      ['kind', 'text'],
      ['uri', 'text'],
      ['fr_timer_ms', 'integer'],
      ['hold_seconds', 'integer'],
    ],
    changed: (before, after) =>
      rows(partChanges(before?.treatments, after.treatments, byName), (treatment) => {
        const { name, kind, uri, fr_timer_ms, hold_seconds } = treatment;
        return [[name, kind, uri, fr_timer_ms, hold_seconds]];
      }),
  },
  {
    name: 'skillsets',
    keys: 1,
    columns: [
      ['name', 'text'],
      ['treatment', 'text'],
      ['ring_seconds', 'integer'],
      ['call_order', 'text'],
      ['group_size', 'integer'],
    ],
    changed: (before, after) =>
      rows(partChanges(before?.skillsets, after.skillsets, byName), (skillset) => {
        const { name, treatment, ring_seconds, order, group_size } = skillset;
        return [[name, treatment, ring_seconds, order, group_size]];
      }),
  },
  {
    name: 'agents',
    keys: 1,
    columns: [
      ['name', 'text'],
      ['weight', 'integer'],
      ['contacts', 'jsonb'],
    ],
    changed: (before, after) =>
      rows(partChanges(before?.agents, after.agents, byName), ({ name, weight, contacts }) => [
        [name, weight, JSON.stringify(contacts)],
      ]),
  },
  {
    name: 'skills',
    keys: 2,
    columns: [
      ['agent', 'text'],
      ['skillset', 'text'],
      ['level', 'integer'],
    ],
    changed: (before, after) =>
      rows(partChanges(before?.agents, after.agents, byName), ({ name, skills }) =>
        Object.entries(skills).map(([skillset, level]) => [name, skillset, level]),
      ),
  },
];

function* rows<T>(
  changes: readonly PartChange<T>[],
  rowsOf: (part: T) => Row[],
): Sliceable<{ old: Row[]; now: Row[] }> {
  const all: { old: Row[]; now: Row[] } = { old: [], now: [] };
  for (const { old, now } of changes) {
    if (old) all.old.push(...rowsOf(old));
    if (now) all.now.push(...rowsOf(now));
    yield;
  }
  return all;
}

/** What the table needs: the rows to put, and the keys of those that are gone. */
export function* rowChanges(
  table: Table,
  before: ContactCenter | undefined,
  after: ContactCenter,
): Sliceable<{ put: Row[]; gone: Row[] }> {
  const { old, now } = yield* table.changed(before, after);
  const keyOf = (row: Row) => JSON.stringify(row.slice(0, table.keys));
  const kept = new Set<string>();
  for (const row of now) {
    kept.add(keyOf(row));
    yield;
  }
  const gone: Row[] = [];
  for (const row of old) {
    if (!kept.has(keyOf(row))) gone.push(row.slice(0, table.keys));
    yield;
  }
  return { put: now, gone };
}
