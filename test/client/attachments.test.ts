import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Attachment, createAttachments } from '../../src/client/attachments.ts';
import { createRecord } from '../../src/store/apply.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function attachment(key: number): Attachment {
  return { key, record: createRecord(key, undefined, 0), relay: undefined, local: undefined };
}

test('[UI6] a stream leaves a grace after its last reference, and only then', () => {
  const left: number[] = [];
  const shown: number[] = [];
  const attachments = createAttachments({ graceMs: 3000, onShown: ({ key }) => shown.push(key), onLeft: ({ key }) => left.push(key) });
  const stream = attachment(1);
  const releases = [attachments.refer(stream), attachments.refer(stream)];
  releases[0]?.();
  releases[0]?.();
  vi.advanceTimersByTime(10_000);
  expect([left, attachments.shown(stream)]).toEqual([[], true]);
  releases[1]?.();
  expect(attachments.shown(stream)).toBe(false);
  vi.advanceTimersByTime(2999);
  const again = attachments.refer(stream);
  vi.advanceTimersByTime(10_000);
  expect(left).toEqual([]);
  again();
  vi.advanceTimersByTime(3000);
  expect([left, shown]).toEqual([[1], [1, 1]]);
});

test('[UI6] what was forgotten meanwhile does not leave a second time', () => {
  const onLeft = vi.fn();
  const attachments = createAttachments({ graceMs: 3000, onShown: () => {}, onLeft });
  const [one, other] = [attachment(1), attachment(2)];
  const releases = [one, other].map((stream) => attachments.refer(stream));
  releases[0]?.();
  attachments.forget(1);
  releases[1]?.();
  attachments.clear();
  vi.advanceTimersByTime(10_000);
  expect(onLeft).not.toHaveBeenCalled();
  expect(attachments.all()).toEqual([]);
});
