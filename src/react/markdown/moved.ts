interface Path {
  readonly at: number;
  readonly to: number;
  readonly place: number;
}

// More edits than this are another text. Their square is what it may cost.
const mostEdits = 96;
// So many letters behind the one in question have a say in where that is, too. UTF-16 code units.
const lookahead = 32;

// Where in the text `now` the letters are that a selection's end at `at` of the text `before` stands next to: with the fewest
// edits in front of it. O(text + edits²).
export function moved(before: string, now: string, at: number, isEnd: boolean): number {
  const isAfter = isEnd || at === before.length;
  const letter = isAfter ? at - 1 : at;
  if (now.startsWith(before.slice(0, letter + 1))) return at;
  const end = Math.min(before.length, letter + lookahead);
  // By diagonal, those that are furthest.
  let paths = new Map<number, Path>([[0, { at: 0, to: 0, place: 0 }]]);
  for (let edits = 0; edits < mostEdits; edits += 1) {
    const next = new Map<number, Path>();
    const add = (path: Path): void => {
      const diagonal = path.to - path.at;
      if (path.at > (next.get(diagonal)?.at ?? -1)) next.set(diagonal, path);
    };
    for (const path of paths.values()) {
      let { at, to, place } = path;
      for (; at < end && before[at] === now[to]; at += 1, to += 1) if (at === letter) place = isAfter ? to + 1 : to;
      if (at === end) return place;
      add({ at: at + 1, to, place: at === letter ? to : place });
      add({ at, to: to + 1, place });
    }
    paths = next;
  }
  // As far from the end, or else from the beginning.
  return now.endsWith(before.slice(at)) ? now.length - before.length + at : at;
}
