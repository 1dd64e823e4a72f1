import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRelay } from '../../../server/index.ts';
import { type CertificateFiles, checkCertificate, inFiles, makeCertificate } from '../../../server/transports/certificate.ts';
import { relayCli } from '../../support/cli.ts';
import { connectClient } from '../../support/connect.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { startRelay } from '../../support/relay.ts';

const DAY_MS = 86_400_000;

describe('the development certificate', () => {
  test('is what browsers accept by hash: P-256, valid now and for at most 14 days', () => {
    const certificate = makeCertificate();
    const x509 = new X509Certificate(certificate.certPem);
    expect(x509.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.checkPrivateKey(createPrivateKey(certificate.keyPem))).toBe(true);
    expect(x509.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    const [from, to] = [x509.validFromDate.getTime(), x509.validToDate.getTime()];
    expect(from).toBeLessThan(Date.now());
    expect(to - from).toBeLessThanOrEqual(14 * DAY_MS);
    expect(to).toBeGreaterThan(Date.now() + 7 * DAY_MS);
    expect(Math.abs(to - certificate.expiresAt)).toBeLessThan(1_000);
    expect(certificate.hash).toBe(createHash('sha256').update(x509.raw).digest('base64'));
  });

  test('two are never alike', () => {
    expect(makeCertificate().hash).not.toBe(makeCertificate().hash);
  });

  test.for([
    ['that succeeds', undefined],
    ['that fails', new Error('no such port')],
  ] as const)('is in files, readable by this user only, during a use %s', async ([, failure]) => {
    let directory = '';
    const used = inFiles(makeCertificate(), async (files) => {
      directory = dirname(files.key);
      expect((await stat(files.key)).mode & 0o777).toBe(0o600);
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      await checkCertificate(files);
      if (failure !== undefined) throw failure;
    });
    await (failure === undefined ? expect(used).resolves.toBeUndefined() : expect(used).rejects.toBe(failure));
    await expect(access(directory)).rejects.toThrow('ENOENT');
  });

  test('of a relay that serves is in no file: killed, it leaves no key behind', async () => {
    const directory = temporaryDirectory();
    const relay = await relayCli(['--port', '0'], { TMPDIR: directory });
    const client = await connectClient('webtransport', relay.url);
    expect(readdirSync(directory)).toEqual([]);
    relay.child.kill('SIGKILL');
    await once(relay.child, 'exit');
    client.close();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a certificate of the app', () => {
  test('that cannot be read is certificate_unreadable, naming the file', async () => {
    const { cert, key } = written();
    const directory = temporaryDirectory();
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
    const { cert, key } = written();
    const { url } = await startRelay({ webTransport: { certificate: { cert, key } } });
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as { endpoints: { webtransport: object } };
    expect(endpoints.webtransport).toMatchObject({ certificateHashes: [] });
    await expect(connectClient('webtransport', url)).rejects.toThrow();
  });
});

function written(): CertificateFiles {
  const [directory, { certPem, keyPem }] = [temporaryDirectory(), makeCertificate()];
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  writeFileSync(files.cert, certPem);
  writeFileSync(files.key, keyPem);
  return files;
}
