// A Raspberry Pi Pico that runs a MicroPython image: rp2040js 1.4.1 and what it lacks for a firmware
// that lives on the converter, its DMA and the USB serial port. Emulated time is the only clock, so
// every run gives the same bytes. The mends are numbered M1 to M14, each beside its reason.
//
// Not modelled: core 1, flash cache misses, bus contention, the chip's own number.
import fs from 'node:fs';
import { RP2040, USBCDC, ConsoleLogger, LogLevel } from 'rp2040js';
import { Analog } from './analog.mjs';
import { quicken } from './core.mjs';

const FLASH_BASE = 0x10000000;
const FLASH_END = 0x200000; // 2 MB on a Pico
const FILES_AT = 0xa0000; // MicroPython's file system on RPI_PICO: the last 1408 KB
const SECTOR = 4096, PAGE = 256;
const ERASE_NS = 45e6, PROGRAM_NS = 0.4e6; // W25Q16JV datasheet, 9.6: typical, a sector and a page
const PACKET_NS = 53000; // 19 bulk packets of 64 bytes in a frame of 1 ms (USB 2.0, table 5-9)
const DREQ_ADC = 36; // RP2040 datasheet, 2.5.3.1
const CONVERSION = 96; // cycles of the converter's 48 MHz (4.9.2)
const LED = 25;

/** What `run` ends with when the power is cut at a flash operation. */
export class PowerCut extends Error {}

export class Pico {
  /**
   * options: image, bootrom: paths; files: path of a saved file system, or nothing; timer_us: what
   * the chip's timer begins with, so that a test need not wait for it to wrap
   */
  constructor({ image, bootrom, files, timer_us = 0 }) {
    this.image = image;
    const rom = fs.readFileSync(bootrom);
    this.rom = new Uint32Array(rom.buffer.slice(rom.byteOffset, rom.byteOffset + rom.length));
    this.analog = new Analog();
    this.inputs = new Map(); // pin -> level, kept over a reset
    this.epoch = -timer_us * 1000; // what `nanos` is ahead of the chip's own clock
    this.resets = 0;
    this.earlier = { cycles: 0, instructions: 0 };
    this.received = []; // [nanoseconds, Buffer] that came over USB
    this.receivedBytes = 0;
    this.portOpen = true; // what DTR says
    this.stalled = false; // the host does not read
    this.flashOps = 0;
    this.cutAt = Infinity; // this flash operation does not take place
    this.cutTorn = false; // half of it does
    this.holdUntil = 0; // the core stands still (and DMA goes on)
    this.dmaHeldUntil = 0;
    this._powerOn(timer_us * 1000);
    if (files) this.mcu.flash.set(fs.readFileSync(files), FILES_AT);
  }

  get nanos() {
    return this.epoch + this.mcu.clock.nanos;
  }
  get cycles() {
    return this.earlier.cycles + this.mcu.core.spent;
  }
  get instructions() {
    return this.earlier.instructions + this.mcu.core.instructions;
  }
  get fileSystem() {
    return Buffer.from(this.mcu.flash.slice(FILES_AT, FLASH_END));
  }

  _powerOn(nanos = 0) {
    const mcu = (this.mcu = new RP2040());
    mcu.clock.nanosCounter = nanos;
    mcu.logger = new ConsoleLogger(LogLevel.Error, false);
    mcu.loadBootrom(this.rom);
    const image = fs.readFileSync(this.image);
    for (let at = 0; at + 512 <= image.length; at += 512) {
      if (image.readUInt32LE(at) !== 0x0a324655) throw new Error(`${this.image} is not a UF2 image`);
      if (image.readUInt32LE(at + 8) & 1) continue; // not for the main flash
      const to = image.readUInt32LE(at + 12) - FLASH_BASE;
      mcu.flash.set(image.subarray(at + 32, at + 32 + image.readUInt32LE(at + 16)), to);
    }
    this.connected = false;
    this.toBoard = []; // Buffers not yet taken by the board
    this.conversions = { started: 0, done: [0, 0, 0, 0, 0], lost: 0 };
    quicken(mcu); // M1: speed, exception cycles
    this._mendUsb();
    this._mendAdc();
    this._mendDma();
    this._mendFlash();
    this._mendCores();
    this._mendReset();
    this._mendPins();
    mcu.core.PC = FLASH_BASE; // the second-stage boot loader; the first only finds the flash chip
  }

  _mendUsb() {
    const { mcu } = this;
    const usb = mcu.usbCtrl, clock = mcu.clock, cdc = (this.cdc = new USBCDC(usb));
    cdc.onDeviceConnected = () => {
      this.connected = true;
    };
    // The line state is the host's port: asserted on connection only while it is open.
    const state = cdc.cdcSetControlLineState.bind(cdc);
    cdc.cdcSetControlLineState = (value = this.portOpen ? 3 : 0) => state(value);

    // M2 host to board: stock answers every buffer that the board offers with an empty packet after
    // 10 us, which is an interrupt storm. A host with nothing to say says nothing.
    this.offered = null;
    usb.onEndpointRead = (endpoint, size) => {
      if (endpoint !== cdc.outEndpoint) return;
      this.offered = size;
      this._deliver();
    };

    // M3 board to host: stock takes a packet at once and always. Here the host takes one every 53 us,
    // or none while it is stalled. What it takes arrives at that moment.
    const taken = usb.indicateBufferReady.bind(usb);
    const waiting = []; // endpoints with a packet to be taken
    const packets = [];
    const take = clock.createAlarm(() => {
      if (this.stalled) {
        take.schedule(1e5);
        return;
      }
      const data = packets.shift();
      if (data?.length) {
        this.received.push([this.nanos, data]);
        this.receivedBytes += data.length;
      }
      taken(waiting.shift(), false);
      if (waiting.length) take.schedule(PACKET_NS);
    });
    usb.indicateBufferReady = (endpoint, out) => {
      if (out || endpoint !== cdc.inEndpoint || endpoint <= 0) {
        taken(endpoint, out);
        return;
      }
      waiting.push(endpoint);
      if (waiting.length === 1) take.schedule(PACKET_NS);
    };
    cdc.onSerialData = (data) => packets.push(Buffer.from(data));

    // M4 start of frame: missing for a device. MicroPython gives the host 16 of them after it opened
    // the port before it sends.
    const SOF = 1 << 17, read = usb.readUint32.bind(usb);
    const sof = clock.createAlarm(() => {
      sof.schedule(1e6);
      usb.sofFrameNumber = (usb.sofFrameNumber + 1) & 0x7ff;
      if (this.connected && usb.intEnable & SOF) {
        usb.intRaw |= SOF;
        usb.checkInterrupts();
      }
    });
    sof.schedule(1e6);
    usb.readUint32 = (offset) => {
      if (offset === 0x48 && usb.intRaw & SOF) {
        usb.intRaw &= ~SOF; // reading SOF_RD clears it
        usb.checkInterrupts();
      }
      return read(offset);
    };
  }

  _deliver() {
    if (this.offered === null || !this.toBoard.length) return;
    const size = Math.min(this.offered, 64);
    let data = this.toBoard.shift();
    while (data.length < size && this.toBoard.length) data = Buffer.concat([data, this.toBoard.shift()]);
    if (data.length > size) this.toBoard.unshift(data.subarray(size));
    this.offered = null;
    this.mcu.usbCtrl.endpointReadDone(this.cdc.outEndpoint, Uint8Array.from(data.subarray(0, size)), PACKET_NS / 1000);
  }

  _mendAdc() {
    const { mcu } = this;
    const { adc, clock } = mcu;
    // M5 round robin: stock loses every channel but 0, and never returns to it after channel 4.
    Object.defineProperty(adc, 'activeChannel', {
      get() {
        return (this.cs >> 12) & 7;
      },
      set(channel) {
        this.cs = (this.cs & ~(7 << 12)) | (channel << 12);
      },
    });
    adc.onADCRead = (channel) => {
      adc.currentChannel = channel;
      adc.channelValues[channel] = this.analog.read(channel, this.epoch + clock.nanosCounter);
      adc.sampleAlarm.schedule((CONVERSION / 48) * 1000);
    };
    const complete = adc.completeADCRead.bind(adc);
    adc.completeADCRead = (value, error) => {
      const robin = (adc.cs >> 16) & 0x1f, many = adc.cs & 8;
      this.conversions.done[adc.currentChannel]++;
      if (adc.fcs & 1 && adc.fifo.full) this.conversions.lost++;
      adc.cs &= ~((0x1f << 16) | 8); // stock does the result and the FIFO only
      complete(value, error);
      adc.cs |= (robin << 16) | many;
      if (robin) {
        let channel = adc.activeChannel;
        do channel = (channel + 1) % 5;
        while (!(robin & (1 << channel)));
        adc.activeChannel = channel;
      }
      if (many) {
        // From start to start pass DIV + 1 cycles of 48 MHz, at least 96 (4.9.2.2)
        const extra = adc.divider - CONVERSION;
        if (extra > 0) adc.multiShotAlarm.schedule((extra * 1000) / 48);
        else adc.startADCRead();
      }
    };
    // M6 requests: stock leaves DREQ set when DREQ_EN is cleared or the FIFO is drained without it.
    adc.updateDMA = () => {
      const threshold = Math.max(1, (adc.fcs >> 24) & 15);
      const held = this.nanos < this.dmaHeldUntil;
      if (adc.fcs & 8 && adc.fifo.itemCount >= threshold && !held) mcu.dma.setDREQ(DREQ_ADC);
      else mcu.dma.clearDREQ(DREQ_ADC);
    };
    // M7 writing CS while it converts must not start a conversion more.
    const write = adc.writeUint32.bind(adc);
    adc.writeUint32 = (offset, value) => {
      if (offset === 0) {
        if (value & 8 && !(adc.cs & 8)) this.conversions = { started: this.nanos, done: [0, 0, 0, 0, 0], lost: 0 };
        if (adc.cs & 8 && value & 8 && !(value & 4) && value & 1) {
          adc.cs = (adc.cs & ~0x1f700f) | (value & 0x1f700f);
          return;
        }
      }
      write(offset, value);
      if (offset === 0 && !(value & 8)) adc.multiShotAlarm.cancel();
      if (offset === 8) adc.updateDMA();
    };
    this.releaseDma = clock.createAlarm(() => adc.updateDMA());
  }

  _mendDma() {
    const { mcu } = this;
    const { dma } = mcu;
    // M8 pacing timers: a timer runs at X / Y of the system clock (2.5.3.2); stock has them swapped.
    dma.getTimer = (treq) => {
      const timer = [dma.timer0, dma.timer1, dma.timer2, dma.timer3][treq - 59];
      const x = timer === undefined ? 0 : timer >>> 16;
      return x ? (((timer & 0xffff) / x) * 1e6) / mcu.clkSys : 0;
    };
    for (const channel of dma.channels) {
      // M9 a transfer takes a cycle; stock moves everything in none.
      channel.scheduleTransfer = () => {
        if (dma.dreq[channel.treqValue] || channel.treqValue === 63) channel.transferAlarm.schedule(1e9 / mcu.clkSys);
        else {
          const delay = dma.getTimer(channel.treqValue);
          if (delay) channel.transferAlarm.schedule(delay * 1000);
        }
      };
    }
    // CHAN_ABORT reads as 0 once the transfers in flight are over (2.5.5.3): here always.
    const read = dma.readUint32.bind(dma);
    dma.readUint32 = (offset) => (offset === 0x444 ? 0 : read(offset));
  }

  _mendFlash() {
    const { mcu } = this;
    // M10 erase and program: stock's SSI has no flash commands. The boot ROM's routines become BKPT
    // #1 and #2 and BX LR; the work is done here, and takes as long as the chip does.
    const rom = new Uint16Array(mcu.bootrom.buffer);
    const name = (letters) => letters.charCodeAt(0) | (letters.charCodeAt(1) << 8);
    for (let at = rom[0x14 >> 1]; rom[at >> 1]; at += 4) {
      const code = rom[at >> 1], routine = rom[(at + 2) >> 1] & ~1;
      const number = code === name('RE') ? 1 : code === name('RP') ? 2 : 0;
      if (number) {
        rom[routine >> 1] = 0xbe00 | number;
        rom[(routine >> 1) + 1] = 0x4770;
      }
    }
    mcu.onBreak = (number) => {
      const [at, second, third] = mcu.core.registers;
      mcu.core.breakRewind = 0;
      if (number === 1) this._flash(at, second, SECTOR, ERASE_NS, (to) => mcu.flash.fill(0xff, at, at + to));
      else if (number === 2) {
        this._flash(at, third, PAGE, PROGRAM_NS, (to) => {
          for (let i = 0; i < to; i++) mcu.flash[at + i] &= mcu.readUint8(second + i);
        });
      } else throw new Error(`the program hit breakpoint ${number}`);
    };
  }

  _flash(at, n, unit, unitNs, work) {
    if (++this.flashOps >= this.cutAt) {
      if (this.cutTorn) work(n >> 1);
      throw new PowerCut();
    }
    work(n);
    this.holdCore((n / unit) * unitNs);
  }

  _mendCores() {
    const { mcu } = this;
    // M11 the FIFO between the cores is missing: idle, and no core 1. Its boot ROM pushes one 0 when
    // it leaves reset, for which a soft reset waits. M12 a change of clk_sys ends a batch of the core.
    let fifo = 0, held = false;
    const { sio } = mcu, psm = mcu.peripherals[0x40010];
    const sioRead = sio.readUint32.bind(sio), sioWrite = sio.writeUint32.bind(sio);
    const psmWrite = psm.writeUint32.bind(psm);
    sio.readUint32 = (offset) => {
      if (offset === 0x50) return 2 | (fifo ? 1 : 0);
      if (offset === 0x58) {
        fifo = Math.max(0, fifo - 1);
        return 0;
      }
      return sioRead(offset);
    };
    sio.writeUint32 = (offset, value) => {
      if (offset !== 0x50 && offset !== 0x54) sioWrite(offset, value);
    };
    psm.writeUint32 = (offset, value) => {
      psmWrite(offset, value);
      if (offset !== 4) return;
      const off = !!(value & (1 << 16));
      if (held && !off) fifo = 1;
      held = off;
    };
    mcu.addClockListener(() => {
      mcu.clockChanged = true;
    });
  }

  _mendPins() {
    // M14 a pin to which nothing is connected follows its pull-up or pull-down; stock reads 0.
    const { inputs } = this;
    for (const pin of this.mcu.gpio) {
      Object.defineProperty(pin, 'rawInputValue', {
        get() {
          return inputs.get(pin.index) ?? (pin.pullupEnabled && !pin.pulldownEnabled);
        },
        set() {},
      });
    }
  }

  _mendReset() {
    // M13 the watchdog resets the chip: machine.reset().
    this.mcu.peripherals[0x40058].onWatchdogTrigger = () => {
      this.resetWanted = true;
      this.mcu.core.yield = true;
    };
  }

  _reset() {
    const { mcu } = this, watchdog = mcu.peripherals[0x40058];
    this.epoch += mcu.clock.nanos;
    this.earlier.cycles += mcu.core.spent;
    this.earlier.instructions += mcu.core.instructions;
    const { flash } = mcu;
    this.resetWanted = false;
    this.resets++;
    this._powerOn();
    this.mcu.flash.set(flash.subarray(0, FLASH_END));
    const next = this.mcu.peripherals[0x40058];
    next.reason = watchdog.reason;
    next.scratchData.set(watchdog.scratchData);
    this.holdUntil = this.dmaHeldUntil = 0;
  }

  /** Let the core stand still, as while the flash is being written; DMA and USB go on. */
  holdCore(ns) {
    this.holdUntil = Math.max(this.holdUntil, this.nanos) + ns;
    this.mcu.core.yield = true;
  }

  /** Keep the DMA from the converter's FIFO: it overflows after four conversions. */
  holdDma(ns) {
    this.dmaHeldUntil = this.nanos + ns;
    this.mcu.adc.updateDMA();
    this.releaseDma.schedule(ns + 1);
  }

  setInput(pin, level) {
    this.inputs.set(pin, !!level);
    this.mcu.gpio[pin].refreshInput();
  }

  /** Close or open the host's port: it stops reading and lowers DTR, or the other way round. */
  setPort(open) {
    this.portOpen = open;
    this.stalled = !open;
    if (this.connected) this.cdc.cdcSetControlLineState(open ? 3 : 0);
  }

  send(data) {
    this.toBoard.push(Buffer.from(data));
    this._deliver();
  }

  /** How bright the light is, 0 to 1: driven as a pin or by PWM (RP2040 datasheet, 4.5.2). */
  get light() {
    const { gpio, pwm } = this.mcu, pin = gpio[LED];
    if (pin.functionSelect !== 4) return pin.outputEnable && pin.outputValue ? 1 : 0;
    const slice = pwm.channels[(LED >> 1) & 7];
    return slice.csr & 1 ? Math.min(1, (slice.cc >>> 16) / (slice.top + 1)) : 0;
  }

  /** Run until `until` nanoseconds, or until `enough()` after some byte or at a wait of the core. */
  run(until, enough = null) {
    let seen = this.receivedBytes;
    while (this.nanos < until) {
      const { core, clock } = this.mcu;
      const end = until - this.epoch, held = this.holdUntil - this.epoch;
      if (held > clock.nanosCounter || core.waiting) {
        const alarm = clock.nextAlarm, stop = held > clock.nanosCounter ? Math.min(end, held) : end;
        const next = alarm ? Math.min(alarm.nanos, stop) : stop;
        clock.tick(Math.max(0, next - clock.nanosCounter));
        if (core.interruptsUpdated && core.waiting && core.checkForInterrupts()) core.waiting = false;
      } else {
        core.yield = false;
        core.runUntil(enough ? Math.min(end, clock.nanosCounter + 2e5) : end);
      }
      if (this.resetWanted) this._reset();
      if (enough !== null && this.receivedBytes !== seen) {
        seen = this.receivedBytes;
        if (enough()) return true;
      }
    }
    return false;
  }
}
