import { createRoot } from 'react-dom/client';
import type { RelaySource, RequestSource } from '../../../src/client/types.ts';
import { createClient } from '../../../src/client.ts';
import { ConnectionStatus, SluiceProvider, StreamPanel } from '../../../src/index.ts';
import type { TransportName } from '../../../src/worker/messages.ts';
import '../../../src/styles/panel.css';
import '../../../src/styles/text.css';
import '../../../src/styles/tokens.css';

// A page as an app would make it, and what it shows held against the truth: after every change of the DOM, and in every frame.

const query = new URLSearchParams(location.search);
const client = createClient({
  url: query.get('relay') ?? '',
  transport: (query.get('transport') ?? 'auto') as 'auto' | TransportName,
  detachGraceMs: 0,
  receiver: { attemptTimeoutMs: Number(query.get('attemptTimeoutMs')) },
});

interface Sight {
  readonly truth: string;
  readonly source: RelaySource | RequestSource;
  epoch: string;
  text: string;
  looks: number;
  said: string;
}

const sights = new Map<string, Sight>();
const root = createRoot(document.getElementById('root') as HTMLElement);

function render(): void {
  root.render(
    <SluiceProvider client={client}>
      <ConnectionStatus />
      {[...sights].map(([id, { source }]) => (
        <StreamPanel key={id} id={`panel-${id}`} source={source} />
      ))}
    </SluiceProvider>,
  );
}

function look(): void {
  for (const [id, sight] of sights) {
    const panel = document.getElementById(`panel-${id}`);
    const body = panel?.querySelector('[data-stream-body]');
    if (panel == null || body == null) continue;
    const { epoch = '', status = '' } = panel.dataset;
    const text = body.textContent ?? '';
    sight.looks += 1;
    if (text !== sight.text) {
      if (!sight.truth.startsWith(text))
        window.rigSaid({ type: 'violation', what: `${id} shows no prefix of the truth: …${text.slice(-60)}` });
      if (text.length < sight.text.length) {
        if (epoch === sight.epoch)
          window.rigSaid({
            type: 'violation',
            what: `${id}: ${sight.text.length - text.length} code units were taken back within ${epoch}`,
          });
      }
    }
    if (epoch !== sight.epoch && sight.epoch !== '') {
      const withdrawn = new TextEncoder().encode(sight.text.slice(text.length)).byteLength;
      window.rigSaid({ type: 'new-epoch', withdrawn });
    }
    Object.assign(sight, { epoch, text });
    const streams = [...client.store.getState().streams.values()];
    const unnamed = 'request' in sight.source ? streams.find((stream) => stream.id === undefined) : undefined;
    const summary = streams.find((stream) => stream.id === id) ?? unnamed;
    const error = summary?.error && { code: summary.error.code, message: summary.error.message };
    const key = `${status} ${epoch} ${text.length} ${error?.code}`;
    if (key === sight.said) continue;
    sight.said = key;
    window.rigSaid({ type: 'sight', id, status, epoch, length: text.length, looks: sight.looks, error });
    sight.looks = 0;
  }
}

let connection = '';
client.store.subscribe(({ connection: { status, transport } }) => {
  if (connection === `${status} ${transport}`) return;
  connection = `${status} ${transport}`;
  window.rigSaid({ type: 'connection', status, transport });
});
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
const frame = (): void => {
  look();
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);

window.rig = {
  join(id, truth, request) {
    const source = request === undefined ? { id } : { request };
    sights.set(id, { truth, source, epoch: '', text: '', looks: 0, said: '' });
    render();
  },
  detach(id) {
    sights.delete(id);
    render();
  },
  stop: (id) =>
    client.stop(id).then(
      () => true,
      () => false,
    ),
  block(ms) {
    const until = performance.now() + ms;
    while (performance.now() < until);
  },
  pause(id) {
    document.getElementById(`panel-${id}`)?.querySelector<HTMLButtonElement>('button[aria-label*="ause"]')?.click();
  },
  leave() {
    client.close();
    root.unmount();
  },
};
render();
