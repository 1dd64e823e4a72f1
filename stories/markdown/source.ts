import { useState } from 'react';
import { tokenize } from '../../server/providers/answer.ts';
import type { StreamEvent } from '../../src/wire/index.ts';
import { start } from '../source.ts';

/** A text as a model would send it, token by token, made once per mount. `open`: it never ends. */
export function useMarkdown(text: string, { perFrame = 0, open = false } = {}): AsyncIterable<StreamEvent> {
  return useState(() => tokens(text, perFrame, open))[0];
}

async function* tokens(text: string, perFrame: number, open: boolean): AsyncGenerator<StreamEvent, void> {
  yield start;
  let sent = 0;
  for (const delta of tokenize(text)) {
    yield { type: 'text', part: 't0', delta };
    sent += 1;
    if (perFrame > 0 && sent % perFrame === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  if (open) await new Promise(() => {});
  yield { type: 'finish', reason: 'stop' };
}

export const everything = `# Choosing a queue

A queue sits between a **producer** and a *consumer*. When the ~~database~~ consumer is slow, the queue \`grows\`; see [the
documentation](https://example.com/docs "Opens the docs") or https://example.com for more.[^bound] Note the ***difference***
between \`high-water mark\` and capacity.

## What to measure

1. Depth: how many messages wait.
   - by partition
   - by tenant
     - including those that retry
2. Age of the oldest message.
3. Throughput, in and out.

Before you ship:

- [x] Bound every queue
- [x] Decide what happens at the bound
- [ ] Alert on age, not on depth

> **Note** A queue without a bound is a memory leak with a schedule.
>
> It works until the day it matters.

### Options compared

| Option | Ordering | Latency (p99) | Cost |
| :--- | :---: | ---: | --- |
| In memory | per key | 1 ms | free, until it restarts |
| Redis Streams | per stream | 4 ms | one more service |
| Postgres with \`SKIP LOCKED\` | none | 12 ms | what you have |

\`\`\`ts
export function createQueue<T>(limit: number) {
  const items: T[] = [];
  return {
    // Says whether there was room.
    offer: (item: T): boolean => items.length < limit && items.push(item) > 0,
  };
}
\`\`\`

    indented code is code, too

<details><summary>Raw HTML</summary> is shown as what it is.</details>

---

#### Fourth level
##### Fifth level
###### Sixth level

An image from elsewhere: ![a diagram](https://images.example/diagram.png). A hard break\\
ends this line.

[^bound]: At the bound a producer *waits*, fails, or drops: choose one, and write it down.
`;
