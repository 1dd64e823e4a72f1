import type { MermaidConfig } from 'mermaid';

/**
 * What no diagram may change. Mermaid's `strict` level runs no script, but loads what labels and styles name, from anywhere: it
 * puts a diagram into the page to measure it, so that what would load has to be kept out before, not only out of what is shown.
 */
export const guards: MermaidConfig = {
  startOnLoad: false,
  securityLevel: 'strict',
  suppressErrorRendering: true,
  secure: [
    ...['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'suppressErrorRendering', 'maxEdges'],
    ...['dompurifyConfig', 'themeCSS'],
  ],
  dompurifyConfig: {
    FORBID_TAGS: ['style', 'svg', 'img', 'image', 'picture', 'source', 'video', 'audio', 'track', 'input', 'form', 'button'],
    FORBID_ATTR: ['style', 'src', 'srcset', 'href', 'xlink:href', 'poster', 'background'],
  },
};

const fetching = /\b(?:url|src|image-set)\s*\(|@import/i;
/** A participant's properties may be an icon, by address; `details` are read from the page. */
const participant = /(?:[\r\n;]|sequenceDiagram)[^\S\r\n]*(?:properties|details)\b/i;
/** In these a line without any of that is no style, and `url(` a node or a method. */
const withoutStyles = /^[^\S\r\n]*(?:flowchart|graph|classDiagram)\b/m;
const styling = /[:=@]|style|classDef/i;
/** Of CSS, JSON or YAML: nothing but what should not be read needs one. */
const escapedLetter = /\\[ux]?0*[4-7][\da-f]/i;
/** Mermaid takes directives out wherever they are, and joins what was around them. */
const directiveWithin = /^[^\S\r\n]*\S[^\r\n]*%%\{/m;

/** Whether a diagram (its text, and the configuration in it as Mermaid reads it) may load something when it is drawn. */
export function mayLoad(text: string, config: unknown): boolean {
  const isFetching = (each: string): boolean => escapedLetter.test(each) || fetching.test(each.replaceAll('\\', ''));
  const lines = withoutStyles.test(text) ? text.split(/[\r\n]+/).filter((line) => styling.test(line)) : [text];
  return (
    escapedLetter.test(text) ||
    lines.some(isFetching) ||
    isFetching(JSON.stringify(config ?? null)) ||
    hasImageShape(text) ||
    (text.includes('sequenceDiagram') && participant.test(text)) ||
    directiveWithin.test(text)
  );
}

/** Flowcharts' shapes are YAML, which has many ways to write a key. */
function hasImageShape(text: string): boolean {
  const shapes = text.slice(text.indexOf('@{'));
  if (!shapes.startsWith('@{')) return false;
  const isNamed = /\bimg\b/i.test(shapes);
  return (isNamed && (/\bimg['"]?\s*:/i.test(shapes) || /[[?*&!#|>]/.test(shapes))) || /\\[ \t]*[\r\n]/.test(shapes);
}

/** Without links, and without what would load something, however it came to be there. References within the drawing stay. */
export function withoutLinks(drawing: ParentNode): void {
  for (const element of drawing.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const isReference = /^(?:xlink:)?href$|^(?:src|srcset|poster|background)$/i.test(name);
      if (isReference ? !value.startsWith('#') : loadsFrom(value)) element.removeAttribute(name);
    }
    if (/^style$/i.test(element.tagName) && loadsFrom(element.textContent)) element.textContent = '';
  }
}

/** Markers are referred to by `url(#name)`, or by the page's address in front of it (`arrowMarkerAbsolute`). */
function loadsFrom(css: string): boolean {
  const [page = ''] = location.href.split('#');
  const rest = css.replaceAll('\\', '').replaceAll(`${page}#`, '#');
  return escapedLetter.test(css) || fetching.test(rest.replace(/\burl\(\s*["']?#/gi, ''));
}
