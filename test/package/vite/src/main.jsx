import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ConnectionStatus, SluiceProvider, StreamPanel } from 'sluice-kit';
import 'sluice-kit/styles.css';

const relay = new URLSearchParams(location.search).get('relay');
const sources = ['one', 'two'].map((prompt) => ({ request: { provider: 'scripted', model: 'scripted', prompt } }));

const panels = sources.map((source) => createElement(StreamPanel, { key: source.request.prompt, source }));
const page = createElement(SluiceProvider, { url: relay }, createElement(ConnectionStatus), panels);

createRoot(document.getElementById('root')).render(createElement(StrictMode, null, page));
