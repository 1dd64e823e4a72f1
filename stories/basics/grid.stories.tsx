import type { Meta, StoryObj } from '@storybook/react-vite';
import type { ReactNode } from 'react';
import { expect } from 'storybook/test';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import { useScript } from '../source.ts';
import { settled } from '../status.ts';

const meta = { title: 'Basics/StreamGrid', component: StreamGrid } satisfies Meta<typeof StreamGrid>;

export default meta;
type Story = StoryObj;

/** As many columns as fit. */
export const FourAnswers: Story = {
  render: () => (
    <StreamGrid>
      {[1, 2, 3, 4].map((seed) => (
        <Answer key={seed} seed={seed} />
      ))}
    </StreamGrid>
  ),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(canvasElement.querySelectorAll('[data-stream-grid] > [data-stream-panel]')).toHaveLength(4);
  },
};

/** Narrower columns, as a length of CSS. */
export const NarrowColumns: Story = {
  render: () => (
    <StreamGrid minColumnWidth="14rem">
      {[1, 2, 3, 4, 5, 6].map((seed) => (
        <Answer key={seed} seed={seed} />
      ))}
    </StreamGrid>
  ),
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};

function Answer({ seed }: { readonly seed: number }): ReactNode {
  return <StreamPanel source={useScript({ seed, tokens: 120, rate: 300 })} title={`Answer ${seed}`} />;
}
