import type { MarkdownOptions } from 'sluice-kit';
import { katex } from 'sluice-kit/katex';
import { shiki } from 'sluice-kit/shiki';
import 'katex/dist/katex.min.css';

/** Made once: panels compare options by what is in them, and plugins by identity. */
export const markdown: MarkdownOptions = { highlight: shiki(), math: katex() };
