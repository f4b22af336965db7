import { spawn } from 'node:child_process';
import { DeviceError } from '../../../errors.js';
import { atExit } from '../../../fs/scratch.js';

/** Debian's packages of the tools that are run, for the sentence that says how to get them. */
const packages: Readonly<Record<string, string>> = {
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi libnewlib-arm-none-eabi',
  'riscv64-unknown-elf-gcc': 'gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf',
  'qemu-system-arm': 'qemu-system-arm',
  'qemu-system-riscv32': 'qemu-system-misc',
  gcc: 'gcc',
  'g++': 'g++',
  clang: 'clang',
};
const packageOf = (tool: string): string => packages[tool] ?? packages[tool.replace(/-(?:nm|size|objcopy)$/, '-gcc')] ?? tool;

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a tool to its end in a folder. `seconds` bounds it, and it does not outlive this process.
 * Throws DeviceError where the tool is not installed (and names the package) or goes on for longer.
 */
export function runTool(tool: string, args: readonly string[], cwd: string, seconds = 120): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const takeBack = atExit(() => child.kill('SIGKILL'));
    const text = { stdout: '', stderr: '' };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.setEncoding('utf8').on('data', (s: string) => {
      text.stdout += s;
    });
    child.stderr.setEncoding('utf8').on('data', (s: string) => {
      text.stderr += s;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      takeBack();
      if (error.code !== 'ENOENT') return reject(error);
      reject(new DeviceError(`${tool} is not installed, or not in PATH; on Debian and Ubuntu: apt-get install ${packageOf(tool)}.`));
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      takeBack();
      if (late) reject(new DeviceError(`${tool} did not end within ${seconds} s and was stopped.`));
      else resolve({ status, ...text });
    });
  });
}

/** Which of these tools cannot be run, as the sentence that says how to install them; undefined where all are there. */
export async function missingTools(tools: readonly string[]): Promise<string | undefined> {
  const absent: string[] = [];
  for (const tool of tools) {
    try {
      await runTool(tool, ['--version'], '.', 20);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      absent.push(tool);
    }
  }
  if (absent.length === 0) return undefined;
  const install = [...new Set(absent.map(packageOf))].join(' ');
  return `${absent.join(', ')} cannot be run; on Debian and Ubuntu: apt-get install ${install}.`;
}
