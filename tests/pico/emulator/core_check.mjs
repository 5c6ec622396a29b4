// Runs core.mjs and rp2040js side by side from power-on and compares registers and flags after every
// instruction: node core_check.mjs IMAGE BOOTROM [INSTRUCTIONS]. Ends with status 1 at the first difference.
import { EXCEPTION_CYCLES } from './core.mjs';
import { Pico } from './pico.mjs';

const [image, bootrom, count = '5000000'] = process.argv.slice(2);

const quick = new Pico({ image, bootrom }), slow = new Pico({ image, bootrom });
const stock = quick.mcu.core.constructor.prototype.executeInstruction;
const isPush = (core) => core.rp2040.readUint16(core.PC & ~1) >> 8 === 0b10110101; // with LR

const WORK = 'print(sum(i*i/3 for i in range(20000)), "%x" % 2**70)\r\n';

function advance(pico, run) {
  const { core, clock } = pico.mcu;
  for (const since = pico.nanos; core.waiting; ) {
    if (pico.nanos > since + 5e7) pico.send(WORK); // the prompt waits for a person
    clock.tick(Math.max(1, clock.nextAlarm.nanos - clock.nanosCounter));
    if (core.interruptsUpdated && core.waiting && core.checkForInterrupts()) core.waiting = false;
  }
  const cycles = run(core) + core.owed;
  core.owed = 0;
  clock.tick((cycles * 1e9) / pico.mcu.clkSys);
  return cycles;
}

function difference(a, b) {
  for (let i = 0; i < 15; i++) if (a.registers[i] !== b.registers[i]) return `r${i}`;
  if ((a.PC ^ b.PC) >>> 1) return 'pc'; // rp2040js keeps bit 0 of a vector
  for (const flag of ['N', 'Z', 'C', 'V', 'IPSR', 'waiting']) if (a[flag] !== b[flag]) return flag;
  return null;
}

for (let n = 0; n < Number(count); n++) {
  const at = slow.mcu.core.PC;
  const a = advance(quick, (core) => core.step());
  // rp2040js forgets a cycle for LR in PUSH
  let late = 0;
  const b = advance(slow, (core) => {
    if (core.interruptsUpdated && core.checkForInterrupts()) core.waiting = false;
    late = isPush(core) ? 1 : 0;
    return stock.call(core) + late;
  });
  const differs = a !== b ? `cycles ${a} and ${b}` : difference(quick.mcu.core, slow.mcu.core);
  if (differs) {
    console.log(`after ${n} instructions, at 0x${at.toString(16)}: ${differs}; exceptions take ${EXCEPTION_CYCLES}`);
    process.exit(1);
  }
}
console.log(`${count} instructions alike`);
