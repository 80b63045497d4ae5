import http from 'node:http';
import https from 'node:https';
import { reasonOf } from '../store/reason-of.js';

/** Unlike fetch(), they connect to every port: what keeps browsers from 5060 and 5061 is nothing to us, Kamailio may be there. */
const CLIENTS = { 'http:': http, 'https:': https } as const;

/** So long a connection that nothing goes over is kept: less than any server does, so that none is found closed. */
const KEPT_MS = 4_000;
const KEPT = { keepAlive: true, timeout: KEPT_MS };
const AGENTS = { 'http:': new http.Agent(KEPT), 'https:': new https.Agent(KEPT) } as const;

/** All bindings of a large registrar are some ten MB. */
const ANSWER_BYTES = 64 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends JSON and reads the answer, whatever its status, but follows nobody elsewhere. Rejects when that can't be had within the
 * time, from connecting to the last byte: with a TimeoutError, or with what went wrong as its cause.
 */
export function postJson(
  url: URL,
  body: object,
  timeoutMs: number,
  answerBytes = ANSWER_BYTES,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const protocol = url.protocol as keyof typeof CLIENTS;
    const text = JSON.stringify(body);
    const request = CLIENTS[protocol].request(url, {
      method: 'POST',
      agent: AGENTS[protocol],
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    });
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
      request.destroy();
    };
    const failed = (cause: Error) => fail(new Error(`${url.origin}: ${reasonOf(cause)}`, { cause }));
    const late = setTimeout(() => fail(timedOut(url, timeoutMs)), timeoutMs);
    request.on('error', failed);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 300 && status < 400) fail(new Error(`${url.origin}: HTTP ${status} leads elsewhere`));
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > answerBytes) fail(new Error(`${url.origin}: more than ${answerBytes} bytes of answer`));
        else chunks.push(chunk);
      });
      response.on('error', failed);
      response.on('end', () => {
        clearTimeout(late);
        resolve({ status, text: Buffer.concat(chunks).toString() });
      });
    });
    request.end(text);
  });
}

function timedOut({ origin }: URL, timeoutMs: number): Error {
  return Object.assign(new Error(`${origin}: no answer within ${timeoutMs} ms`), { name: 'TimeoutError' });
}
