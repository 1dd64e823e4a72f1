import { mountAssistant } from '../shared/Assistant.tsx';

// As it comes: text is revealed smoothly, a quarter of a second behind at most.
mountAssistant({ smooth: true });
