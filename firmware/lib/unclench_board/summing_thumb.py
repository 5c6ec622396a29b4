"""The two loops that see every reading, for the RP2040's core: `summing.py` says what they do.

500000 readings a second leave 250 cycles each at 125 MHz; bytecode needs 823, a sum here 7.
Only MicroPython's assembler can compile this file; nothing but `summing.py` imports it.

Arguments arrive as the address of a buffer's data, for a slice of a memoryview the slice's own
(py/objfun.c asks every object for its buffer). r0 to r7 are free, MicroPython saves them; r12 and
r14 are too, because a function calls nothing and its return address lies on the stack. Both return
0: any other r0 would come back as an integer, from 2^30 on as an object on the heap.
"""
# ruff: noqa: F821
# mypy: ignore-errors
# Registers and instructions are names to MicroPython's assembler alone.

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

    # Five at a turn: every number of readings that a rate and a number of channels can have
    # divides by 5, and the loop's own 3 cycles become 0.6 of the 6.6 that a reading costs.
    # A reading has 12 bits: bit 11 alone, shifted down, says whether it is above 2047.
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

    # The step, rounded: what is shifted out is 2^-20 of a code, and a half of it is added first
    ldr(r4, [r2, 12])
    mul(r4, r6)
    mov(r7, 1)
    lsl(r7, r7, 19)
    add(r4, r4, r7)
    lsr(r4, r4, 20)
    sub(r5, r5, r4)

    # By bytes: a sample of 3 is never aligned
    strb(r5, [r1, 0])
    lsr(r5, r5, 8)
    strb(r5, [r1, 1])
    lsr(r5, r5, 8)
    strb(r5, [r1, 2])
    add(r1, 3)

    # The next channel begins 2 bytes behind this one, the next row at channel 0 behind all
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
    # Unsigned: a code below `first` has gone negative and is no less outside. Its sign alone is -1,
    # which makes 128 of 129.
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
