export { Reasoning } from './Reasoning.tsx';
export { Sources } from './Sources.tsx';
export { Tools } from './Tools.tsx';
