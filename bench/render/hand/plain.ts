import type { HandBody } from './page.ts';

/** A box per line: the open one is one text node that grows, the others are not touched again. */
export function createPlain(host: HTMLElement): HandBody {
  let open: Text | undefined;
  return {
    append(text) {
      for (let start = 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        const end = newline === -1 ? text.length : newline + 1;
        const piece = text.slice(start, end);
        if (open === undefined) {
          const line = document.createElement('div');
          open = document.createTextNode(piece);
          line.append(open);
          host.append(line);
        } else open.appendData(piece);
        if (newline !== -1) open = undefined;
        start = end;
      }
    },
    end() {},
  };
}
