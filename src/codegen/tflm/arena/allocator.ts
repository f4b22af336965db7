import type { ArenaPart } from '../types.js';
import { alignUp } from './layout.js';

/**
 * TensorFlow Lite Micro's SingleArenaBufferAllocator on an arena without a size: what is persistent grows down from the end, the
 * head grows up from the beginning with temporary buffers behind it, and `peak` is the least size with which every request would
 * have been met.
 */
export class Allocator {
  /** Bytes from the end that are persistent. */
  tail = 0;
  peak = 0;
  private head = 0;
  private temp = 0;
  private readonly kinds = new Map<string, number>();

  persistent(kind: string, bytes: number, align: number): void {
    const before = this.tail;
    this.tail = alignUp(this.tail + bytes, align);
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + this.tail - before);
    // The allocator looks at the head only, so temporary buffers may be overlapped.
    this.need(this.head);
  }

  temporary(bytes: number, align: number): void {
    this.temp = alignUp(this.temp, align) + bytes;
    this.need(this.temp);
  }

  /** What is left between temporary buffers and the tail, both ends aligned, must have this size. */
  rest(bytes: number, align: number): void {
    this.peak = Math.max(this.peak, alignUp(this.temp, align) + bytes + alignUp(this.tail, align));
  }

  /** Sets the size of the head, which ends all temporary buffers. */
  reserveHead(bytes: number): void {
    this.head = bytes;
    this.temp = bytes;
    this.need(bytes);
  }

  /** Persistent bytes by kind, alignment included. */
  parts(): ArenaPart[] {
    return [...this.kinds].filter(([, bytes]) => bytes > 0).map(([kind, bytes]) => ({ kind, bytes }));
  }

  private need(front: number): void {
    this.peak = Math.max(this.peak, front + this.tail);
  }
}
