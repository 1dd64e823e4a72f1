import { describe } from 'vitest';
import { testTransport } from './transport.contract.ts';

describe('WebTransport', () => testTransport('webtransport'));
