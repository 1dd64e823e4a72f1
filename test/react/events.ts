import type { StreamEvent } from '../../src/wire/index.ts';

export const start: StreamEvent = { type: 'start', provider: 'scripted', model: 'scripted-plain', createdAt: 0 };
export const finish: StreamEvent = { type: 'finish', reason: 'stop' };
