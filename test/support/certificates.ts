import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own, which signs certificates. */
export class Authority {
  readonly #folder: string;
  readonly #own: Certificate;
  #signed = 0;

  constructor(name: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'understudy-authority-'));
    this.#own = { cert: join(this.#folder, 'ca.pem'), key: join(this.#folder, 'ca.key') };
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    openssl('req', '-x509', ...newKey(this.#own.key), ...subject, '-out', this.#own.cert);
  }

  /** The path of its own certificate. */
  get file(): string {
    return this.#own.cert;
  }

  /** Its own certificate, as PEM. */
  get pem(): string {
    return readFileSync(this.#own.cert, 'utf8');
  }

  /** A folder with its certificate under the name that OpenSSL looks for. */
  path(): string {
    const folder = join(this.#folder, 'trusted');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ca.pem'), this.pem);
    openssl('rehash', folder);
    return folder;
  }

  /** Signs a certificate for this common name, valid for 127.0.0.1 unless another IP address is given. */
  sign(name: string, ip = '127.0.0.1'): Certificate {
    this.#signed += 1;
    const file = (suffix: string) => join(this.#folder, `${this.#signed}.${suffix}`);
    const signed = { cert: file('pem'), key: file('key') };
    writeFileSync(file('ext'), `subjectAltName=IP:${ip}\n`);
    openssl('req', ...newKey(signed.key), '-subj', `/CN=${name}`, '-out', file('csr'));
    openssl(
      ...['x509', '-req', '-in', file('csr'), '-CA', this.#own.cert, '-CAkey', this.#own.key, '-days', '2'],
      ...['-set_serial', String(this.#signed), '-extfile', file('ext'), '-out', signed.cert],
    );
    return signed;
  }

  close() {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function openssl(...args: string[]) {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
