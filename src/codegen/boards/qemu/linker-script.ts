import type { Machine } from './machines.js';

/** Room for the stack, bytes: above what any kernel asks for. */
const stackBytes = 65536;

const hex = (n: number): string => `0x${n.toString(16)}`;

/** The memory of a machine for GNU ld: vectors and constants in flash, data copied to RAM at the start, the stack below RAM's end. */
export const linkerScript = ({ flash, ram }: Machine): string => `MEMORY {
  FLASH (rx) : ORIGIN = ${hex(flash.origin)}, LENGTH = ${hex(flash.bytes)}
  RAM (rwx) : ORIGIN = ${hex(ram.origin)}, LENGTH = ${hex(ram.bytes - stackBytes)}
}
board_stack_limit = ${hex(ram.origin + ram.bytes - stackBytes)};
board_stack_top = ${hex(ram.origin + ram.bytes)};
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text .text.* .rodata .rodata.* .srodata .srodata.*) } > FLASH
  .ARM.exidx : { *(.ARM.exidx*) } > FLASH
  .data : ALIGN(16) {
    board_data_start = .;
    *(.data .data.*)
    PROVIDE(__global_pointer$ = . + 0x800);
    *(.sdata .sdata.*)
    . = ALIGN(16);
    board_thread = .;
    *(.tdata .tdata.* .tbss .tbss.*)
    . = ALIGN(16);
    board_data_end = .;
  } > RAM AT > FLASH
  board_data_load = LOADADDR(.data);
  .bss (NOLOAD) : ALIGN(16) {
    board_bss_start = .;
    *(.sbss .sbss.* .bss .bss.* COMMON)
    . = ALIGN(16);
    board_bss_end = .;
  } > RAM
  /DISCARD/ : { *(.eh_frame*) *(.comment) }
}
`;
