import type { Meta, StoryObj } from '@storybook/react-vite';
import { type ComponentProps, type CSSProperties, type ReactNode, useState } from 'react';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import { useScript } from '../source.ts';
import { settled } from '../status.ts';
import { everything, useMarkdown } from './source.ts';

const meta = {
  title: 'Markdown/StreamPanel',
  component: StreamPanel,
  parameters: { docs: { description: { component: 'CommonMark and GFM, shown while they arrive.' } } },
} satisfies Meta<typeof StreamPanel>;

export default meta;
type Story = StoryObj;

const tall: CSSProperties = { height: 'auto' };
const body = (canvas: HTMLElement): HTMLElement => canvas.querySelector('[data-stream-body]') as HTMLElement;

/** What models write, all at once. */
export const Everything: Story = {
  render: function Everything() {
    return <StreamPanel view="markdown" source={useMarkdown(everything)} title="Choosing a queue" style={tall} />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const canvas = within(canvasElement);
    expect(canvas.getByRole('heading', { level: 4, name: 'Choosing a queue' })).toBeVisible();
    expect(canvas.getAllByRole('checkbox', { name: 'Done' })).toHaveLength(2);
    expect(canvas.getByRole('link', { name: 'Footnote 1' })).toBeVisible();
    expect(canvas.queryByRole('img', { name: 'a diagram' })).toBeNull();
  },
};

/** The same in the dark. */
export const Dark: Story = { ...Everything, globals: { theme: 'dark' } };

/** One token a frame. */
export const Slowly: Story = {
  render: function Slowly() {
    return <StreamPanel view="markdown" source={useMarkdown(everything.slice(0, 700), { perFrame: 1 })} title="One token a frame" />;
  },
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};

/** As fast as the page takes it. */
export const Fast: Story = {
  render: function Fast() {
    return <StreamPanel view="markdown" source={useScript({ tokens: 8000 }, 'scripted-markdown')} title="8,000 tokens" />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const scroller = canvasElement.querySelector('.sluice-scroller') as HTMLElement;
    await waitFor(() => expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThanOrEqual(1));
  },
};

/** Syntax that is not closed yet is shown as what it is going to be. */
export const Unclosed: Story = {
  render: function Unclosed() {
    return (
      <div style={{ display: 'grid', gap: '1rem' }}>
        <Open text="An answer that is **in the middle of something imp" title="Strong" />
        <Open text="See [the documentation](https://exam" title="Link" />
        <Open text={'| a | b |\n| --- | --- |\n| one | tw'} title="Table" />
        <Open text={'Run this:\n\n```sh\nnpm inst'} title="Fence" />
        <Open text={'- first\n- second, with `code th'} title="List" />
      </div>
    );
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'streaming');
    await waitFor(() => expect(canvasElement.querySelectorAll('code')).toHaveLength(2));
  },
};

function Open({ text, title }: { readonly text: string; readonly title: string }): ReactNode {
  return <StreamPanel view="markdown" source={useMarkdown(text, { open: true })} title={title} style={tall} />;
}

/** References are text until what they refer to has arrived. */
export const LateDefinitions: Story = {
  render: function LateDefinitions() {
    const text =
      'As [the paper][p] says,[^1] and [another][q] does not.\n\nMore text.\n\n[p]: https://example.com/paper\n[q]: https://example.com/other\n[^1]: Page 4.\n';
    return <StreamPanel view="markdown" source={useMarkdown(text, { perFrame: 1 })} title="Late definitions" />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const links = [...body(canvasElement).querySelectorAll('a')].map((link) => link.textContent);
    expect(links).toEqual(['the paper', '1', 'another', '↩']);
    await userEvent.click(within(canvasElement).getByRole('link', { name: 'Footnote 1' }));
    expect(document.activeElement?.textContent).toContain('Page 4.');
  },
};

/** Each block has the direction of its text. */
export const RightToLeft: Story = {
  render: function RightToLeft() {
    const text =
      '# مقارنة قصيرة\n\nهذا نص عربي مع `code` وكلمة English في الوسط.\n\n- عنصر أول\n- عنصر ثان\n\n> اقتباس قصير.\n\nAnd a paragraph in English.\n\n| العمود | قيمة |\n|---|---|\n| واحد | 1 |\n';
    return <StreamPanel view="markdown" source={useMarkdown(text)} title="Right to left" style={tall} />;
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const direction = (selector: string): string => getComputedStyle(body(canvasElement).querySelector(selector) as Element).direction;
    expect(direction('ul')).toBe('rtl');
    expect(direction('.sluice-blocks > p:last-of-type')).toBe('ltr');
  },
};

/** Eight answers at 200 tokens a second each. */
export const EightAtOnce: Story = {
  render: () => (
    <StreamGrid minColumnWidth="18rem" style={{ '--sluice-panel-height': '16rem' } as CSSProperties}>
      {[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => (
        <Answer key={seed} seed={seed} />
      ))}
    </StreamGrid>
  ),
  play: ({ canvasElement }) => settled(canvasElement, 'done'),
};

function Answer({ seed }: { readonly seed: number }): ReactNode {
  return <StreamPanel view="markdown" source={useScript({ seed, tokens: 240, rate: 200 }, 'scripted-markdown')} title={`Answer ${seed}`} />;
}

/** What comes in bursts, as it comes and with `pacing="smooth"`. Where the reader asks for reduced motion, both are alike. */
export const Pacing: Story = {
  render: () => (
    <StreamGrid>
      <Bursts pacing="immediate" />
      <Bursts pacing="smooth" />
    </StreamGrid>
  ),
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    const [immediate, smooth] = [...canvasElement.querySelectorAll('[data-stream-body]')].map((text) => text.textContent);
    expect(smooth).toBe(immediate);
  },
};

function Bursts({ pacing }: { readonly pacing: 'immediate' | 'smooth' }): ReactNode {
  const source = useScript({ tokens: 240, rate: 80, jitter: 1, burst: 40 }, 'scripted-markdown');
  return <StreamPanel view="markdown" source={source} pacing={pacing} title={pacing} />;
}

const Badge = ({ children }: { readonly children?: ReactNode }): ReactNode => (
  <code style={{ color: 'var(--sluice-accent)', borderStyle: 'dashed' }}>{children}</code>
);
const Callout = (props: ComponentProps<'blockquote'>): ReactNode => (
  <blockquote {...props} style={{ padding: '0.5rem 0.875rem', background: 'var(--sluice-surface-sunken)', borderRadius: 6 }} />
);

/** Components of the app's own, links that open elsewhere, and images from one place. */
export const Overridden: Story = {
  render: function Overridden() {
    const source = useMarkdown(
      '> A callout with `a badge` and [a link](https://example.com/).\n\n![a dot](https://cdn.example/favicon.svg)\n',
    );
    return (
      <StreamPanel
        view="markdown"
        source={source}
        title="Overridden"
        markdown={{
          components: { inlineCode: Badge, blockquote: Callout },
          linkProps: () => ({ target: '_blank', rel: 'noopener noreferrer' }),
          imagePrefixes: ['/'],
          rewriteUrl: (url, use) => (use === 'image' ? url.replace('https://cdn.example/', '/') : url),
        }}
        style={tall}
      />
    );
  },
  play: async ({ canvasElement }) => {
    await settled(canvasElement, 'done');
    expect(within(canvasElement).getByRole('link', { name: 'a link' })).toHaveAttribute('target', '_blank');
    expect(within(canvasElement).getByRole('img', { name: 'a dot' })).toHaveAttribute('src', new URL('/favicon.svg', location.href).href);
  },
};

/** From plain text to Markdown and back, while the answer runs. */
export const ChangeOfView: Story = {
  render: function ChangeOfView() {
    const [view, setView] = useState<'plain' | 'markdown'>('plain');
    return (
      <StreamPanel view={view} source={useMarkdown(everything, { perFrame: 6 })} title="Both views">
        <StreamPanel.Header>
          <button
            type="button"
            className="sluice-button"
            style={{ margin: 0 }}
            onClick={() => setView(view === 'plain' ? 'markdown' : 'plain')}
          >
            {view === 'plain' ? 'Markdown' : 'Plain'}
          </button>
        </StreamPanel.Header>
        <StreamPanel.Body />
      </StreamPanel>
    );
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await waitFor(() => expect(body(canvasElement).textContent).toContain('# Choosing a queue'));
    await userEvent.click(canvas.getByRole('button', { name: 'Markdown' }));
    await waitFor(() => expect(body(canvasElement).querySelector('h4')).toHaveTextContent('Choosing a queue'));
    await userEvent.click(canvas.getByRole('button', { name: 'Plain' }));
    await settled(canvasElement, 'done');
    await waitFor(() => expect(body(canvasElement).textContent).toBe(everything));
  },
};
