import { parentPort } from 'node:worker_threads';
import type { ValidateFunction } from 'ajv';
import type { FieldError } from '../errors.js';
import { newAjv } from './ajv.js';
import { fieldErrors } from './field-errors.js';
import { HALF_PAIR, hasHalfPair } from './json-text.js';

export interface Question {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As JSON. */
  readonly schema: string;
}

/** A document without its long lists, and these in parts, all as JSON: what is one value is read in one go. */
export interface Parts {
  readonly head: string;
  readonly lists: readonly { readonly name: string; readonly parts: readonly string[] }[];
}

export type Answer = Parts | { readonly faults: readonly FieldError[] };

/** Large documents are parsed and checked against their schemas here, one after the other: meanwhile calls are answered. */
if (parentPort === null) throw new Error('This file runs as a worker thread');
const port = parentPort;
port.on('message', (question: Question) => port.postMessage(answerTo(question)));

const PART = 100;

const FIRST_FAULT = newAjv({ allErrors: false });
const ALL_FAULTS = newAjv();
const compiled = new Map<string, { first: ValidateFunction; all: ValidateFunction }>();

function answerTo({ bytes, schema }: Question): Answer {
  const text = new TextDecoder().decode(bytes);
  if (hasHalfPair(text)) return fault(HALF_PAIR);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return fault((error as Error).message);
  }
  if (changesPrototypes(body)) return fault('Object contains forbidden prototype property');
  const { first, all } = validatorsOf(schema);
  if (!first(body)) {
    const [found] = first.errors ?? [];
    // What is too long holds no end of faults.
    if (!found?.keyword.startsWith('max')) all(body);
    const errors = all.errors?.length ? all.errors : first.errors;
    all.errors = null;
    return { faults: fieldErrors((errors ?? []) as Parameters<typeof fieldErrors>[0]) };
  }
  return inParts(body as Record<string, unknown>);
}

function validatorsOf(schema: string) {
  const known = compiled.get(schema);
  if (known) return known;
  const validators = {
    first: FIRST_FAULT.compile(JSON.parse(schema)),
    all: ALL_FAULTS.compile(JSON.parse(schema)),
  };
  compiled.set(schema, validators);
  return validators;
}

function fault(detail: string): Answer {
  return { faults: [{ field: '', detail }] };
}

/** As Fastify's own parser refuses it. */
function changesPrototypes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    if (name === 'constructor' && Object.hasOwn(member, 'prototype')) return true;
    if (changesPrototypes(member)) return true;
  }
  return false;
}

function inParts(body: Record<string, unknown>): Parts {
  const lists = Object.entries(body).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > PART ? [{ name, parts: partsOf(value) }] : [],
  );
  const long = new Set(lists.map(({ name }) => name));
  const head = Object.fromEntries(Object.entries(body).filter(([name]) => !long.has(name)));
  return { head: JSON.stringify(head), lists };
}

function partsOf(list: readonly unknown[]): string[] {
  const parts: string[] = [];
  for (let i = 0; i < list.length; i += PART) parts.push(JSON.stringify(list.slice(i, i + PART)));
  return parts;
}
