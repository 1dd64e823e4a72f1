import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { StreamStats, useStream, useStreamText } from '../../src/index.ts';
import { paragraph, start, text, useEvents } from '../source.ts';

const meta = { title: 'Basics/Hooks' } satisfies Meta;

export default meta;
type Story = StoryObj;

/** `useStream` and `useStreamText`, for a reader of one's own. */
export const OwnReader: Story = {
  render: function OwnReader() {
    const stream = useStream(useEvents([start, ...text(...paragraph)], 'open'));
    const shown = useStreamText(stream);
    return (
      <article>
        <p data-testid="text">{shown}</p>
        <button type="button" onClick={() => void stream.stop()}>
          Stop
        </button>
        <p data-testid="status">{stream.status}</p>
        <StreamStats stream={stream} />
      </article>
    );
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await waitFor(() => expect(canvas.getByTestId('text').textContent).toBe(paragraph.join('')));
    expect(canvas.getByTestId('status')).toHaveTextContent('streaming');
    await userEvent.click(canvas.getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(canvas.getByTestId('status')).toHaveTextContent('stopped'));
  },
};
