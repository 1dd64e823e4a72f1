import type { Preview } from '@storybook/react-vite';
import { configure } from 'storybook/test';
import { SluiceProvider } from '../src/index.ts';
import './preview.css';

import.meta.glob('../src/styles/*.css', { eager: true });

// As long as a slow machine may need to start the worker.
configure({ asyncUtilTimeout: 15_000 });

const preview: Preview = {
  tags: ['autodocs'],
  parameters: {
    layout: 'fullscreen',
    a11y: { test: 'error' },
    // Each story is one state, told by its streams.
    controls: { disable: true },
    docs: { story: { height: '30rem' } },
    options: { storySort: { order: ['Basics', 'States', 'Stress'] } },
  },
  globalTypes: {
    theme: {
      description: 'Colour scheme',
      toolbar: { title: 'Theme', icon: 'contrast', items: ['system', 'light', 'dark'], dynamicTitle: true },
    },
  },
  initialGlobals: { theme: 'system' },
  decorators: [
    (Story, { globals }) => {
      const theme = String(globals['theme']);
      return (
        <div className="story" data-theme={theme === 'system' ? undefined : theme}>
          <SluiceProvider>
            <Story />
          </SluiceProvider>
        </div>
      );
    },
  ],
};

export default preview;
