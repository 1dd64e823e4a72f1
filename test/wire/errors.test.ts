import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable, isErrorCode, StreamError } from '../../src/wire/index.ts';

test('docs/PROTOCOL.md prints the table of codes as it is', () => {
  const rows = readFileSync('docs/PROTOCOL.md', 'utf8').matchAll(/^\| `(\w+)` \| (.+) \| (\d+) \| (\d+) \| (yes|no) \|$/gm);
  const printed = Array.from(rows, ([, code, , status, close, retry]) => [
    code,
    { status: Number(status), close: Number(close), retryable: retry === 'yes' },
  ]);
  expect(Object.fromEntries(printed)).toEqual(errorTable);
});

test('every close code is private to applications (RFC 6455 §7.4.2)', () => {
  for (const { close } of Object.values(errorTable)) expect(close >= 4000 && close <= 4999).toBe(true);
});

test('an error carries what its code says, unless told otherwise', () => {
  expect(new StreamError('upstream_rate_limited', 'Slow down.', { retryAfterMs: 5 })).toMatchObject({
    message: 'Slow down.',
    retryable: true,
    retryAfterMs: 5,
  });
  expect(new StreamError('internal', undefined, { retryable: false })).toMatchObject({ retryable: false });
  expect([isErrorCode('internal'), isErrorCode('toString'), isErrorCode(7)]).toEqual([true, false, false]);
});
