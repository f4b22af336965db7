import { type Cpu, compilerLine } from '../../boards/cpus.js';

/** A 32-bit Arm that is no computer: compilers for microcontrollers name no profile where no core was named. */
const onMicrocontroller = "defined(__GNUC__) && defined(__arm__) && !(defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'A')";

/** Kernels that are written in Helium's intrinsics only. */
export const withoutTwin: readonly string[] = ['depthwise_conv2d_s8_mve.h'];

/**
 * Stops a compiler that was not told of the processor, by a sentence with the flags. Elsewhere the kernels' C twins are
 * compiled, except of those that have none.
 * @param headers The kernel headers by file name.
 */
export function guardLines(name: string, cpu: Cpu, headers: ReadonlyMap<string, string>): string[] {
  const condition = conditionOf(headers);
  if (condition === undefined) return [];
  const flags = compilerLine(cpu).split(' ').slice(1).join(' ');
  return [`#if ${condition}`, `#error "${name}.c is for ${cpu.name}: compile with ${flags}"`, '#endif', ''];
}

function conditionOf(headers: ReadonlyMap<string, string>): string | undefined {
  if (withoutTwin.some((file) => headers.has(file))) return '!defined(__ARM_FEATURE_MVE)';
  if ([...headers.keys()].some((file) => file.endsWith('_mve.h'))) return `${onMicrocontroller} && !defined(__ARM_FEATURE_MVE)`;
  if (headers.has('dsp.h')) return `${onMicrocontroller} && !(defined(__ARM_FEATURE_DSP) && defined(__thumb2__))`;
  return undefined;
}
