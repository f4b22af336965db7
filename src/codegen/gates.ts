import { GateError } from '../errors.js';
import type { SizeGate } from './report.js';

export interface SizeGates {
  /** Bytes. */
  readonly maxFlash?: number;
  readonly maxRam?: number;
}

const gate = (max: number | undefined, bytes: number): SizeGate | undefined =>
  max === undefined ? undefined : { max_bytes: max, bytes, met: bytes <= max };

/** Holds sizes against what was asked; undefined where nothing was. */
export function sizeGates(
  { maxFlash, maxRam }: SizeGates,
  sizes: { readonly flash: number; readonly ram: number },
): { readonly flash?: SizeGate; readonly ram?: SizeGate } | undefined {
  const [flash, ram] = [gate(maxFlash, sizes.flash), gate(maxRam, sizes.ram)];
  return flash || ram ? { ...(flash && { flash }), ...(ram && { ram }) } : undefined;
}

/** One error that says by how much, or undefined. */
export function gateError(
  gates: { readonly flash?: SizeGate; readonly ram?: SizeGate },
  what: { flash: string; ram: string },
): GateError | undefined {
  const lines = (['flash', 'ram'] as const).flatMap((kind) => {
    const g = gates[kind];
    if (!g || g.met) return [];
    return [
      `Gate --max-${kind}: ${what[kind]} takes ${g.bytes} bytes, ${g.bytes - g.max_bytes} more than the ${g.max_bytes} that are there.`,
    ];
  });
  return lines.length > 0 ? new GateError(lines.join('\n')) : undefined;
}
