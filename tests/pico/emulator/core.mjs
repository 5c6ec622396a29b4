// The Cortex-M0+ of rp2040js, three to four times as fast: one table look-up per instruction in place
// of a chain of up to ninety comparisons, and memory read through typed arrays. What is rare, and
// whatever touches a peripheral, is still done by rp2040js. `node core_check.mjs` runs both side by
// side and compares every register after every instruction.
//
// Cycles are those of the Cortex-M0+ technical reference manual, table 3-1, with the single-cycle
// multiplier and I/O port of the RP2040; flash is read as if it were always in the cache.

export const EXCEPTION_CYCLES = 15;
const STOCK = 0; // what this file leaves to rp2040js
const KINDS = [
  // [name, test]; the first that fits
  ['LSL_I', (o) => o >> 11 === 0b00000],
  ['LSR_I', (o) => o >> 11 === 0b00001],
  ['ASR_I', (o) => o >> 11 === 0b00010],
  ['ADD_R', (o) => o >> 9 === 0b0001100],
  ['SUB_R', (o) => o >> 9 === 0b0001101],
  ['ADD_I3', (o) => o >> 9 === 0b0001110],
  ['SUB_I3', (o) => o >> 9 === 0b0001111],
  ['MOV_I', (o) => o >> 11 === 0b00100],
  ['CMP_I', (o) => o >> 11 === 0b00101],
  ['ADD_I8', (o) => o >> 11 === 0b00110],
  ['SUB_I8', (o) => o >> 11 === 0b00111],
  ['AND', (o) => o >> 6 === 0b0100000000],
  ['EOR', (o) => o >> 6 === 0b0100000001],
  ['TST', (o) => o >> 6 === 0b0100001000],
  ['CMP_R', (o) => o >> 6 === 0b0100001010],
  ['ORR', (o) => o >> 6 === 0b0100001100],
  ['MUL', (o) => o >> 6 === 0b0100001101],
  ['BIC', (o) => o >> 6 === 0b0100001110],
  ['MVN', (o) => o >> 6 === 0b0100001111],
  ['ADD_HI', (o) => o >> 8 === 0b01000100 && (o & 0x87) !== 0x87 && (o & 0x87) !== 0x85],
  ['MOV_HI', (o) => o >> 8 === 0b01000110 && (o & 0x87) !== 0x87 && (o & 0x87) !== 0x85],
  ['LDR_LIT', (o) => o >> 11 === 0b01001],
  ['STR_R', (o) => o >> 9 === 0b0101000],
  ['STRH_R', (o) => o >> 9 === 0b0101001],
  ['STRB_R', (o) => o >> 9 === 0b0101010],
  ['LDRSB', (o) => o >> 9 === 0b0101011],
  ['LDR_R', (o) => o >> 9 === 0b0101100],
  ['LDRH_R', (o) => o >> 9 === 0b0101101],
  ['LDRB_R', (o) => o >> 9 === 0b0101110],
  ['LDRSH', (o) => o >> 9 === 0b0101111],
  ['STR_I', (o) => o >> 11 === 0b01100],
  ['LDR_I', (o) => o >> 11 === 0b01101],
  ['STRB_I', (o) => o >> 11 === 0b01110],
  ['LDRB_I', (o) => o >> 11 === 0b01111],
  ['STRH_I', (o) => o >> 11 === 0b10000],
  ['LDRH_I', (o) => o >> 11 === 0b10001],
  ['STR_SP', (o) => o >> 11 === 0b10010],
  ['LDR_SP', (o) => o >> 11 === 0b10011],
  ['ADR', (o) => o >> 11 === 0b10100],
  ['ADD_RSP', (o) => o >> 11 === 0b10101],
  ['SP_ADD', (o) => o >> 7 === 0b101100000],
  ['SP_SUB', (o) => o >> 7 === 0b101100001],
  ['SXTH', (o) => o >> 6 === 0b1011001000],
  ['SXTB', (o) => o >> 6 === 0b1011001001],
  ['UXTH', (o) => o >> 6 === 0b1011001010],
  ['UXTB', (o) => o >> 6 === 0b1011001011],
  ['PUSH', (o) => o >> 9 === 0b1011010],
  ['POP', (o) => o >> 9 === 0b1011110],
  ['LDM', (o) => o >> 11 === 0b11001],
  ['STM', (o) => o >> 11 === 0b11000],
  ['BX', (o) => o >> 7 === 0b010001110],
  ['BLX', (o) => o >> 7 === 0b010001111],
  ['B_COND', (o) => o >> 12 === 0b1101 && ((o >> 8) & 15) < 14],
  ['B', (o) => o >> 11 === 0b11100],
  ['BL', (o) => o >> 11 === 0b11110],
];
const KIND = new Uint8Array(65536);
for (let opcode = 0; opcode < 65536; opcode++) {
  KIND[opcode] = KINDS.findIndex(([, test]) => test(opcode)) + 1 || STOCK;
}

/**
 * Give `core` a `runUntil(limit)` that runs instructions while the clock is before the next alarm and
 * `limit` (a function of none, nanoseconds), the core is awake and `core.yield` is false.
 */
export function quicken(mcu) {
  const { core, clock } = mcu;
  const r = core.registers;
  const flash16 = mcu.flash16, flash8 = mcu.flash, flash32 = new Uint32Array(mcu.flash.buffer);
  const ram8 = mcu.sram, ramSize = ram8.length;
  const ram16 = new Uint16Array(ram8.buffer), ram32 = new Uint32Array(ram8.buffer);
  const rom16 = new Uint16Array(mcu.bootrom.buffer), rom32 = mcu.bootrom, romSize = rom32.length * 4;

  let extra = 0; // cycles of the access just made, beyond the first
  function slow(a, write) {
    extra = a >= 0xd0000000 && a < 0xe0000000 ? 0 : a >= 0x40000000 && a < 0x50000000 ? (write ? 4 : 3) : 1;
  }
  function load32(a) {
    a >>>= 0;
    extra = 1;
    if (!(a & 3)) {
      const at = a - 0x20000000;
      if (at >= 0 && at < ramSize) return ram32[at >> 2];
      if (a >>> 24 === 0x10) return flash32[(a & 0xffffff) >> 2];
      if (a < romSize) return rom32[a >> 2];
    }
    slow(a, false);
    return mcu.readUint32(a);
  }
  function load16(a) {
    a >>>= 0;
    extra = 1;
    if (!(a & 1)) {
      const at = a - 0x20000000;
      if (at >= 0 && at < ramSize) return ram16[at >> 1];
      if (a >>> 24 === 0x10) return flash16[(a & 0xffffff) >> 1];
    }
    slow(a, false);
    return mcu.readUint16(a);
  }
  function load8(a) {
    a >>>= 0;
    extra = 1;
    const at = a - 0x20000000;
    if (at >= 0 && at < ramSize) return ram8[at];
    if (a >>> 24 === 0x10) return flash8[a & 0xffffff];
    slow(a, false);
    return mcu.readUint8(a);
  }
  function store32(a, value) {
    a >>>= 0;
    extra = 1;
    const at = a - 0x20000000;
    if (!(a & 3) && at >= 0 && at < ramSize) ram32[at >> 2] = value;
    else {
      slow(a, true);
      mcu.writeUint32(a, value >>> 0);
    }
  }
  function store16(a, value) {
    a >>>= 0;
    extra = 1;
    const at = a - 0x20000000;
    if (!(a & 1) && at >= 0 && at < ramSize) ram16[at >> 1] = value;
    else {
      slow(a, true);
      mcu.writeUint16(a, value >>> 0);
    }
  }
  function store8(a, value) {
    a >>>= 0;
    extra = 1;
    const at = a - 0x20000000;
    if (at >= 0 && at < ramSize) ram8[at] = value;
    else {
      slow(a, true);
      mcu.writeUint8(a, value >>> 0);
    }
  }
  function add(x, y) {
    // both unsigned
    const sum = x + y, result = sum | 0;
    core.N = result < 0;
    core.Z = result === 0;
    core.C = sum > 0xffffffff;
    core.V = ((x ^ result) & (y ^ result)) < 0;
    return result;
  }
  function sub(x, y) {
    const result = (x - y) | 0;
    core.N = result < 0;
    core.Z = result === 0;
    core.C = x >= y;
    core.V = ((x ^ y) & (x ^ result)) < 0;
    return result;
  }
  function nz(result) {
    core.N = result < 0;
    core.Z = result === 0;
    return result;
  }
  function holds(cond) {
    switch (cond) {
      case 0: return core.Z;
      case 1: return !core.Z;
      case 2: return core.C;
      case 3: return !core.C;
      case 4: return core.N;
      case 5: return !core.N;
      case 6: return core.V;
      case 7: return !core.V;
      case 8: return core.C && !core.Z;
      case 9: return !core.C || core.Z;
      case 10: return core.N === core.V;
      case 11: return core.N !== core.V;
      case 12: return core.N === core.V && !core.Z;
      default: return core.N !== core.V || core.Z;
    }
  }

  /** One instruction; returns its cycles. */
  function step() {
    if (core.interruptsUpdated && core.checkForInterrupts()) core.waiting = false;
    const pc = r[15] & ~1;
    let o;
    if (pc >>> 24 === 0x10) o = flash16[(pc & 0xffffff) >> 1];
    else if (pc - 0x20000000 >= 0 && pc - 0x20000000 < ramSize) o = ram16[(pc - 0x20000000) >> 1];
    else if (pc >= 0 && pc < romSize) o = rom16[pc >> 1];
    else return core.executeInstruction();
    let cycles = 1;
    switch (KIND[o]) {
      case 1: /* LSL_I */ {
        const n = (o >> 6) & 31, x = r[(o >> 3) & 7];
        if (n) core.C = ((x >>> (32 - n)) & 1) === 1;
        r[o & 7] = nz(x << n);
        break;
      }
      case 2: /* LSR_I */ {
        const n = (o >> 6) & 31, x = r[(o >> 3) & 7];
        core.C = ((x >>> (n ? n - 1 : 31)) & 1) === 1;
        r[o & 7] = nz((n ? x >>> n : 0) | 0);
        break;
      }
      case 3: /* ASR_I */ {
        const n = (o >> 6) & 31 || 32, x = r[(o >> 3) & 7] | 0;
        core.C = ((x >>> (n - 1)) & 1) === 1;
        r[o & 7] = nz(n < 32 ? x >> n : x >> 31);
        break;
      }
      case 4: /* ADD_R */ r[o & 7] = add(r[(o >> 3) & 7], r[(o >> 6) & 7]); break;
      case 5: /* SUB_R */ r[o & 7] = sub(r[(o >> 3) & 7], r[(o >> 6) & 7]); break;
      case 6: /* ADD_I3 */ r[o & 7] = add(r[(o >> 3) & 7], (o >> 6) & 7); break;
      case 7: /* SUB_I3 */ r[o & 7] = sub(r[(o >> 3) & 7], (o >> 6) & 7); break;
      case 8: /* MOV_I */ r[(o >> 8) & 7] = nz(o & 255); break;
      case 9: /* CMP_I */ sub(r[(o >> 8) & 7], o & 255); break;
      case 10: /* ADD_I8 */ r[(o >> 8) & 7] = add(r[(o >> 8) & 7], o & 255); break;
      case 11: /* SUB_I8 */ r[(o >> 8) & 7] = sub(r[(o >> 8) & 7], o & 255); break;
      case 12: /* AND */ r[o & 7] = nz(r[o & 7] & r[(o >> 3) & 7]); break;
      case 13: /* EOR */ r[o & 7] = nz(r[o & 7] ^ r[(o >> 3) & 7]); break;
      case 14: /* TST */ nz(r[o & 7] & r[(o >> 3) & 7]); break;
      case 15: /* CMP_R */ sub(r[o & 7], r[(o >> 3) & 7]); break;
      case 16: /* ORR */ r[o & 7] = nz(r[o & 7] | r[(o >> 3) & 7]); break;
      case 17: /* MUL */ r[o & 7] = nz(Math.imul(r[o & 7], r[(o >> 3) & 7])); break;
      case 18: /* BIC */ r[o & 7] = nz(r[o & 7] & ~r[(o >> 3) & 7]); break;
      case 19: /* MVN */ r[o & 7] = nz(~r[(o >> 3) & 7]); break;
      case 20: /* ADD_HI */ {
        const m = (o >> 3) & 15, d = ((o >> 4) & 8) | (o & 7);
        r[d] = r[d] + (m === 15 ? pc + 4 : r[m]);
        break;
      }
      case 21: /* MOV_HI */ {
        const m = (o >> 3) & 15;
        r[((o >> 4) & 8) | (o & 7)] = m === 15 ? pc + 4 : r[m];
        break;
      }
      case 22: /* LDR_LIT */ r[(o >> 8) & 7] = load32(((pc + 4) & ~3) + ((o & 255) << 2)); cycles += extra; break;
      case 23: /* STR_R */ store32(r[(o >> 6) & 7] + r[(o >> 3) & 7], r[o & 7]); cycles += extra; break;
      case 24: /* STRH_R */ store16(r[(o >> 6) & 7] + r[(o >> 3) & 7], r[o & 7]); cycles += extra; break;
      case 25: /* STRB_R */ store8(r[(o >> 6) & 7] + r[(o >> 3) & 7], r[o & 7]); cycles += extra; break;
      case 26: /* LDRSB */ r[o & 7] = (load8(r[(o >> 6) & 7] + r[(o >> 3) & 7]) << 24) >> 24; cycles += extra; break;
      case 27: /* LDR_R */ r[o & 7] = load32(r[(o >> 6) & 7] + r[(o >> 3) & 7]); cycles += extra; break;
      case 28: /* LDRH_R */ r[o & 7] = load16(r[(o >> 6) & 7] + r[(o >> 3) & 7]); cycles += extra; break;
      case 29: /* LDRB_R */ r[o & 7] = load8(r[(o >> 6) & 7] + r[(o >> 3) & 7]); cycles += extra; break;
      case 30: /* LDRSH */ r[o & 7] = (load16(r[(o >> 6) & 7] + r[(o >> 3) & 7]) << 16) >> 16; cycles += extra; break;
      case 31: /* STR_I */ store32(r[(o >> 3) & 7] + ((o >> 4) & 124), r[o & 7]); cycles += extra; break;
      case 32: /* LDR_I */ r[o & 7] = load32(r[(o >> 3) & 7] + ((o >> 4) & 124)); cycles += extra; break;
      case 33: /* STRB_I */ store8(r[(o >> 3) & 7] + ((o >> 6) & 31), r[o & 7]); cycles += extra; break;
      case 34: /* LDRB_I */ r[o & 7] = load8(r[(o >> 3) & 7] + ((o >> 6) & 31)); cycles += extra; break;
      case 35: /* STRH_I */ store16(r[(o >> 3) & 7] + ((o >> 5) & 62), r[o & 7]); cycles += extra; break;
      case 36: /* LDRH_I */ r[o & 7] = load16(r[(o >> 3) & 7] + ((o >> 5) & 62)); cycles += extra; break;
      case 37: /* STR_SP */ store32(r[13] + ((o & 255) << 2), r[(o >> 8) & 7]); cycles += extra; break;
      case 38: /* LDR_SP */ r[(o >> 8) & 7] = load32(r[13] + ((o & 255) << 2)); cycles += extra; break;
      case 39: /* ADR */ r[(o >> 8) & 7] = (pc & ~3) + 4 + ((o & 255) << 2); break;
      case 40: /* ADD_RSP */ r[(o >> 8) & 7] = r[13] + ((o & 255) << 2); break;
      case 41: /* SP_ADD */ r[13] = r[13] + ((o & 127) << 2); break;
      case 42: /* SP_SUB */ r[13] = r[13] - ((o & 127) << 2); break;
      case 43: /* SXTH */ r[o & 7] = (r[(o >> 3) & 7] << 16) >> 16; break;
      case 44: /* SXTB */ r[o & 7] = (r[(o >> 3) & 7] << 24) >> 24; break;
      case 45: /* UXTH */ r[o & 7] = r[(o >> 3) & 7] & 0xffff; break;
      case 46: /* UXTB */ r[o & 7] = r[(o >> 3) & 7] & 0xff; break;
      case 47: /* PUSH */ {
        let n = 0;
        for (let bits = o & 0x1ff; bits; bits &= bits - 1) n++;
        let a = r[13] - 4 * n;
        r[13] = a;
        for (let i = 0, bits = o & 255; bits; i++, bits >>= 1) {
          if (bits & 1) {
            store32(a, r[i]);
            a += 4;
          }
        }
        if (o & 0x100) store32(a, r[14]);
        cycles += n;
        break;
      }
      case 48: /* POP */ {
        let a = r[13];
        for (let i = 0, bits = o & 255; bits; i++, bits >>= 1) {
          if (bits & 1) {
            r[i] = load32(a);
            a += 4;
            cycles++;
          }
        }
        if (o & 0x100) {
          const to = load32(a);
          r[13] = a + 4;
          r[15] = pc + 2;
          core.BXWritePC(to);
          return cycles + 2;
        }
        r[13] = a;
        break;
      }
      case 49: /* LDM */ {
        const n = (o >> 8) & 7;
        let a = r[n];
        for (let i = 0, bits = o & 255; bits; i++, bits >>= 1) {
          if (bits & 1) {
            r[i] = load32(a);
            a += 4;
            cycles++;
          }
        }
        if (!(o & (1 << n))) r[n] = a;
        break;
      }
      case 50: /* STM */ {
        const n = (o >> 8) & 7;
        let a = r[n];
        for (let i = 0, bits = o & 255; bits; i++, bits >>= 1) {
          if (bits & 1) {
            store32(a, r[i]);
            a += 4;
            cycles++;
          }
        }
        if (!(o & (1 << n))) r[n] = a;
        break;
      }
      case 51: /* BX */ r[15] = pc + 2; core.BXWritePC(r[(o >> 3) & 15]); return 2;
      case 52: /* BLX */ {
        const to = r[(o >> 3) & 15];
        r[14] = (pc + 2) | 1;
        r[15] = to & ~1;
        return 2;
      }
      case 53: /* B_COND */
        if (holds((o >> 8) & 15)) {
          r[15] = pc + 4 + ((o << 24) >> 23);
          return 2;
        }
        break;
      case 54: /* B */ r[15] = pc + 4 + ((o << 21) >> 20); return 2;
      case 55: /* BL */ {
        const p = load16(pc + 2);
        if ((p & 0xd000) !== 0xd000) return core.executeInstruction(); // MRS, MSR, barriers
        const s = (o >> 10) & 1, i1 = 1 - (s ^ ((p >> 13) & 1)), i2 = 1 - (s ^ ((p >> 11) & 1));
        r[14] = (pc + 4) | 1;
        r[15] = pc + 4 + ((s ? 0xff000000 : 0) | (i1 << 23) | (i2 << 22) | ((o & 0x3ff) << 12) | ((p & 0x7ff) << 1));
        return 3;
      }
      default: return core.executeInstruction();
    }
    r[15] = pc + 2;
    return cycles;
  }

  // Exceptions cost no time in rp2040js. Entry: 15 cycles (Cortex-M0+ TRM 3.8); exit: as many words
  // are loaded as entry stored, so as many are taken.
  const { exceptionEntry, exceptionReturn } = core;
  core.owed = 0;
  core.exceptionEntry = (number) => {
    exceptionEntry.call(core, number);
    core.owed += EXCEPTION_CYCLES;
  };
  core.exceptionReturn = (value) => {
    exceptionReturn.call(core, value);
    core.owed += EXCEPTION_CYCLES;
  };

  core.step = step;
  core.spent = 0; // cycles executed: awake, not waiting for an interrupt
  core.instructions = 0;
  core.yield = false;
  core.runUntil = (limit) => {
    const cycleNs = 1e9 / mcu.clkSys;
    let n = 0, spent = 0;
    while (!core.waiting && !core.yield && clock.nanosCounter < limit) {
      let cycles = step();
      if (core.owed) {
        cycles += core.owed;
        core.owed = 0;
      }
      const now = clock.nanosCounter + cycles * cycleNs;
      n++;
      spent += cycles;
      const alarm = clock.nextAlarm;
      if (alarm !== null && alarm.nanos <= now) clock.tick(cycles * cycleNs);
      else clock.nanosCounter = now;
      if (mcu.clockChanged) break;
    }
    mcu.clockChanged = false;
    core.spent += spent;
    core.instructions += n;
  };
}
