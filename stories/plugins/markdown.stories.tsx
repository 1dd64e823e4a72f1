import 'katex/dist/katex.min.css';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { type MarkdownOptions, StreamPanel } from '../../src/index.ts';
import { katex } from '../../src/plugins/katex.tsx';
import { mermaid } from '../../src/plugins/mermaid.tsx';
import { shiki } from '../../src/plugins/shiki.ts';
import { start, text, useEvents } from '../source.ts';
import { settled } from '../status.ts';
import { broken, code, deltas, diagrams, math } from './answers.ts';

const finish = { type: 'finish', reason: 'stop' } as const;

/** Made once: each has a worker, or a library, of its own. */
const markdown: MarkdownOptions = { highlight: shiki(), math: katex(), fences: { mermaid: mermaid() } };

/** The optional parts of Markdown: `sluice-kit/shiki`, `sluice-kit/katex` and `sluice-kit/mermaid`. */
const meta: Meta<typeof StreamPanel> = { title: 'Plugins/Markdown' };
export default meta;
type Story = StoryObj<typeof StreamPanel>;

function answer(title: string, content: string, end?: 'open'): NonNullable<Story['render']> {
  return function Answer() {
    const events = useEvents([start, ...text(...deltas(content)), ...(end === 'open' ? [] : [finish])], end);
    return <StreamPanel source={events} title={title} view="markdown" markdown={markdown} style={{ height: '46rem', maxWidth: '44rem' }} />;
  };
}

const blocks = (canvas: HTMLElement): HTMLElement[] => [...canvas.querySelectorAll<HTMLElement>('.sluice-code')];

/** Every line of every block that has a known language, but for empty ones, has colours. */
async function coloured(canvas: HTMLElement, count: number): Promise<void> {
  await waitFor(() => {
    const known = blocks(canvas).filter((block) => block.querySelector('.sluice-line > span'));
    expect(known).toHaveLength(count);
  });
}

/** Coloured line by line, in a worker; each language's grammar is loaded when it turns up. */
export const Code: Story = {
  render: answer('Counters', code),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    await coloured(canvasElement, 4);
    expect(blocks(canvasElement).at(-1)).toHaveTextContent('it stays plain');
  },
};

/** What is finished is coloured while the rest is on its way. */
export const CodeStreaming: Story = {
  render: answer('Half a counter', code.slice(0, 210), 'open'),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'streaming');
    await coloured(canvasElement, 1);
  },
};

/** The button copies exactly the code; the other one wraps long lines. */
export const CodeControls: Story = {
  render: answer('Too long', broken.slice(broken.indexOf('and this'))),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const canvas = within(canvasElement);
    await userEvent.click(await canvas.findByRole('button', { name: 'Wrap long lines' }));
    expect(canvas.getByRole('button', { name: 'Wrap long lines' })).toHaveAttribute('aria-pressed', 'true');
    expect(canvas.getByRole('button', { name: 'Copy code' })).toBeEnabled();
  },
};

/** Shown when its block closes; invalid TeX stays, marked. */
export const Formulas: Story = {
  render: answer('Squares', math),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    await waitFor(() => expect(canvasElement.querySelectorAll('.katex-display')).toHaveLength(2));
    expect(canvasElement.querySelectorAll('.sluice-math-error')).toHaveLength(2);
  },
};

/** Drawn when the fence closes, one after the other. */
export const Diagrams: Story = {
  render: answer('Diagrams', diagrams),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    await waitFor(() => expect(canvasElement.querySelectorAll('[role="img"] > svg')).toHaveLength(2));
    const canvas = within(canvasElement);
    expect(canvas.getByRole('img', { name: 'The way of a token' })).toBeVisible();
    const [first] = canvas.getAllByRole('button', { name: 'Show code' });
    if (first) await userEvent.click(first);
    await waitFor(() => expect(canvasElement.querySelector('code')).toHaveTextContent('flowchart LR'));
    await userEvent.click(canvas.getByRole('button', { name: 'Show diagram' }));
    await waitFor(() => expect(canvasElement.querySelectorAll('[role="img"] > svg')).toHaveLength(2));
  },
};

/** What cannot be drawn or coloured is the code it was. */
export const Mistakes: Story = {
  render: answer('Mistakes', broken),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    await waitFor(() => expect(canvasElement).toHaveTextContent('The diagram could not be drawn.'));
    await coloured(canvasElement, 2);
  },
};

export const CodeDark: Story = { ...Code, globals: { theme: 'dark' } };
export const FormulasDark: Story = { ...Formulas, globals: { theme: 'dark' } };
export const DiagramsDark: Story = { ...Diagrams, globals: { theme: 'dark' } };
