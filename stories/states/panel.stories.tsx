import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { StreamPanel } from '../../src/index.ts';
import type { StreamEvent } from '../../src/wire/index.ts';
import { paragraph, start, text, useEvents } from '../source.ts';
import { settled, shows } from '../status.ts';

const meta = { title: 'States/StreamPanel', component: StreamPanel } satisfies Meta<typeof StreamPanel>;

export default meta;
type Story = StoryObj;

const whole = paragraph.join('');
const finish: StreamEvent = { type: 'finish', reason: 'stop' };

/** A story of one panel that shows these events. */
function panel(title: string, events: readonly StreamEvent[], open?: 'open'): NonNullable<Story['render']> {
  return function Panel() {
    return <StreamPanel source={useEvents(events, open)} title={title} />;
  };
}

export const Pending: Story = {
  render: panel('Nothing yet', [start], 'open'),
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByText(/scripted · scripted-plain/);
    await settled(canvasElement, 'pending');
    expect(canvasElement).toHaveTextContent('Waiting for the first token');
  },
};

export const Streaming: Story = {
  render: panel('In the middle', [start, ...text(...paragraph)], 'open'),
  play: async ({ canvasElement }) => {
    await shows(canvasElement, whole);
    await settled(canvasElement, 'streaming');
  },
};

/** Display is held; what comes meanwhile shows at once when it goes on. */
export const Paused: Story = {
  render: panel('Held', [start, ...text(...paragraph)], 'open'),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'streaming');
    await userEvent.click(within(canvasElement).getByRole('button', { name: 'Pause Held' }));
    expect(canvasElement.querySelector('[data-paused]')).not.toBeNull();
    expect(within(canvasElement).getByRole('button', { name: 'Resume Held' })).toHaveFocus();
  },
};

export const Done: Story = {
  render: panel('Finished', [start, ...text(...paragraph), { type: 'usage', inputTokens: 12, outputTokens: 48 }, finish]),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    await shows(canvasElement, whole);
  },
};

export const Stopped: Story = {
  render: panel('Stopped by hand', [start, ...text(...paragraph)], 'open'),
  play: async ({ canvasElement }) => {
    await shows(canvasElement, whole);
    await userEvent.click(within(canvasElement).getByRole('button', { name: 'Stop Stopped by hand' }));
    await settled(canvasElement, 'stopped');
    await shows(canvasElement, whole);
  },
};

/** Broken off: what had arrived is kept, with the reason below it. */
export const FailedInTheMiddle: Story = {
  render: panel('Broken off', [
    start,
    ...text(...paragraph),
    { type: 'error', code: 'upstream_truncated', message: 'The provider’s answer broke off without its end. Ask again.', retryable: true },
  ]),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'failed');
    await shows(canvasElement, whole);
    expect(canvasElement).toHaveTextContent('upstream_truncated');
  },
};

export const FailedAtOnce: Story = {
  render: function FailedAtOnce() {
    const source = useEvents([
      start,
      {
        type: 'error',
        code: 'upstream_rate_limited',
        message: 'The provider asks to slow down. Nothing was generated. Try again later.',
        retryable: true,
        retryAfterMs: 20_000,
      },
    ]);
    return <StreamPanel source={source} title="Too fast" onRetry={() => {}} />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'failed');
    expect(within(canvasElement).getByRole('button', { name: 'Try again' })).toBeVisible();
    expect(canvasElement).toHaveTextContent('Try again in 20 s.');
  },
};

export const Empty: Story = {
  render: panel('No words', [start, finish]),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(canvasElement).toHaveTextContent('The answer has no text.');
  },
};

export const CutOff: Story = {
  render: panel('Too long', [start, ...text(...paragraph), { type: 'finish', reason: 'length' }]),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(canvasElement).toHaveTextContent('length limit');
  },
};

/** Reasoning, tool calls and sources stand beside the text, never in it. */
export const Parts: Story = {
  render: panel('With everything', [
    start,
    { type: 'reasoning', part: 'r0', delta: 'The reader wants a definition first,\nthen where it applies.' },
    { type: 'tool-call', part: 'c0', name: 'web_search', executedBy: 'provider' },
    { type: 'tool-args', part: 'c0', delta: '{"query":"backpressure"}' },
    { type: 'tool-result', part: 'c0', result: { results: 3 } },
    { type: 'tool-call', part: 'c1', name: 'open_page', executedBy: 'provider' },
    { type: 'tool-args', part: 'c1', delta: '{"url":"https://example.com/gone"}' },
    { type: 'tool-result', part: 'c1', result: 'not found', isError: true },
    ...text(...paragraph),
    { type: 'source', part: 's0', url: 'https://example.com/streams', title: 'Streams', quote: 'the writer waits' },
    { type: 'source', part: 's1', url: 'javascript:alert(1)', title: 'Not a web address' },
    finish,
  ]),
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await settled(canvasElement, 'done');
    await shows(canvasElement, whole);
    await userEvent.click(canvas.getByText('Reasoning'));
    await userEvent.click(canvas.getByText('web_search'));
    await waitFor(() => expect(canvasElement).toHaveTextContent('then where it applies.'));
    await waitFor(() => expect(canvasElement).toHaveTextContent('{"query":"backpressure"}'));
    expect(canvas.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['https://example.com/streams']);
  },
};

/** Names, models and lines that do not fit. */
export const Overlong: Story = {
  render: panel('A question that goes on for much longer than any header has room for, and then some', [
    { type: 'start', createdAt: 0, provider: 'openai-chat', model: 'a-model-with-a-remarkably-long-name-2026-01-31-preview-experimental' },
    ...text(
      'https://example.com/',
      'averylongpathwithoutanybreak'.repeat(12),
      '\nשלום עולם, this line begins right to left\n你好，世界 👩‍👩‍👧‍👦',
    ),
    finish,
  ]),
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};

export const Dark: Story = {
  ...Parts,
  globals: { theme: 'dark' },
};

export const DarkFailed: Story = {
  ...FailedInTheMiddle,
  globals: { theme: 'dark' },
};
