import type { ConnectReader } from './baseline.ts';
import { type Link, type OpenLink, openSseLink, openWebSocketLink, openWebTransportLink } from './link.ts';
import { ReaderSession } from './session.ts';

const over =
  (open: OpenLink): ConnectReader =>
  async (endpoint, _cell, tally, sample) => {
    let link: Link | undefined;
    const session = new ReaderSession(endpoint.channels ?? [], tally, sample, (message) => link?.send(message));
    link = await open(endpoint, session.opening, (message) => session.receive(message));
    await session.subscribed;
  };

export const connectSluiceWebSocket: ConnectReader = over(openWebSocketLink);

export const connectSluiceWebTransport: ConnectReader = over(openWebTransportLink);

export const connectSluiceSse: ConnectReader = over(openSseLink);
