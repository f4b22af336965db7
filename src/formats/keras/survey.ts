import type { Unsupported } from '../../errors.js';
import { ModelError } from '../../errors.js';
import { isObject, type Json, type LayerConfig } from './config.js';
import { dtypeName } from './inputs.js';
import { maxNesting } from './limits.js';
import { kindOf, ruleFor } from './rules/index.js';
import { wrapped } from './rules/wrappers.js';

/** What is known of a model's layers before any is built. */
export interface Survey {
  /** Every kind of layer that is not supported, with the layers of that kind. */
  readonly unsupported: readonly Unsupported[];
  /** How often each layer name occurs. Inputs of nested models make no values and do not count. */
  readonly names: ReadonlyMap<string, number>;
  readonly warnings: readonly string[];
}

/** Looks at all layers of a model and of the models in it. Throws ModelError where a configuration is damaged. */
export function survey(model: LayerConfig): Survey {
  const unsupported = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  const names = new Map<string, number>();
  const halves = new Set<string>();

  const refuse = (config: LayerConfig, name: string, reason: string): void => {
    const operator = kindOf(config);
    const entry = unsupported.get(`${operator} ${reason}`);
    if (entry) entry.nodes.push(name);
    else unsupported.set(`${operator} ${reason}`, { operator, reason, nodes: [name] });
  };

  const layer = (config: LayerConfig, name: string, depth: number): void => {
    if (depth > maxNesting)
      throw new ModelError(`Layer '${name}' stands more than ${maxNesting} models deep. The configuration is damaged.`);
    if (config.className === 'InputLayer') return;
    if (config.isModel) {
      models(config, depth + 1);
      return;
    }
    if (isQuantized(config.fields.dtype)) {
      refuse(config, name, 'has weights quantized by Keras; give the model from before its quantization');
      return;
    }
    const policy = dtypeName(config.fields.dtype);
    if (policy !== undefined && /float16|float64/.test(policy)) halves.add(policy.replace('mixed_', ''));
    if (config.className === 'TimeDistributed') {
      layer(wrapped(config), name, depth + 1);
      return;
    }
    const rule = ruleFor(config);
    const reason = typeof rule === 'string' ? rule : rule.unsupported?.(config);
    if (reason !== undefined) refuse(config, name, reason);
  };

  const models = (config: LayerConfig, depth: number): void => {
    for (const inner of config.layers) {
      if (inner.className !== 'InputLayer' || depth === 0) names.set(inner.name, (names.get(inner.name) ?? 0) + 1);
      layer(inner, inner.name, depth);
    }
  };

  models(model, 0);
  const warnings = [...halves].map((t) => `The model computes in ${t}; it is read as float32.`);
  return { unsupported: [...unsupported.values()], names, warnings };
}

/** Keras 3 says so in the layer's dtype policy: `int8_from_float32`. */
const isQuantized = (dtype: Json | undefined): boolean =>
  isObject(dtype) ? /^Quantized/.test(String(dtype.class_name)) : typeof dtype === 'string' && dtype.includes('_from_');
