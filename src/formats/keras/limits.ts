/** Models inside models; deeper than this no one builds, and a damaged file must not exhaust the stack. */
export const maxNesting = 32;
/** Time steps that a recurrent layer is unrolled to. Each is a dozen nodes. */
export const maxSteps = 256;
/** Nodes of a graph; a damaged configuration may not ask for more. */
export const maxNodes = 100_000;
