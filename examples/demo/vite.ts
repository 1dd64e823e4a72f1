import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';

/** The page uses the package as an application would: by name, from what `npm run build` made. */
export const demoConfig: InlineConfig = {
  configFile: false,
  root: fileURLToPath(new URL('./page/', import.meta.url)),
  logLevel: 'warn',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // Some grammars are larger, each loaded when its language turns up.
    chunkSizeWarningLimit: 1000,
    rollupOptions: { input: ['index.html', 'bench.html'].map((name) => fileURLToPath(new URL(`./page/${name}`, import.meta.url))) },
  },
};
