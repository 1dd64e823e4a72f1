export { MarkdownText } from './MarkdownText.tsx';
export { switchView } from './switch.ts';
