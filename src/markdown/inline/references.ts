/** The definitions of the document so far. Labels are normalised (`normaliseLabel`). */
export interface References {
  link(label: string): { url: string; title: string | undefined } | undefined;
  footnote(label: string): boolean;
}
