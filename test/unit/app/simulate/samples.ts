/** A simulation as if it had been computed, for what is made of it. */
import { settingsOf } from "../../../../src/app/simulate/options.ts";
import type { Simulation } from "../../../../src/app/simulate/words.ts";
import type { ModeForecast } from "../../../../src/simulation/pacing/forecast.ts";
import type { Estimate } from "../../../../src/simulation/pacing/statistics.ts";

export const around = (mean: number, half: number | null = 0): Estimate =>
  half === null ? { mean, low: null, high: null } : { mean, low: mean - half, high: mean + half };

export const forecast = (mode: string, utilisation: number, more: Partial<ModeForecast> = {}): ModeForecast => ({
  mode,
  attempts: around(2_870, 20),
  connects: around(844, 9),
  abandons: around(24, 1),
  abandonRate: around(0.0278, 0.0006),
  abandonRateMax: 0.0293,
  daysOverLimit: 0,
  days: 10,
  cancels: around(0),
  utilisation: around(utilisation, 0.004),
  talkMinutesPerHour: 42,
  agentWaitS: around(37, 1),
  linesP99: 9,
  linesPeak: 14,
  list: null,
  gain: around(utilisation - 0.695, 0.005),
  ...more,
});

export const progressive = forecast("progressive", 0.695, {
  connects: around(752),
  abandons: around(0),
  abandonRate: around(0),
  abandonRateMax: 0,
});

export const simulation = (more: Partial<Simulation> = {}): Simulation => ({
  settings: settingsOf({ agents: 5, answerRate: 0.3 }, 10, 1),
  modes: [progressive, forecast("predictive", 0.789)],
  sizes: null,
  calibration: null,
  ...more,
});
