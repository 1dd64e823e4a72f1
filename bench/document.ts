import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What a suite has to say, by the name of its file and of its place in the template. */
const suites = ['render', 'relay', 'micro'];

/** Assembles docs/BENCHMARKS.md from its template and from the tables in `results`. Headings within a suite go below the suite's own. */
export function writeDocument(results: URL): void {
  let text = readFileSync(new URL('./document.md', import.meta.url), 'utf8');
  for (const suite of suites) {
    const file = new URL(`${suite}.md`, results);
    const tables = existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .replaceAll(/^### /gm, '#### ')
          .replaceAll(/^(!\[.*\]\()/gm, '$1../bench/results/')
      : 'Not measured yet.';
    text = text.replace(`<!-- ${suite} -->`, () => tables);
  }
  writeFileSync(new URL('../docs/BENCHMARKS.md', import.meta.url), text);
}
