import { type JsonObject, object, string } from './json.ts';
import type { Kept } from './resume.ts';

/** The place in an answer that another process asked for: its beginning. */
export function keptAgain(id: string): Kept {
  return placeIn(id);
}

/**
 * The place in an answer of the Responses API that was asked for with `background: true` and is stored: only such a one goes on without its connection,
 * and can be read on behind any of its numbered events.
 */
export function keptResponse(body: JsonObject): Kept | undefined {
  if (body['background'] !== true || body['store'] === false) return undefined;
  return placeIn('');
}

function placeIn(known: string): Kept {
  let id = known;
  let last = -1;
  let gapless = true;
  return {
    place(payload) {
      id ||= string(object(payload['response'])?.['id']);
      const number = payload['sequence_number'];
      // An error of the server's own has none.
      if (typeof number !== 'number') return 'next';
      if (number <= last) return 'seen';
      if (!gapless && number !== last + 1) return 'gap';
      gapless = true;
      last = number;
      return 'next';
    },
    path() {
      if (id === '' || (last < 0 && known === '')) return undefined;
      gapless = false;
      return `/responses/${encodeURIComponent(id)}?stream=true${last < 0 ? '' : `&starting_after=${last}`}`;
    },
    id: () => id || undefined,
    cancelPath: () => (id === '' ? undefined : `/responses/${encodeURIComponent(id)}/cancel`),
  };
}
