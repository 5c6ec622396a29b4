// What the emulated converter sees: per channel a level, sines, a sampled wave or a ramp; noise and
// the step of code 2047 on top. Called half a million times a second, so it allocates nothing.

const LSB_MV = 3300 / 4096; // millivolts per code at the pin
const NOISE_N = 65536;

/** Quantiles of the normal distribution in equal shares: exactly mean 0, and standard deviation 1. */
const QUANTILES = (() => {
  const table = new Float32Array(NOISE_N);
  let sum = 0;
  for (let i = 0; i < NOISE_N; i++) {
    table[i] = probit((i + 0.5) / NOISE_N);
    sum += table[i] * table[i];
  }
  const scale = Math.sqrt(NOISE_N / sum);
  return table.map((x) => x * scale);
})();

/** Inverse of the normal distribution (P. J. Acklam's rational approximation, relative error 1e-9). */
function probit(p) {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  if (p > 0.5) return -probit(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  }
  const q = p - 0.5, r = q * q;
  return ((((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q) / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

export class Analog {
  /**
   * settings: { channels: [{ level, sines: [[hz, millivolt]], wave: { fs_hz, millivolt: [] }, ramp }],
   *   noise_lsb, step_lsb, seed }; level in codes (VREF/2 is 2048), a ramp counts conversions of its
   * channel modulo 4096 and knows no noise. The last channel given stands for those not given.
   */
  constructor(settings = {}) {
    this.channels = (settings.channels ?? [{}]).map((c) => ({
      level: c.level ?? 2048,
      sines: (c.sines ?? []).map(([hz, millivolt]) => [2 * Math.PI * hz * 1e-9, millivolt / LSB_MV]),
      wave: c.wave ? Float64Array.from(c.wave.millivolt, (x) => x / LSB_MV) : null,
      waveStep: c.wave ? c.wave.fs_hz * 1e-9 : 0,
      ramp: c.ramp ?? false,
      counted: 0,
    }));
    this.noise = settings.noise_lsb ? QUANTILES.map((x) => x * settings.noise_lsb) : null;
    this.step = settings.step_lsb ?? 0;
    this.random = (settings.seed ?? 1) | 0 || 1;
  }

  /** The code that a conversion of `channel` begun at `nanos` gives. */
  read(channel, nanos) {
    const c = this.channels[Math.min(channel, this.channels.length - 1)];
    if (c.ramp) return c.counted++ & 4095;
    let code = c.level;
    for (let i = 0; i < c.sines.length; i++) code += c.sines[i][1] * Math.sin(c.sines[i][0] * nanos);
    if (c.wave !== null) {
      const at = nanos * c.waveStep, i = Math.floor(at), part = at - i, n = c.wave.length;
      code += c.wave[i % n] * (1 - part) + c.wave[(i + 1) % n] * part;
    }
    if (this.noise !== null) {
      let x = this.random; // xorshift32 (Marsaglia 2003)
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      this.random = x;
      code += this.noise[x >>> 16];
    }
    if (code >= 2046.5) code += this.step; // readings above 2047 are too high; from 1 up 2047 is missing
    return code <= 0 ? 0 : code >= 4095 ? 4095 : Math.round(code);
  }
}
