import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { StreamPanel, StreamStats } from '../../src/index.ts';
import { useScript } from '../source.ts';
import { settled } from '../status.ts';

const meta = {
  title: 'Basics/StreamPanel',
  component: StreamPanel,
  parameters: { docs: { description: { component: 'One answer, shown as it arrives, without a React render per token.' } } },
} satisfies Meta<typeof StreamPanel>;

export default meta;
type Story = StoryObj;

/** Header, body and footer, as they come without children. */
export const Whole: Story = {
  render: function Whole() {
    return <StreamPanel source={useScript({ rate: 400 })} title="What is backpressure?" />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(within(canvasElement).getByRole('region', { name: 'What is backpressure?' })).toBeVisible();
    // Figures are written a few times a second.
    await waitFor(() => expect(canvasElement.querySelector('[data-stat="tokens"]')).toHaveTextContent('160'));
  },
};

/** The parts in another order, with a control and a footer of one's own. */
export const Composed: Story = {
  render: function Composed() {
    return (
      <StreamPanel source={useScript({ seed: 11 })} title="Composed">
        <StreamPanel.Body />
        <StreamPanel.Header headingLevel={2}>
          <button type="button" className="sluice-button" style={{ margin: 0 }}>
            Share
          </button>
        </StreamPanel.Header>
        <StreamPanel.Footer>
          <StreamStats style={{ justifyContent: 'end' }} />
        </StreamPanel.Footer>
      </StreamPanel>
    );
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(within(canvasElement).getByRole('heading', { level: 2, name: 'Composed' })).toBeVisible();
    expect(within(canvasElement).getByRole('button', { name: 'Share' })).toBeVisible();
  },
};

/** Only the text. */
export const Bare: Story = {
  render: function Bare() {
    return (
      <StreamPanel source={useScript({ seed: 5, tokens: 60 })} title="Bare" style={{ height: 'auto' }}>
        <StreamPanel.Body />
      </StreamPanel>
    );
  },
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};
