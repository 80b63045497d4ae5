import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** As the settings name them. */
export interface TlsFiles {
  readonly TLS_CERT_FILE?: string;
  readonly TLS_KEY_FILE?: string;
  readonly TLS_CLIENT_CA_FILE?: string;
}

/** What TLS is spoken with. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  /** Who issues the nodes' certificates. */
  readonly ca?: string;
}

/** What is wrong with a file, in one line that names its setting. */
export class TlsFileError extends Error {}

/** Undefined: plain HTTP. Reads what is in the files now, and sees that it can be used. */
export function readTls(files: TlsFiles): Tls | undefined {
  const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = files;
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return undefined;
  const cert = read('TLS_CERT_FILE', TLS_CERT_FILE);
  const key = read('TLS_KEY_FILE', TLS_KEY_FILE);
  check('TLS_CERT_FILE', TLS_CERT_FILE, 'holds no certificate', () => new X509Certificate(cert));
  check('TLS_KEY_FILE', TLS_KEY_FILE, 'is not the key of TLS_CERT_FILE', () =>
    createSecureContext({ cert, key }),
  );
  if (TLS_CLIENT_CA_FILE === undefined) return { cert, key };
  const ca = read('TLS_CLIENT_CA_FILE', TLS_CLIENT_CA_FILE);
  check('TLS_CLIENT_CA_FILE', TLS_CLIENT_CA_FILE, 'holds no certificate', () => new X509Certificate(ca));
  return { cert, key, ca };
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TlsFileError(`${setting} ${file} cannot be read: ${code}`, { cause: error });
  }
}

function check(setting: string, file: string, fault: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw new TlsFileError(`${setting} ${file} ${fault}`, { cause: error });
  }
}
