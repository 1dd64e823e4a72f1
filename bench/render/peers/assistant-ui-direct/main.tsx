import { mountAssistant } from '../shared/Assistant.tsx';

// Its smoothing turned off by its documented option, since that costs it lag.
mountAssistant({ smooth: false });
