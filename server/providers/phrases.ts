/** Raw material of the scripted answers: fragments in the scripts, languages and shapes real answers have. */

export const topics: readonly string[] = [
  'backpressure',
  'the event log',
  'a read replica',
  'the frame budget',
  'consistent hashing',
  'the write path',
  'a flaky network',
  'the render loop',
  'garbage collection',
  'a cold cache',
  'the connection pool',
  'clock skew',
  'a bounded queue',
  'tail latency',
];

export const subjects: readonly string[] = [
  'The scheduler',
  'Each reader',
  'A slow consumer',
  'The coordinator',
  'Every replica',
  'The browser',
  'This approach',
  'Your service',
  'The second attempt',
  'A naïve implementation',
  'The kernel',
  'Most of the cost',
  'In practice, the cache',
  'On a busy day, the relay',
];

export const verbs: readonly string[] = [
  'keeps',
  'measures',
  'rarely needs',
  'quietly drops',
  'amortises',
  'has to respect',
  'copies',
  'hides',
  'depends on',
  'waits for',
  'acknowledges',
  'replays',
  'cannot observe',
  'pays for',
];

export const objects: readonly string[] = [
  'the oldest entry',
  'one integer per subscriber',
  'a monotonic cursor',
  'about 4 KiB of state',
  'what has been applied',
  'a `Promise` that never settles',
  'the **slowest** participant',
  'roughly 16.7 ms',
  'an _eventually_ consistent view',
  'the order of writes',
  'its own retries',
  'the half-open socket',
];

export const tails: readonly string[] = [
  ', which is why the bound matters',
  ' — and that is the point',
  ' (see the table below)',
  ', even when nothing else changes',
  ' before the next frame begins',
  '; otherwise memory grows without limit',
  ', as long as the cursor is durable',
  ' at the 99th percentile',
  ', unless someone calls `flush()`',
  '',
  '',
  '',
  '',
];

export const headings: readonly string[] = [
  'Overview',
  'How it works',
  'Trade-offs',
  'What can go wrong',
  'A worked example',
  'Measuring it',
  'When not to use it',
  'Next steps',
  'Edge cases 🧪',
  'Résumé',
];

export const foreign: readonly string[] = [
  '背压是指下游处理不过来时，向上游传递的减速信号。缓冲区有上限，超出时应当合并，而不是丢弃。',
  'ストリームはログであり、購読はカーソルです。再接続しても、同じ位置から読み直せます。',
  '느린 구독자는 다른 구독자를 늦추지 않습니다. 각자 자신의 커서를 가지고 있기 때문입니다.',
  'الضغط العكسي يعني أن القارئ البطيء يُبطئ نفسه فقط، ولا يؤثر في غيره (انظر `credit`).',
  'לכל קורא יש סמן משלו, ולכן קורא איטי אינו מעכב את האחרים.',
  'Каждый читатель держит свой курсор, поэтому медленный читатель никому не мешает.',
  'प्रत्येक पाठक का अपना कर्सर होता है, इसलिए धीमा पाठक किसी और को नहीं रोकता।',
];

export const emoji: readonly string[] = ['🎉', '👩‍💻', '👨‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽', '🇯🇵', '❤️', '🧑🏿‍🚀', '⚠️', '✅'];

export const links: readonly string[] = [
  '[RFC 9000](https://www.rfc-editor.org/rfc/rfc9000)',
  '[the MDN page](https://developer.mozilla.org/en-US/docs/Web/API/Streams_API "Streams API")',
  '<https://example.com/a?b=1&c=2>',
  '[the paper](https://example.org/papers/end-to-end_(1984).pdf)',
  'https://example.net/notes',
];

export const items: readonly string[] = [
  'Bound every queue',
  'Measure before you cut',
  'Prefer one timer to many',
  'Keep `seq` without holes',
  'Retry with **full jitter**',
  'Close what you open',
  'Treat a timeout as *unknown*, not as failure',
  'Coalesce, never drop',
  'Write the test that would have caught it',
  'Log the seed',
];

export const cells: readonly string[] = [
  '12.4',
  '0.8',
  '`live`',
  '`reset`',
  '✅',
  '—',
  '3,200',
  'p99',
  'none',
  '1 MiB',
  '16 ms',
  '**best**',
];

export const fences: readonly string[] = [
  '```ts\nexport function take<T>(source: Iterable<T>, count: number): T[] {\n  const taken: T[] = [];\n  for (const value of source) {\n    if (taken.length >= count) break;\n    taken.push(value);\n  }\n  return taken;\n}\n```',
  '```python\nfrom collections import deque\n\n\ndef window(values, size=3):\n    """Mean of the last `size` values."""\n    recent = deque(maxlen=size)\n    for value in values:\n        recent.append(value)\n        yield sum(recent) / len(recent)  # naïve, but clear\n```',
  "```rust\nfn longest<'a>(a: &'a str, b: &'a str) -> &'a str {\n    if a.chars().count() >= b.chars().count() { a } else { b }\n}\n```",
  "```sql\nSELECT channel, max(seq) AS head\nFROM events\nWHERE at > now() - interval '5 minutes'\nGROUP BY channel\nORDER BY head DESC;\n```",
  '```bash\ncurl -N -H \'accept: text/event-stream\' "http://127.0.0.1:8787/v1/connect" \\\n  | while read -r line; do echo "$(date +%s) $line"; done\n```',
  '```json\n{ "seq": 42, "type": "text", "delta": "héllo 👋", "nested": { "list": [1, 2.5e3, null, true] } }\n```',
  '```html\n<article lang="ar" dir="rtl">\n  <p>مرحبا &amp; أهلا</p>\n</article>\n```',
  '```diff\n-  queue.push(event);\n+  log.append(event);\n```',
  '```\nplain fence, no language\n    indented   columns   stay\n```',
];
