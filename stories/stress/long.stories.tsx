import type { Meta, StoryObj } from '@storybook/react-vite';
import type { CSSProperties, ReactNode } from 'react';
import { expect, waitFor } from 'storybook/test';
import { scriptedAnswer } from '../../server/providers/answer.ts';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import { start, text, useEvents, useScript } from '../source.ts';

const meta = { title: 'Stress/Long', component: StreamPanel } satisfies Meta<typeof StreamPanel>;

export default meta;
type Story = StoryObj;

/** A quarter of a million tokens of Markdown, about a megabyte: what is near the sight is in the document. */
export const AMegabyte: Story = {
  // A heading in front of it may be among those that are not in the document (UI37).
  parameters: { a11y: { config: { rules: [{ id: 'heading-order', enabled: false }] } } },
  render: function AMegabyte() {
    return <StreamPanel source={useEvents(useAnswer())} view="markdown" title="A megabyte" style={tall} />;
  },
  play: async ({ canvasElement }) => {
    await waitFor(() => expect(canvasElement.querySelector('[data-status="done"]')).not.toBeNull(), { timeout: 20_000 });
    expect(canvasElement.querySelectorAll('*').length).toBeLessThan(2000);
    const scroller = canvasElement.querySelector('.sluice-scroller') as HTMLElement;
    await waitFor(() => expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThanOrEqual(1));
  },
};

/** A list of two thousand items: one list, laid out in parts. */
export const AGiantList: Story = {
  render: function AGiantList() {
    const items = Array.from({ length: 2000 }, (_, index) => `${index + 1}. item ${index + 1} of **two thousand**\n`).join('');
    return (
      <StreamPanel
        source={useEvents([start, ...text(items), { type: 'finish', reason: 'stop' }])}
        view="markdown"
        title="A giant list"
        style={tall}
      />
    );
  },
  play: async ({ canvasElement }) => {
    await waitFor(() => expect(canvasElement.querySelector('[data-status="done"]')).not.toBeNull(), { timeout: 20_000 });
    expect(canvasElement.querySelectorAll('ol > [role="none"] > [role="none"] > li').length).toBe(2000 - 96);
  },
};

/** Three hundred panels. Those in view come in first, and nothing draws the others. */
export const ThreeHundredPanels: Story = {
  render: () => (
    <StreamGrid minColumnWidth="14rem" style={{ '--sluice-panel-height': '12rem' } as CSSProperties}>
      {Array.from({ length: 300 }, (_, index) => index + 1).map((seed) => (
        <Answer key={seed} seed={seed} />
      ))}
    </StreamGrid>
  ),
  play: async ({ canvasElement }) => {
    await waitFor(() => expect(canvasElement.querySelectorAll('[data-status="done"]').length).toBe(300), { timeout: 25_000 });
  },
};

const tall: CSSProperties = { height: '40rem' };
const pieceLength = 65_536;

function useAnswer(): Parameters<typeof useEvents>[0] {
  const whole = scriptedAnswer({ seed: 3, tokens: 250_000 }).join('');
  const pieces = Array.from({ length: Math.ceil(whole.length / pieceLength) }, (_, index) =>
    whole.slice(index * pieceLength, (index + 1) * pieceLength),
  );
  return [start, ...text(...pieces), { type: 'finish', reason: 'stop' }];
}

function Answer({ seed }: { readonly seed: number }): ReactNode {
  return <StreamPanel source={useScript({ seed, tokens: 80, rate: 40 })} title={`Answer ${seed}`} />;
}
