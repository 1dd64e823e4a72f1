import type { Json } from '../../src/wire/index.ts';
import { type JsonObject, string } from './json.ts';
import type { EventWriter } from './writer.ts';

/** The output items of the Responses API that are calls. */
export interface Items {
  open(item: JsonObject): void;
  /** A piece of JSON. */
  args(id: string, delta: string): void;
  /** A piece of a custom tool's free text; its `tool-args` are one JSON string. */
  input(id: string, delta: string): void;
  /** What the deltas left out, and the result of a tool of OpenAI's. */
  close(item: JsonObject): void;
}

interface Kind {
  readonly executedBy: 'provider' | 'client';
  /** Fields of the finished item that make the arguments, where they do not come as JSON text. */
  readonly args?: readonly string[];
  /** Fields of the finished item that make the result. */
  readonly result?: readonly string[];
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['function_call', { executedBy: 'client' }],
  ['custom_tool_call', { executedBy: 'client' }],
  ['computer_call', { executedBy: 'client', args: ['action', 'pending_safety_checks'] }],
  ['local_shell_call', { executedBy: 'client', args: ['action'] }],
  ['shell_call', { executedBy: 'client', args: ['action'] }],
  ['apply_patch_call', { executedBy: 'client', args: ['operation'] }],
  ['web_search_call', { executedBy: 'provider', args: ['action'], result: ['status'] }],
  ['file_search_call', { executedBy: 'provider', args: ['queries'], result: ['status', 'results'] }],
  ['code_interpreter_call', { executedBy: 'provider', args: ['code', 'container_id'], result: ['status', 'outputs'] }],
  ['image_generation_call', { executedBy: 'provider', args: ['revised_prompt', 'size', 'quality'], result: ['status'] }],
  ['mcp_call', { executedBy: 'provider', result: ['output', 'error'] }],
] as const satisfies readonly (readonly [string, Kind])[]);

export function createItems(writer: EventWriter): Items {
  const open = new Map<string, { part: string; args: boolean; input: boolean }>();

  const args = (id: string, delta: string): void => {
    const call = open.get(id);
    if (call === undefined || delta === '') return;
    call.args = true;
    writer.toolArgs(call.part, delta);
  };

  const input = (id: string, delta: string): void => {
    const call = open.get(id);
    if (call === undefined) return;
    const quoted = JSON.stringify(delta);
    args(id, call.input ? quoted.slice(1, -1) : quoted.slice(0, -1));
    call.input = true;
  };

  const begin = (item: JsonObject): void => {
    const type = string(item['type']);
    const kind = kinds.get(type);
    if (kind === undefined) return;
    const name = string(item['name']) || type.replace(/_call$/, '');
    const part = writer.toolCall(string(item['call_id']) || string(item['id']), name, kind.executedBy);
    open.set(string(item['id']), { part, args: false, input: false });
    args(string(item['id']), string(item['arguments']));
  };

  return {
    open: begin,
    args,
    input,
    close: (item) => {
      const id = string(item['id']);
      const type = string(item['type']);
      const kind = kinds.get(type);
      if (kind === undefined) return;
      if (!open.has(id)) begin(item);
      const call = open.get(id);
      if (call === undefined) return;
      if (type === 'custom_tool_call') args(id, call.input ? '"' : JSON.stringify(string(item['input'])));
      else if (!call.args) args(id, kind.args === undefined ? string(item['arguments']) : JSON.stringify(pick(item, kind.args)));
      writer.toolArgsEnd(call.part);
      if (kind.result !== undefined) {
        const failed = item['status'] === 'failed' || (item['error'] !== undefined && item['error'] !== null);
        writer.toolResult(call.part, pick(item, kind.result), failed);
      }
      const image = type === 'image_generation_call' ? string(item['result']) : '';
      if (image !== '')
        writer.file(`image/${string(item['output_format']) || 'png'}`, { bytes: Uint8Array.from(Buffer.from(image, 'base64')) });
      open.delete(id);
    },
  };
}

/** The fields that are there; one alone that is an object stands for itself. */
function pick(item: JsonObject, names: readonly string[]): Json {
  const present = names.filter((name) => item[name] !== undefined && item[name] !== null);
  const only = present.length === 1 ? item[present[0] ?? ''] : undefined;
  if (typeof only === 'object' && only !== null && !Array.isArray(only)) return only;
  return Object.fromEntries(present.map((name) => [name, item[name] ?? null]));
}
