const first = 1000;
const longest = 300_000;

/**
 * How long to wait before the next try of a device, ms: 1 s, 2 s, 4 s … up to 5 minutes, each a quarter more or less, so that
 * devices behind one router do not all come at the same moment.
 * @param tries Tries that failed, from 1 on. @param random From 0 to 1.
 */
export const backOff = (tries: number, random: number): number => Math.min(longest, first * 2 ** (tries - 1)) * (0.75 + random / 2);
