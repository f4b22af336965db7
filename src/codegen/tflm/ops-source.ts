import type { Origin } from '../../fs/mark.js';
import { headComment } from '../head.js';
import { microOperators } from './operators.js';
import type { TflmOperator } from './types.js';

/** `<id>_ops.h`: a resolver with exactly the operators that the model uses. */
export function opsHeader(id: string, operators: readonly TflmOperator[], origin: Origin): string {
  const upper = id.toUpperCase();
  const variants = operators.filter((o) => o.variant);
  const headers = [...new Set(variants.map((o) => microOperators.get(o.name)?.int8?.header))].sort();
  const add = (call: string) => `  if (resolver.${call} != kTfLiteOk) return kTfLiteError;`;
  const general = operators.map((o) => add(`${o.add}()`));
  const special = operators.map((o) => add(`${o.add}(${o.variant ? `tflite::${o.variant}()` : ''})`));
  const body = variants.length === 0 ? general : [`#ifdef ${upper}_INT8_KERNELS`, ...special, '#else', ...general, '#endif'];
  return `${headComment(origin, ['The operators that the model uses. C++11 or later.']).join('\n')}
#ifndef ${upper}_OPS_H
#define ${upper}_OPS_H

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
${variants.length === 0 ? '' : note(upper, headers as string[])}
/** Operators that are registered. */
#define ${upper}_OPS ${operators.length}

/** A resolver with room for these operators and no other. */
using ${id}_resolver = tflite::MicroMutableOpResolver<${Math.max(1, operators.length)}>;

/** Registers them; kTfLiteError where the resolver already holds one. */
inline TfLiteStatus ${id}_add_ops(${id}_resolver& resolver) {
${body.length > 0 ? body.join('\n') : '  (void)resolver;'}
  return kTfLiteOk;
}

#endif
`;
}

/** Kernels for int8 alone leave those for float and int16 out of the image where the library is built with CMSIS-NN. */
const note = (upper: string, headers: readonly string[]): string => `
/*
 * With ${upper}_INT8_KERNELS defined, kernels for int8 alone are registered. Where the library is built with CMSIS-NN that
 * leaves those for other types out of the image (28 to 31 KB of 80 to 85 KB on a Cortex-M4 with convolutions).
 */
#ifdef ${upper}_INT8_KERNELS
${headers.map((h) => `#include "${h}"`).join('\n')}
#endif
`;
