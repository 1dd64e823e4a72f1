import { expect, test } from 'vitest';
import { createMemoryStorage } from '../../../server/log/index.ts';
import { Channel, type EncodedBatch } from '../../../server/relay/channel.ts';

test('[FR5] readers a little behind the head are sent the same bytes; what is kept for them is bounded', () => {
  const channel = new Channel(createMemoryStorage().create('stream:a', 'p'));
  channel.readers.add({ cursor: 0 });
  const batches: EncodedBatch[] = [];
  for (let seq = 1; seq <= 200; seq += 1) {
    channel.append([{ type: 'text', part: 't0', delta: 'x'.repeat(1_000) }], 0);
    channel.flush();
    const batch = channel.next(seq - 1);
    if (typeof batch === 'object') batches.push(batch);
  }
  expect(batches).toHaveLength(200);
  for (let cursor = 150; cursor < 200; cursor += 1) expect(channel.next(cursor)).toBe(batches[cursor]);
  for (let cursor = 0; cursor < 120; cursor += 1) {
    const read = channel.next(cursor);
    expect(read).toMatchObject({ fromSeq: cursor + 1 });
    expect(read).not.toBe(batches[cursor]);
  }
});
