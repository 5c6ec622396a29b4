// One emulated Pico, driven by JSON lines: a request on stdin, its answer on stdout, in order. Nothing
// moves unless a request says so; tests/pico/emulated.py is the other end.
import fs from 'node:fs';
import readline from 'node:readline';
import { Analog } from './analog.mjs';
import { Pico, PowerCut } from './pico.mjs';

const MS = 1e6;
let pico = null;

/** Run, and hand over what came: bytes in base64, and [nanoseconds, count] of every arrival. */
function run({ until_ns, first = false }) {
  let cut = false;
  try {
    pico.run(until_ns, first ? () => true : null);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    cut = true;
  }
  return { ...taken(), cut };
}

function taken() {
  const received = pico.received;
  pico.received = [];
  return {
    data: Buffer.concat(received.map(([, data]) => data)).toString('base64'),
    arrivals: received.map(([at, data]) => [at, data.length]),
  };
}

/** Wait for `text` from the board's prompt; returns what came with it. */
function expect(text, ms = 5000) {
  const wanted = Buffer.from(text);
  const all = () => Buffer.concat(pico.received.map(([, data]) => data));
  if (!pico.run(pico.nanos + ms * MS, () => all().includes(wanted)) && !all().includes(wanted)) {
    throw new Error(`waited ${ms} ms for ${JSON.stringify(text)}, got ${JSON.stringify(all().toString().slice(-400))}`);
  }
  const said = all().toString();
  pico.received = [];
  return said;
}

function connect(ms = 5000) {
  for (const end = pico.nanos + ms * MS; !pico.connected && pico.nanos < end; ) pico.run(pico.nanos + MS);
  if (!pico.connected) throw new Error('USB never connected');
  pico.run(pico.nanos + 20 * MS);
}

/** Run `code` at the raw prompt (MicroPython's reference, "The raw REPL"); `fed` is its stdin. */
function execute(code, fed = null) {
  pico.send(Buffer.from(code + '\x04'));
  expect('OK');
  if (fed) pico.send(fed);
  const said = expect('\x04>', 60000);
  const [, complaint] = said.split('\x04');
  if (complaint) throw new Error(complaint);
  return said.split('\x04')[0];
}

const operations = {
  power_on({ inputs = {}, port_open = true, ...options }) {
    pico = new Pico(options);
    for (const [pin, level] of Object.entries(inputs)) pico.setInput(Number(pin), level);
    pico.portOpen = port_open;
    pico.stalled = !port_open;
    return {};
  },
  /** Write files (path -> base64) at the prompt of a board that runs no program yet. */
  install({ files }) {
    connect();
    pico.send(Buffer.from('\r\x03\x03\x01'));
    expect('raw REPL; CTRL-B to exit\r\n>');
    const made = new Set();
    for (const [path, text] of Object.entries(files)) {
      const data = Buffer.from(text, 'base64'), parts = path.split('/').filter(Boolean);
      for (let i = 1; i < parts.length; i++) {
        const folder = parts.slice(0, i).join('/');
        if (!made.has(folder)) execute(`import os\ntry:\n os.mkdir(${JSON.stringify(folder)})\nexcept OSError: pass`);
        made.add(folder);
      }
      execute(
        `import sys,micropython\nmicropython.kbd_intr(-1)\nn=${data.length}\nf=open(${JSON.stringify(path)},'wb')\n` +
          `while n:\n b=sys.stdin.buffer.read(min(n,256));f.write(b);n-=len(b)\nf.close()\nmicropython.kbd_intr(3)`,
        data,
      );
    }
    return {};
  },
  save({ path }) {
    fs.writeFileSync(path, pico.fileSystem);
    return {};
  },
  run,
  send({ data }) {
    pico.send(Buffer.from(data, 'base64'));
    return {};
  },
  analog({ settings }) {
    pico.analog = new Analog(settings);
    return {};
  },
  input({ pin, level }) {
    pico.setInput(pin, level);
    return {};
  },
  stall({ on }) {
    pico.stalled = on;
    return {};
  },
  port({ open }) {
    pico.setPort(open);
    return {};
  },
  hold_core({ ns }) {
    pico.holdCore(ns);
    return {};
  },
  hold_dma({ ns }) {
    pico.holdDma(ns);
    return {};
  },
  cut_power_at({ operation, torn = false }) {
    pico.cutAt = operation;
    pico.cutTorn = torn;
    return {};
  },
  state() {
    return {
      nanos: pico.nanos,
      epoch: pico.epoch,
      cycles: pico.cycles,
      instructions: pico.instructions,
      clk_sys_hz: pico.mcu.clkSys,
      connected: pico.connected,
      resets: pico.resets,
      flash_operations: pico.flashOps,
      conversions: pico.conversions,
      light: pico.light,
      unsent: pico.toBoard.reduce((n, data) => n + data.length, 0),
    };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { op, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = operations[op](given);
    if (pico) answer.at = pico.nanos;
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
