import { type Splitter, tooLong, type UpstreamMessage } from './sse.ts';

/** @param maxLength most UTF-16 code units one line may have */
export function createLineSplitter(maxLength: number): Splitter {
  const decoder = new TextDecoder();
  // Fragments of the open line, joined once: appending would cost the square of a long line.
  let open: string[] = [];
  let length = 0;

  const close = (rest: string): readonly UpstreamMessage[] => {
    const line = open.length === 0 ? rest : [...open, rest].join('');
    open = [];
    length = 0;
    return line.trim() === '' ? [] : [{ data: line }];
  };

  return {
    feed: (bytes) => {
      const messages: UpstreamMessage[] = [];
      const text = decoder.decode(bytes, { stream: true });
      let from = 0;
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        messages.push(...close(text.slice(from, to)));
        from = to + 1;
      }
      if (from < text.length) {
        open.push(text.slice(from));
        length += text.length - from;
        if (length > maxLength) throw tooLong(maxLength);
      }
      return messages;
    },
    end: () => close(''),
  };
}
