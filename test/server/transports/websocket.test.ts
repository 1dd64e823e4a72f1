import { describe } from 'vitest';
import { testTransport } from './transport.contract.ts';

describe('WebSocket', () => testTransport('websocket'));
