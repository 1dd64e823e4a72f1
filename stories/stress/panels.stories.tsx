import type { Meta, StoryObj } from '@storybook/react-vite';
import type { CSSProperties, ReactNode } from 'react';
import { expect, waitFor } from 'storybook/test';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import { start, text, useEvents, useScript } from '../source.ts';
import { settled } from '../status.ts';

const meta = { title: 'Stress/StreamPanel', component: StreamPanel } satisfies Meta<typeof StreamPanel>;

export default meta;
type Story = StoryObj;

/** Sixteen answers at 200 tokens a second each. */
export const SixteenAtOnce: Story = {
  render: () => (
    <StreamGrid minColumnWidth="16rem" style={{ '--sluice-panel-height': '14rem' } as CSSProperties}>
      {Array.from({ length: 16 }, (_, index) => index + 1).map((seed) => (
        <Answer key={seed} seed={seed} />
      ))}
    </StreamGrid>
  ),
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};

/** As fast as the source can: the page decides the pace. */
export const FullSpeed: Story = {
  render: function FullSpeed() {
    return <StreamPanel source={useScript({ tokens: 8000, rate: 0 }, 'scripted-markdown')} title="8,000 tokens" />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const scroller = canvasElement.querySelector('.sluice-scroller') as HTMLElement;
    await waitFor(() => expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThanOrEqual(1));
  },
};

/** One line of 100 KB. */
export const OneLongLine: Story = {
  render: function OneLongLine() {
    return (
      <StreamPanel
        source={useEvents([start, ...text(...Array.from({ length: 1000 }, (_, index) => `${index} `.padEnd(100, 'x')))])}
        title="One long line"
      />
    );
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(canvasElement.querySelector('[data-stream-body]')?.textContent).toHaveLength(100_000);
  },
};

function Answer({ seed }: { readonly seed: number }): ReactNode {
  return <StreamPanel source={useScript({ seed, tokens: 200, rate: 200 })} title={`Answer ${seed}`} />;
}
