"""The two loops that process every reading, for the RP2040's core; `summing.py` explains them.

500000 readings a second leave 250 cycles each at 125 MHz; bytecode needs 823, a sum here 7.
Only MicroPython's assembler can compile this file; nothing but `summing.py` imports it.

Arguments are addresses of the buffers' data; for a slice of a memoryview, the slice's own
(py/objfun.c asks every object for its buffer). r0 to r7 may be used, MicroPython saves them;
r12 and r14 too, because a function calls nothing and its return address is on the stack. Both
return 0: any other r0 would become an integer, from 2^30 on an object on the heap.
"""
# ruff: noqa: F821
# mypy: ignore-errors
# Only MicroPython's assembler knows the names of registers and instructions.

import micropython


@micropython.asm_thumb
def sum_block(r0, r1, r2):
    """Sum a block: readings, out, job."""
    # r0 reading, r1 out, r2 job, r3 bytes from one reading of a channel to the next, r4 scratch,
    # r5 sum, r6 readings above 2047, r7 readings left; r12 rows left, r14 2 x channel
    ldr(r4, [r2, 0])
    cmp(r4, 0)
    beq(END)
    mov(r12, r4)
    ldr(r3, [r2, 4])
    lsl(r3, r3, 1)

    label(ROW)
    mov(r4, 0)
    mov(r14, r4)

    label(CHANNEL)
    mov(r5, 0)
    mov(r6, 0)
    ldr(r7, [r2, 8])

    # Five per loop: all possible numbers of readings are multiples of 5, and the loop's own
    # 3 cycles become 0.6 of the 6.6 cycles of a reading.
    # A reading has 12 bits: bit 11, shifted down, says whether it is above 2047.
    label(READING)
    ldrh(r4, [r0, 0])
    add(r0, r0, r3)
    add(r5, r5, r4)
    lsr(r4, r4, 11)
    add(r6, r6, r4)
    ldrh(r4, [r0, 0])
    add(r0, r0, r3)
    add(r5, r5, r4)
    lsr(r4, r4, 11)
    add(r6, r6, r4)
    ldrh(r4, [r0, 0])
    add(r0, r0, r3)
    add(r5, r5, r4)
    lsr(r4, r4, 11)
    add(r6, r6, r4)
    ldrh(r4, [r0, 0])
    add(r0, r0, r3)
    add(r5, r5, r4)
    lsr(r4, r4, 11)
    add(r6, r6, r4)
    ldrh(r4, [r0, 0])
    add(r0, r0, r3)
    add(r5, r5, r4)
    lsr(r4, r4, 11)
    add(r6, r6, r4)
    sub(r7, 5)
    bgt(READING)

    # The step, rounded: a half is added before the fraction of 2^-20 codes is shifted out
    ldr(r4, [r2, 12])
    mul(r4, r6)
    mov(r7, 1)
    lsl(r7, r7, 19)
    add(r4, r4, r7)
    lsr(r4, r4, 20)
    sub(r5, r5, r4)

    # Byte by byte: a sample of 3 bytes is not aligned
    strb(r5, [r1, 0])
    lsr(r5, r5, 8)
    strb(r5, [r1, 1])
    lsr(r5, r5, 8)
    strb(r5, [r1, 2])
    add(r1, 3)

    # The next channel begins 2 bytes after this one, the next row after all channels
    mov(r4, r14)
    add(r4, 2)
    mov(r14, r4)
    cmp(r4, r3)
    bcs(NEXT_ROW)
    ldr(r4, [r2, 8])
    mul(r4, r3)
    sub(r0, r0, r4)
    add(r0, 2)
    b(CHANNEL)

    label(NEXT_ROW)
    sub(r0, r0, r3)
    add(r0, 2)
    mov(r4, r12)
    sub(r4, 1)
    mov(r12, r4)
    bne(ROW)

    label(END)
    mov(r0, 0)


@micropython.asm_thumb
def count_codes(r0, r1, r2, r3):
    """Count codes: readings, counts, n, first."""
    cmp(r2, 0)
    beq(END)

    label(READING)
    ldrh(r4, [r0, 0])
    add(r0, 2)
    sub(r4, r4, r3)
    # Unsigned: a code below `first` is negative and therefore large. Its sign is -1, which makes
    # 129 into 128.
    cmp(r4, 127)
    bls(COUNT)
    asr(r4, r4, 31)
    add(r4, 129)

    label(COUNT)
    lsl(r4, r4, 2)
    add(r4, r4, r1)
    ldr(r5, [r4, 0])
    add(r5, 1)
    str(r5, [r4, 0])
    sub(r2, 1)
    bne(READING)

    label(END)
    mov(r0, 0)
