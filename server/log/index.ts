export type { LogStorage, StorageStats, StreamLog } from './log.ts';
export { createMemoryStorage, type MemoryStorageOptions, memoryStorageDefaults } from './memory.ts';
export { createSqliteStorage, type SqliteStorageOptions, sqliteStorageDefaults } from './sqlite.ts';
