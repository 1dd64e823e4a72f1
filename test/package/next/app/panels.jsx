'use client';

import { StreamPanel } from 'sluice-kit';

const sources = ['one', 'two'].map((prompt) => ({ request: { provider: 'scripted', model: 'scripted', prompt } }));

export function Panels() {
  return sources.map((source) => <StreamPanel key={source.request.prompt} source={source} />);
}
