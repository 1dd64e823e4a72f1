import { mountTanstack } from '../shared/Tanstack.tsx';

// As it comes: a render for each chunk, and a turn of the event loop after each.
mountTanstack();
