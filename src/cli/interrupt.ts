type Handler = (signal: string) => boolean;

const handlers: Handler[] = [];

/**
 * Has a command handle Ctrl-C itself. The handler returns whether it did; where not, edgeml ends at once. Returns the function that
 * takes it back.
 */
export function onInterrupt(handler: Handler): () => void {
  handlers.push(handler);
  return () => {
    const at = handlers.indexOf(handler);
    if (at >= 0) handlers.splice(at, 1);
  };
}

/** Whether the command under way handles the signal. */
export const handled = (signal: string): boolean => handlers.at(-1)?.(signal) ?? false;
