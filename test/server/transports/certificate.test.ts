import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { access, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRelay } from '../../../server/index.ts';
import { checkCertificate, makeCertificate } from '../../../server/transports/certificate.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';

const DAY_MS = 86_400_000;

describe('the development certificate', () => {
  test('is what browsers accept by hash: P-256, valid now and for at most 14 days', async () => {
    const certificate = await made();
    const x509 = new X509Certificate(await readFile(certificate.cert));
    expect(x509.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.checkPrivateKey(createPrivateKey(await readFile(certificate.key)))).toBe(true);
    expect(x509.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    const [from, to] = [x509.validFromDate.getTime(), x509.validToDate.getTime()];
    expect(from).toBeLessThan(Date.now());
    expect(to - from).toBeLessThanOrEqual(14 * DAY_MS);
    expect(to).toBeGreaterThan(Date.now() + 7 * DAY_MS);
    expect(Math.abs(to - certificate.expiresAt)).toBeLessThan(1_000);
    expect(certificate.hash).toBe(createHash('sha256').update(x509.raw).digest('base64'));
  });

  test('is readable by this user only, and removed', async () => {
    const certificate = await made();
    expect((await stat(certificate.key)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(certificate.key))).mode & 0o777).toBe(0o700);
    await certificate.remove();
    await expect(access(certificate.cert)).rejects.toThrow();
  });

  test('two are never alike', async () => {
    expect((await made()).hash).not.toBe((await made()).hash);
  });
});

describe('a certificate of the app', () => {
  test('that cannot be read is certificate_unreadable, naming the file', async () => {
    const { cert, key } = await made();
    const directory = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const garbage = join(directory, 'garbage.pem');
    const foreign = join(directory, 'foreign.pem');
    await writeFile(garbage, 'not PEM');
    await writeFile(foreign, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const missing = join(directory, 'missing.pem');
    for (const [files, named] of [
      [{ cert: missing, key }, missing],
      [{ cert: garbage, key }, garbage],
      [{ cert, key: missing }, missing],
      [{ cert, key: garbage }, garbage],
      [{ cert, key: foreign }, foreign],
    ] as const) {
      const refused = checkCertificate(files);
      await expect(refused).rejects.toMatchObject({ code: 'certificate_unreadable' });
      await expect(refused).rejects.toThrow(named);
    }
  });

  test('that cannot be read keeps the relay from starting, and leaves no port bound', async () => {
    const certificate = { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' };
    const relay = createRelay({ webTransport: { certificate } });
    onTestFinished(() => relay.close());
    await expect(relay.listen({ port: 0 })).rejects.toMatchObject({ code: 'certificate_unreadable' });
    await expect(relay.listen({ port: 0 })).rejects.toThrow('/nowhere/cert.pem');
  });

  test('is used, and no hash is published', async () => {
    const { cert, key } = await made();
    const { url } = await startRelay({ webTransport: { certificate: { cert, key } } });
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as { endpoints: { webtransport: object } };
    expect(endpoints.webtransport).toMatchObject({ certificateHashes: [] });
    await expect(connectClient('webtransport', url)).rejects.toThrow();
  });
});

async function made(): ReturnType<typeof makeCertificate> {
  const certificate = await makeCertificate();
  onTestFinished(() => certificate.remove());
  return certificate;
}
