export type { LogStorage, StreamLog } from './log.ts';
export { createMemoryStorage, type MemoryStorageOptions, memoryStorageDefaults } from './memory.ts';
