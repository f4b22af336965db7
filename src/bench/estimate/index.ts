import { load } from '../../formats/index.js';
import { openSource } from '../../formats/source.js';
import type { Model, ReadOptions } from '../../formats/types.js';
import type { Graph } from '../../ir/graph.js';
import { type Profile, readProfile, selectProfiles } from '../profiles/profile.js';
import type { DeviceResult, RuntimeName } from '../types.js';
import { timeOf } from './latency.js';
import { liveBytes } from './live.js';
import { type Memory, memoryOf, type Subject, takesFormat } from './memory.js';
import { type LayerWork, layersOf } from './work.js';

export interface EstimateOptions extends ReadOptions {
  /** Names, aliases, families, or 'all'. */
  readonly devices?: readonly string[];
  /** Files with profiles of the user's own: each is a device of the run, and goes before a built-in one of its name. */
  readonly profiles?: readonly string[];
  /** Only these. */
  readonly runtimes?: readonly RuntimeName[];
}

/** A model, and the bytes of its file. */
export interface LoadedModel {
  readonly model: Model;
  readonly bytes: Uint8Array;
}

/**
 * Estimates a model on named devices, one result for each runtime that runs there.
 * Throws UsageError for unknown devices and faulty profiles, and what `load` throws.
 */
export async function estimateOn(path: string, options: EstimateOptions): Promise<DeviceResult[]> {
  const own = await Promise.all((options.profiles ?? []).map(readProfile));
  const named = await selectProfiles(options.devices ?? [], own);
  const chosen = [...new Set([...own, ...named])];
  return estimateAll(path, chosen, options);
}

/**
 * Estimates a model on devices: whether it fits, memory, latency with the range in which eight of ten should lie, energy, each layer.
 * Nothing is run. What does not depend on the device is worked out once.
 * @param subject A path, or a model that was loaded already with its file's bytes.
 * Throws what `load` throws.
 */
export async function estimateAll(
  subject: string | LoadedModel,
  profiles: readonly Profile[],
  options: Pick<EstimateOptions, 'runtimes' | 'inputShapes' | 'inputValues'> = {},
): Promise<DeviceResult[]> {
  const { model, bytes } =
    typeof subject === 'string' ? { model: await load(subject, options), bytes: (await openSource(subject)).bytes } : subject;
  const { graph } = model;
  const layers = layersOf(graph);
  const live = liveBytes(graph);
  const shared: Subject = { model, bytes, int8: isInteger(graph), activations: Math.max(0, ...live), known: new Map() };
  return profiles.flatMap((profile) =>
    runtimesOf(profile, model, options.runtimes).map((runtime) => estimate(shared, layers, live, profile, runtime)),
  );
}

/** Those that were asked for; where none were, those that take files of this format, or if none does, all that the device has. */
function runtimesOf({ runtimes: present }: Profile, { format }: Model, wanted: readonly RuntimeName[] | undefined): readonly RuntimeName[] {
  if (wanted) return present.filter((r) => wanted.includes(r));
  const fitting = present.filter((r) => takesFormat(r, format));
  return fitting.length > 0 ? fitting : present;
}

/** RAM that a program keeps beside the model: stack, static data, its inputs' source; by what was linked for reference/tflm. */
const beside: Readonly<Partial<Record<RuntimeName, number>>> = { tflm: 2048, 'tflm-cmsis-nn': 2560, 'tflm-esp-nn': 2560, 'edgeml-c': 256 };

function estimate(
  subject: Subject,
  layers: readonly LayerWork[],
  live: readonly number[],
  profile: Profile,
  runtime: RuntimeName,
): DeviceResult {
  const base = { model: subject.model.path, device: profile.name, runtime, source: 'estimated' } as const;
  const memory = memoryOf(subject, runtime, profile.cpu);
  if ('reasons' in memory) return { ...base, fits: false, reasons: memory.reasons };
  const reasons = shortages(memory, profile, runtime);
  const time = timeOf(layers, profile, runtime, subject.int8);
  return {
    ...base,
    fits: reasons.length === 0,
    ...(reasons.length > 0 && { reasons }),
    ram_bytes: sum(memory.ram),
    flash_bytes: sum(memory.flash),
    ram_available_bytes: profile.ram,
    flash_available_bytes: profile.flash,
    ram_parts: memory.ram,
    flash_parts: memory.flash,
    latency_ms: time.latency,
    energy_uj: time.latency.p50 * profile.power,
    how: time.how,
    layers: layers.map(({ name, operator, macs }, i) => ({ name, operator, macs, ms: time.layers[i], live_bytes: live[i] })),
  };
}

const sum = (parts: Memory['ram']): number => parts.reduce((total, { bytes }) => total + bytes, 0);

/** Sentences on what is too small, with what takes most of it. */
function shortages(memory: Memory, profile: Profile, runtime: RuntimeName): string[] {
  const short = (what: string, parts: Memory['ram'], extra: number, has: number): string[] => {
    const needs = sum(parts) + extra;
    if (needs <= has) return [];
    const largest = [...parts].sort((a, b) => b.bytes - a.bytes)[0];
    const most = largest ? `, most of it ${largest.what} (${largest.bytes})` : '';
    const room = extra > 0 ? ` with ${extra} for the program's own` : '';
    return [`${profile.title} has ${has} bytes of ${what} and ${needs} are needed${room}${most}: ${needs - has} too many.`];
  };
  return [...short('flash', memory.flash, 0, profile.flash), ...short('RAM', memory.ram, beside[runtime] ?? 0, profile.ram)];
}

const isInteger = (graph: Graph): boolean => graph.nodes.some((n) => [...n.inputs, ...n.outputs].some((v) => v?.quant && !v.data));
