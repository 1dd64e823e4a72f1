import { BatchStrategy } from '@tanstack/ai/client';
import { mountTanstack } from '../shared/Tanstack.tsx';

// With its own strategy for fewer renders, and the size that it has by default: one render for five chunks.
mountTanstack(() => new BatchStrategy());
