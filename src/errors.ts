/**
 * The process exit codes of the command line; an {@link EdgemlError} carries the one that it ends with.
 * `interrupted` is 128 + SIGINT, the shell's convention.
 */
export const exitCodes = {
  done: 0,
  gate: 1,
  usage: 2,
  model: 3,
  device: 4,
  partial: 5,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * An error whose message is a whole sentence for the user: which file, node or field; the value met; what to do.
 * Anything thrown that is not an EdgemlError is a bug in edgeml and is reported as one.
 */
export class EdgemlError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** The command line or the arguments of an API call make no sense (exit code 2). */
export class UsageError extends EdgemlError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.usage, options);
  }
}

/** A model or data file cannot be read, or holds something that is not supported (exit code 3). */
export class ModelError extends EdgemlError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.model, options);
  }
}

/** A file cannot be written: no space, no permission, no such folder (exit code 3). */
export class WriteError extends EdgemlError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.model, options);
  }
}

/** One operator that a reader, a writer or a runtime does not support, with the nodes that use it. */
export interface Unsupported {
  /** The operator's name in its own format, e.g. `Loop` or `CUSTOM:Foo`. */
  readonly operator: string;
  /** Why, as the end of a sentence: "has no TFLite builtin". */
  readonly reason: string;
  /** Names of the nodes that use it. */
  readonly nodes: readonly string[];
}

/** Operators that are not supported: all of them at once, so that one run tells the whole story (exit code 3). */
export class UnsupportedError extends ModelError {
  readonly unsupported: readonly Unsupported[];
  constructor(subject: string, unsupported: readonly Unsupported[], remedy?: string) {
    const lines = unsupported.map((u) => {
      const shown = u.nodes
        .slice(0, 5)
        .map((n) => `'${n}'`)
        .join(', ');
      const more = u.nodes.length > 5 ? ` and ${u.nodes.length - 5} more` : '';
      return `  ${u.operator}: ${u.reason} (node${u.nodes.length === 1 ? '' : 's'} ${shown}${more})`;
    });
    super(`${subject}\n${lines.join('\n')}${remedy ? `\n${remedy}` : ''}`);
    this.unsupported = unsupported;
  }
}

/**
 * A model input whose value decides a shape (or an attribute) and is therefore needed at conversion time.
 * `input` names it, so that a caller can fix it with `load(..., { inputValues })`.
 */
export class NeedsConstantError extends ModelError {
  readonly input: string;
  constructor(message: string, input: string) {
    super(message);
    this.input = input;
  }
}

/** A gate (accuracy, fidelity, size) was not met (exit code 1). */
export class GateError extends EdgemlError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.gate, options);
  }
}

/** A device, the connection to it, or a tool that stands in for it (a cross compiler, an emulator) fails (exit code 4). */
export class DeviceError extends EdgemlError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.device, options);
  }
}

/** A device that cannot be reached at the moment, or was lost on the way: trying again later makes sense (exit code 4). */
export class OfflineError extends DeviceError {}
