/**
 * Whole shifts of the real engine in every weather. `SEED=7` replays one seed, `SEEDS=200` sails through so many;
 * `WEATHER="events lost"` keeps to one weather.
 */
import { describe, expect, test } from "@jest/globals";
import { runShift } from "../../src/simulation/world.ts";
import { stoppedByItself } from "../support/left-lying.ts";
import { abandonRateOf, breachesOf, type Weather, type WeatherName, WEATHERS } from "../support/weather.ts";

const { SEED, SEEDS = "1", WEATHER } = process.env;
const seeds = SEED === undefined ? Array.from({ length: Number(SEEDS) }, (_, index) => index + 1) : [Number(SEED)];
const weathers = (Object.keys(WEATHERS) as WeatherName[]).filter((name) => WEATHER === undefined || WEATHER === name);

describe.each(weathers)("%s", (name) => {
  const weather: Weather = WEATHERS[name];

  describe.each(seeds)("seed %i", (seed) => {
    test("keeps its promises", async () => {
      const result = await runShift({ seed, ...weather.options });
      expect(breachesOf(result, weather)).toEqual([]);
      const mayBeUnfinished = weather.staysUnfinished === true || stoppedByItself(result, weather).size > 0;
      expect(result.finished || mayBeUnfinished).toBe(true);
      // Our own mistakes stop the process; here that must not pass for weather.
      expect(result.deaths.filter((why) => !why.startsWith("not-started"))).toEqual([]);
      if (weather.abandonRateMax !== undefined) {
        expect(abandonRateOf(result)).toBeLessThanOrEqual(weather.abandonRateMax);
      }
      const complaints = result.log.filter(({ level }) => level === "error").map(({ message }) => message);
      expect(complaints.filter((message) => weather.complains?.includes(message) !== true)).toEqual([]);
    }, 120_000);
  });
});
