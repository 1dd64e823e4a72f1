import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamError } from '../../src/wire/index.ts';
import { bitString, der, integer, objectId, sequence, utcTime } from './der.ts';

/** A certificate as files, which is how the QUIC library takes it. */
export interface CertificateFiles {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

/** In memory: nothing of it is on the disk, but for `inFiles`. */
export interface DevelopmentCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate's DER, base64: what a browser's `serverCertificateHashes` takes. */
  readonly hash: string;
  /** ms since the Unix epoch. */
  readonly expiresAt: number;
}

const DAY_MS = 86_400_000;
/** Browsers accept a certificate by its hash for at most 14 days (W3C WebTransport §6.9). */
const VALID_DAYS = 10;

/** A self-signed certificate for this machine. */
export function makeCertificate(nowMs: number = Date.now()): DevelopmentCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // From an hour ago: the browser's clock may be behind.
  const notBefore = new Date(nowMs - 3_600_000);
  const notAfter = new Date(nowMs + VALID_DAYS * DAY_MS);
  const bytes = selfSigned(privateKey, publicKey.export({ type: 'spki', format: 'der' }), notBefore, notAfter);
  return {
    certPem: new X509Certificate(bytes).toString(),
    keyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    hash: createHash('sha256').update(bytes).digest('base64'),
    expiresAt: notAfter.getTime(),
  };
}

/**
 * Hands a certificate to what only takes paths. The files are in a directory only this user can read, and gone when `use` has
 * settled: a process that is killed any later leaves no key behind.
 */
export async function inFiles<T>({ certPem, keyPem }: DevelopmentCertificate, use: (files: CertificateFiles) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
    await writeFile(files.cert, certPem, { mode: 0o600 });
    await writeFile(files.key, keyPem, { mode: 0o600 });
    return await use(files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Checks that both files can be read and belong together.
 * @throws {StreamError} `certificate_unreadable`, naming the file
 */
export async function checkCertificate({ cert, key }: CertificateFiles): Promise<void> {
  const certificate = await parsed(cert, 'certificate', (pem) => new X509Certificate(pem));
  const privateKey = await parsed(key, 'private key', (pem) => createPrivateKey(pem));
  if (certificate.checkPrivateKey(privateKey)) return;
  throw new StreamError(
    'certificate_unreadable',
    `The private key ${key} does not belong to the certificate ${cert}. The relay did not start.`,
  );
}

async function parsed<T>(path: string, what: string, parse: (pem: Buffer) => T): Promise<T> {
  try {
    return parse(await readFile(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StreamError(
      'certificate_unreadable',
      `The ${what} ${path} cannot be read: ${why}. The relay did not start. Give the path of a PEM file.`,
      { cause },
    );
  }
}

/** RFC 5280 §4.1, version 3, ECDSA with SHA-256. */
function selfSigned(privateKey: KeyObject, publicKey: Buffer, notBefore: Date, notAfter: Date): Buffer {
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2'));
  const name = sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from('Sluice development')))));
  const names = sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Uint8Array.of(127, 0, 0, 1)),
    der(
      0x87,
      Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 1 : 0)),
    ),
  );
  const extensions = sequence(sequence(objectId('2.5.29.17'), der(0x04, names)));
  const toBeSigned = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(0x40, ...randomBytes(15))),
    algorithm,
    name,
    sequence(utcTime(notBefore), utcTime(notAfter)),
    name,
    publicKey,
    der(0xa3, extensions),
  );
  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, privateKey)));
}
