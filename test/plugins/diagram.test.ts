import { expect, test } from 'vitest';
import { mayLoad } from '../../src/plugins/diagram.ts';

const address = 'https://a.example/x.png';

test.each([
  `graph TD\nA-->B\nstyle A fill:url(${address})`,
  `graph TD\nA-->B\nclassDef q background:URL (${address})`,
  `graph TD\nA-->B\nstyle A fill:-webkit-image-set("${address}" 1x)`,
  `graph TD\nA-->B\nstyle A fill:u\\rl(${address})`,
  `graph TD\nA-->B\nstyle A fill:\\75rl(${address})`,
  `graph TD\nA-->B\nstyle A fill:\\000075 rl(${address})`,
  `graph TD\nA-->B\nstyle A fill:ur%%{init: {}}%%l(${address})`,
  `graph TD\nA-->B\nstyle A fill:ur%%{a:b l(${address})`,
  `flowchart TD\nA@{ img: "${address}" }`,
  `flowchart TD\nA@{ "img": "${address}" }`,
  `flowchart TD\nA@{ "\\x69mg": "${address}" }`,
  `flowchart TD\nA@{ [img]: "${address}" }`,
  `flowchart TD\nA@{ label: &k img, *k : "${address}" }`,
  `flowchart TD\nA@{ ? img # c\n : "${address}" }`,
  `flowchart TD\nA@{ "im\\\n  g": "${address}" }`,
  `flowchart TD\nsrc(Source) --> B\nstyle src fill:url(${address})`,
  `sequenceDiagram\nparticipant Alice\nproperties Alice: {"icon": "${address}"}\nAlice->>Bob: hi`,
  `sequenceDiagram\nAlice->>Bob: hi; Properties Alice: {"ic<b></b>on": "${address}"}`,
  `sequenceDiagram\nparticipant Alice\ndetails Alice: element\nAlice->>Bob: hi`,
])('[UI27] a diagram that names what it would load is not drawn: %j', (text) => {
  expect(mayLoad(text, {})).toBe(true);
});

test('[UI27] nor one that is configured to, in whatever notation', () => {
  expect(mayLoad('graph TD\nA-->B', { sequence: { messageFontFamily: `x;background:url(${address})` } })).toBe(true);
  expect(mayLoad('graph TD\nA-->B', { fontFamily: 'x;background:\\75rl(y)' })).toBe(true);
});

test.each([
  'graph TD\nA["parse_url(x)"] --> B[fetchUrl]\nstyle A fill:#f9f,stroke:rgb(1, 2, 3)',
  "%%{init: {'theme':'base','themeVariables':{'primaryColor':'#BB2528'}}}%%\ngraph TD\nA-->B %% no comment",
  'sequenceDiagram\nA->>B: C:\\temp and $$\\frac12$$\nrect rgb(0, 0, 0)\nA->>B: see https://a.example\nend',
  'flowchart TD\nsrc(Source) --> dst(Target)\nurl(Fetch) --> dst\nA[Docker img: latest]',
  'classDiagram\nclass Page {\n+url() String\n}',
  'sequenceDiagram\nA->>B: properties and details: none',
  '---\ntitle: Images\nconfig:\n  look: handDrawn\n---\nflowchart LR\nA@{ shape: cyl, label: "img" }',
])('[UI27] any other is: %j', (text) => {
  expect(mayLoad(text, { theme: 'base', themeVariables: { primaryColor: '#BB2528' } })).toBe(false);
});
