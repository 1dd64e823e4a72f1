import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ConnectionStatus, SluiceProvider, StreamGrid, StreamPanel, StreamStats, useStream, useStreamText } from '../../src/index.ts';

test('[UI8] every component renders on a server, with nothing of a page there', () => {
  expect([typeof document, typeof window, typeof Worker]).toEqual(['undefined', 'undefined', 'undefined']);
  const Reader = () => {
    const stream = useStream({ id: 'c' });
    return createElement('p', null, useStreamText(stream), createElement(StreamStats, { stream }));
  };
  const html = renderToString(
    createElement(
      SluiceProvider,
      null,
      createElement(ConnectionStatus),
      createElement(
        StreamGrid,
        { minColumnWidth: '10rem' },
        createElement(StreamPanel, { source: { id: 'a' }, title: 'By id' }),
        createElement(StreamPanel, { source: { request: { provider: 'scripted', model: 'm', prompt: 'p', id: 'b' } } }),
        createElement(StreamPanel, { source: (async function* () {})(), title: 'Local' }),
        createElement(Reader),
      ),
    ),
  );
  expect(html.match(/data-stream-panel=""/g)).toHaveLength(3);
  expect(html).toContain('data-stream-id="a"');
  expect(html).toContain('data-stream-id="b"');
  expect(html.match(/data-status="pending"/g)).toHaveLength(3);
  expect(html).toContain('data-connection="idle"');
  expect(html).toContain('<div data-stream-body=""><div class="sluice-text"></div></div>');
});

test('a part outside of its panel, and a panel outside of a provider, say what to do', () => {
  expect(() => renderToString(createElement(StreamPanel, { source: { id: 'a' } }))).toThrow(/Wrap this part in <SluiceProvider>/);
  expect(() => renderToString(createElement(StreamPanel.Body))).toThrow(/Put it inside a <StreamPanel>/);
  expect(() => renderToString(createElement(StreamStats))).toThrow(/Pass `stream`/);
});
