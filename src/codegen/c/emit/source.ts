import { commentText } from '../../../comment.js';
import type { Origin } from '../../../fs/mark.js';
import type { Value } from '../../../ir/graph.js';
import { byteSize, showType } from '../../../ir/types.js';
import { headComment } from '../../head.js';
import { floatLiteral, stringLiteral } from '../../text.js';
import type { Layer } from '../layers.js';
import type { Arg, Call, Place, Rounding } from '../program.js';
import type { Storage } from '../storage.js';
import { Constants } from './constants.js';
import { cTypes, literal } from './literals.js';

export interface SourceInput {
  /** The identifier that everything begins with. */
  readonly name: string;
  readonly origin: Origin;
  /** For what the code is, for the first lines. */
  readonly about: readonly string[];
  /** Lines before the kernels. */
  readonly guard?: readonly string[];
  readonly layers: readonly Layer[];
  /** Graph outputs that are constants, to be copied to the arena. */
  readonly storage: Storage;
  readonly rounding: Rounding;
  readonly labels?: readonly string[];
  /** The text comes without the contents of its constants. */
  readonly sizesOnly?: boolean;
}

export interface Source {
  readonly text: string;
  /** Bytes of constant data. */
  readonly constantBytes: number;
}

/** `<name>.c`: the constants of each layer under a comment that tells its origin, then one function that calls the kernels in order. */
export function sourceText({ name, origin, about, guard = [], layers, storage, rounding, labels, sizesOnly }: SourceInput): Source {
  const NAME = name.toUpperCase();
  const constants = new Constants(!sizesOnly);
  const tables: string[] = [];
  const body: string[] = [];
  for (const layer of layers) {
    const prefix = `${name}_${String(layer.index).padStart(2, '0')}_${word(layer.node.op)}`;
    const title = titleOf(layer);
    const calls = layer.calls.map((call) => callText(call, prefix, constants, storage));
    const made = constants.take();
    if (made) tables.push(`/* ${title} */`, made, '');
    body.push(`  /* ${title} */`, ...calls.map((c) => `  ${c}`));
    if (calls.length === 0) body.push('  /* the same bytes under another shape: nothing to do */');
    for (const out of layer.node.outputs) {
      body.push(`  ${NAME}_TRACE_LAYER(${layer.index}, ${stringLiteral(shown(out.name))}, ${place(out, storage)}, ${byteSize(out)});`);
    }
  }
  const kernels = [...new Set(layers.flatMap((l) => l.calls.map((c) => c.kernel)))].sort();
  const text = [
    ...headComment(origin, about),
    ...(rounding === 'single' ? ['#define EDGEML_SINGLE_ROUNDING 1'] : []),
    `#include "${name}.h"`,
    '',
    ...guard,
    ...(/INFINITY|NAN/.test(tables.join('\n')) ? ['#include <math.h>', ''] : []),
    ...kernels.map((k) => `#include "edgeml/${k}.h"`),
    '',
    ...alignedMacro,
    ...traceMacro(NAME),
    ...(labels ? [`const char *const ${name}_labels[${labels.length}] = {`, ...labels.map((l) => `  ${stringLiteral(l)},`), '};', ''] : []),
    ...tables,
    `#ifdef ${NAME}_STATIC_ARENA`,
    `EDGEML_ALIGNED(${NAME}_ARENA_ALIGNMENT) uint8_t ${name}_arena[${NAME}_ARENA_BYTES];`,
    '#endif',
    '',
    `void ${name}_run(void *arena) {`,
    '  uint8_t *const a = (uint8_t *)arena;',
    ...body,
    // A model whose every layer only renames does not touch its arena.
    '  (void)a;',
    '}',
    '',
  ].join('\n');
  return { text, constantBytes: constants.bytes };
}

const alignedMacro = [
  '#ifndef EDGEML_ALIGNED',
  '#if defined(__GNUC__)',
  '#define EDGEML_ALIGNED(n) __attribute__((aligned(n)))',
  '#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L',
  '#define EDGEML_ALIGNED(n) _Alignas(n)',
  '#else',
  '#define EDGEML_ALIGNED(n)',
  '#endif',
  '#endif',
  '',
];

const traceMacro = (NAME: string): string[] => [
  `#ifdef ${NAME}_TRACE`,
  `void ${NAME}_TRACE(int layer, const char *tensor, const void *data, int32_t bytes);`,
  `#define ${NAME}_TRACE_LAYER(layer, tensor, data, bytes) ${NAME}_TRACE(layer, tensor, data, bytes)`,
  '#else',
  `#define ${NAME}_TRACE_LAYER(layer, tensor, data, bytes)`,
  '#endif',
  '',
];

const word = (op: string): string => op.replace(/([a-z\d])([A-Z])(?=[a-z])/g, '$1_$2').toLowerCase();

/** Converters join the names of everything they fused, which says the same several times over. */
const shown = (name: string): string => (name.length > 40 ? `${name.slice(0, 37)}...` : name);

function titleOf({ index, node }: Layer): string {
  const [out] = node.outputs;
  const inputs = node.inputs.flatMap((v) => (v && !v.data ? [showType(v)] : []));
  const weights = node.inputs.flatMap((v) => (v?.data && v.shape.length > 1 ? [`, weights [${v.shape}]`] : [])).slice(0, 1);
  const { activation } = node.attrs;
  const fused = typeof activation === 'string' && activation !== 'none' ? ` + ${activation}` : '';
  return commentText(
    `${index}: ${node.op}${fused} '${shown(out.name)}': ${inputs.join(' + ')}${weights} -> ${node.outputs.map(showType).join(', ')}`,
  );
}

function callText(call: Call, prefix: string, constants: Constants, storage: Storage): string {
  const args = call.args.map((arg) => argText(arg, prefix, constants, storage));
  const line = `${call.function}(${args.join(', ')});`;
  return line.length <= 118 ? line : `${call.function}(\n      ${args.join(',\n      ')});`;
}

function argText(arg: Arg, prefix: string, constants: Constants, storage: Storage): string {
  if (typeof arg === 'number') return literal(arg, 'int32_t');
  switch (arg.kind) {
    case 'float':
      return floatLiteral(arg.value);
    case 'table':
      return constants.table(arg, prefix);
    case 'struct':
      return `&${constants.struct(arg, prefix)}`;
    case 'scratch':
      return `a + ${storage.scratchOf(arg)}`;
    default:
      return typedPlace(arg, prefix, constants, storage);
  }
}

const place = (v: Value, storage: Storage): string => `a + ${storage.offsetOf(v)}`;

function typedPlace({ kind, value }: Place, prefix: string, constants: Constants, storage: Storage): string {
  if (value.data) return constants.value(value, prefix);
  const at = storage.offsetOf(value);
  return `(${kind === 'in' ? 'const ' : ''}${cTypes[value.dtype]} *)(a + ${at})`;
}
