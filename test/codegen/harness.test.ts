import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type CProgram, emulate, machineFor, machines, missingTools, runTool, toolsOf } from '../../src/codegen/boards/qemu/index.js';
import { DeviceError } from '../../src/errors.js';
import { describeWith } from './harness.js';

/** A model of hand-written C: four int8 in, their products with 1, 2, 3, 4 out; `body` runs before. */
function toy(body: string, arena = 64): CProgram {
  const source = `#include "toy.h"
#ifdef TOY_TRACE
void TOY_TRACE(int layer, const char *tensor, const void *data, int32_t bytes);
#else
#define TOY_TRACE(layer, tensor, data, bytes)
#endif
static const int8_t toy_weights[4] = {1, 2, 3, 4};
static volatile int32_t toy_kept;
void toy_run(void *arena) {
  int8_t *const a = (int8_t *)arena;
  toy_kept = 0;
  ${body}
  for (volatile int i = 0; i < 4; i++) a[16 + i] = (int8_t)(a[i] * toy_weights[i]);
  TOY_TRACE(0, "first", a + 16, 4);
  TOY_TRACE(1, "second", a, 4);
}
`;
  const header = `#include <stdint.h>\n#define TOY_ARENA_BYTES ${arena}\nvoid toy_run(void *arena);\n`;
  const report = { name: 'toy', inputs: [{ bytes: 4, offset: 0 }], outputs: [{ bytes: 4, offset: 16 }] };
  return {
    files: new Map([
      ['toy.h', header],
      ['toy.c', source],
    ]),
    report,
  };
}

/** Two instructions a turn on every processor. */
const loop = (turns: number): string => `static const volatile uint32_t turns = ${turns}u;
  uint32_t n = turns;
#if defined(__riscv)
  __asm__ volatile("1: addi %0, %0, -1\\n bnez %0, 1b" : "+r"(n));
#else
  __asm__ volatile(".syntax unified\\n 1: subs %0, %0, #1\\n bne 1b" : "+l"(n) : : "cc");
#endif`;

const input = Uint8Array.of(1, 2, 0xff, 4);
const inputs = [[input], [Uint8Array.of(0, 0, 0, 1)]];
const product = (set: Uint8Array) => set.map((x, i) => x * (i + 1));
const m0 = machines[0];

await describeWith('the emulated boards', { tools: [...new Set(machines.flatMap(toolsOf))], files: [] }, () => {
  it.each(machines.filter((m) => m.cpu !== 'cortex-m0plus').map((m) => [m.cpu, m] as const))(
    '%s: runs C and counts its instructions exactly',
    async (_, machine) => {
      const short = await emulate(toy(loop(1000)), machine, { inputs });
      const long = await emulate(toy(loop(1_001_000)), machine, { inputs, trace: true });
      expect(long.inferences.map((i) => i.outputs)).toEqual(inputs.map(([set]) => [product(set)]));
      expect(long.inferences[0].instructions - short.inferences[0].instructions).toBe(2_000_000);
      expect(long.inferences[1].instructions).toBe(long.inferences[0].instructions);
      expect(long.inferences[0].instructions - 2_002_000).toBeLessThan(100);
      const [first, second] = long.layers?.[0] ?? [];
      expect([first.index, first.name, first.tensor]).toEqual([0, 'first', product(input)]);
      expect([second.index, second.name, second.tensor]).toEqual([1, 'second', input]);
      expect(first.instructions).toBeGreaterThan(2_002_000);
      expect(first.instructions + second.instructions).toBeLessThan(2_002_000 + 150);
    },
  );

  it('measures the stack that an inference used', async () => {
    const machine = machineFor('cortex-m4') as (typeof machines)[number];
    const used = async (bytes: number) => {
      const body = `volatile uint8_t room[${bytes}]; room[0] = 1; room[${bytes - 1}] = 2; toy_kept = room[0] + room[${bytes - 1}];`;
      return (await emulate(toy(body), machine, { inputs })).inferences.map((i) => i.stack);
    };
    const [small, large] = [await used(64), await used(4064)];
    expect(small[0]).toBeGreaterThanOrEqual(64);
    expect(small[0]).toBeLessThan(64 + 64);
    expect(large.map((l, i) => l - small[i])).toEqual([4000, 4000]);
  });

  it('tells the memory of a model alone, with the library functions that it calls', async () => {
    const machine = machineFor('cortex-m0') as (typeof machines)[number];
    const plain = (await emulate(toy(''), machine, { inputs })).sizes;
    expect([...plain.symbols]).toEqual([['toy_weights', 4]]);
    expect(plain).toMatchObject({ constants: 4, rodata: 0, data: 0, bss: 4 });
    expect(plain.text).toBeGreaterThan(20);
    expect(plain.text).toBeLessThan(150);
    // Armv6-M has no division: libgcc's is part of the model's code.
    const divides = (await emulate(toy('toy_kept = 1000 / (int32_t)(1 + a[0]);'), machine, { inputs })).sizes;
    expect(divides.text - plain.text).toBeGreaterThan(200);
  });

  it('says in a sentence what went wrong, and leaves no folder behind', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'edgeml-test-'));
    vi.stubEnv('TMPDIR', temporary);
    const failure = (program: CProgram, seconds?: number) => emulate(program, m0, { inputs, seconds }).catch((e: unknown) => e as Error);
    const fault = await failure(toy('toy_kept = *(volatile int32_t *)((uintptr_t)arena + 1);'));
    expect(fault).toBeInstanceOf(DeviceError);
    expect((fault as Error).message).toContain('did not run to its end on cortex-m0');
    expect((fault as Error).message).toContain('the processor took a fault');
    const broken = await failure(toy('this is no C;'));
    expect(broken).toBeInstanceOf(DeviceError);
    expect((broken as Error).message).toMatch(/arm-none-eabi-gcc could not build toy for cortex-m0:[\s\S]*toy\.c:\d+/);
    const large = await failure(toy('', 2 ** 21));
    expect((large as Error).message).toMatch(/^toy is \d+ bytes too large for the RAM of BBC micro:bit/);
    const endless = await failure(toy('for (;;) toy_kept++;'), 1);
    expect((endless as Error).message).toBe('qemu-system-arm did not end within 1 s and was stopped.');
    expect(readdirSync(temporary)).toEqual([]);
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  });

  it('says that a count does not fit rather than tell a wrong one', async () => {
    // The timer has 32 bits of 40 ns, an instruction takes 128 ns.
    const machine = machineFor('cortex-m3') as (typeof machines)[number];
    const long = await emulate(toy(loop(700_000_000)), machine, { inputs: [inputs[0]] }).catch((e: unknown) => e as Error);
    expect(long).toBeInstanceOf(DeviceError);
    expect((long as Error).message).toContain('more instructions than the timer');
  });
});

describe('tools', () => {
  it('that are missing are told with the packages to install', async () => {
    expect(await missingTools([process.execPath])).toBeUndefined();
    expect(await missingTools(['edgeml-no-such-tool', process.execPath])).toBe(
      'edgeml-no-such-tool cannot be run; on Debian and Ubuntu: apt-get install edgeml-no-such-tool.',
    );
    await expect(runTool('edgeml-no-such-tool', [], '.')).rejects.toThrow(DeviceError);
    await expect(runTool('edgeml-no-such-tool', [], '.')).rejects.toThrow('is not installed, or not in PATH');
  });
});
