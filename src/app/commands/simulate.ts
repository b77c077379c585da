/** `fairdial simulate`: what each mode would make of a campaign's day. Nothing is dialled and nothing is changed. */
import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ForecastSettings, Mode, TeamSize } from "../../simulation/pacing/forecast.ts";
import {
  computingSeconds,
  forecastModes,
  forecastTeam,
  secondsOf,
  teamSeconds,
  teamSizes,
} from "../../simulation/pacing/forecast.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { readPastDay } from "../../store/index.ts";
import { formatDuration } from "../arguments/duration.ts";
import { CliError, EXIT_USAGE, usageError } from "../cli-error.ts";
import { command } from "../command.ts";
import { campaignNamed } from "../lookups.ts";
import type { Session } from "../session.ts";
import type { Given, SimulateArguments } from "../simulate/options.ts";
import {
  AGENTS_MAX,
  daysOption,
  modesOption,
  readGiven,
  seedOption,
  settingsOf,
  SIMULATE_FLAGS,
} from "../simulate/options.ts";
import { pageOf } from "../simulate/page.ts";
import type { DayOf } from "../simulate/past-day.ts";
import { givenByDay, modeOfDay, periodOfDay } from "../simulate/past-day.ts";
import { plotOf } from "../simulate/plot.ts";
import { documentOf, textOf } from "../simulate/print.ts";
import { simulationBar } from "../simulate/progress.ts";
import type { Simulation } from "../simulate/words.ts";
import { STDIN } from "../world.ts";

/** Longer than this, somebody should know before; longer than that, they should ask for less. */
const LONG_S = 60;
const TOO_LONG_S = 30 * 60;

export const simulateCommand = command({
  words: "simulate",
  summary: "Forecast a campaign's day in each mode: how busy agents are, abandons, lines",
  flags: SIMULATE_FLAGS,
  examples: [
    ["simulate --agents 12 --leads 6000 --answer-rate 25%", "A team and its list"],
    ["simulate --campaign spring --day yesterday --agents 15", "Yesterday, with three agents more"],
    ["simulate --agents 5 --html forecast.html", "With plots"],
  ],
  async run(args, session) {
    const [days, seed, modes] = [daysOption(args), seedOption(args), modesOption(args.modes)];
    const typed = readGiven(args);
    const files = checkFiles(args.html, args.svg);
    const found = await dayOf(args, typed, session);
    const settings = settingsOf(found?.given ?? typed, days, seed);
    const wanted: Wanted = {
      settings,
      modes,
      sizes: files.length === 0 ? [] : teamSizes(settings.agents, AGENTS_MAX),
      own:
        found === null || found.ownGiven === null
          ? null
          : { ...found, settings: settingsOf(found.ownGiven, days, seed) },
    };
    const simulation = simulate(wanted, session);
    for (const { path, make } of files) write(path, make(simulation));
    const paths = files.map(({ path }) => path);
    session.answer(documentOf(simulation, paths), () => textOf(simulation, paths));
    return undefined;
  },
});

interface Wanted {
  readonly settings: ForecastSettings;
  readonly modes: readonly Mode[];
  readonly sizes: readonly number[];
  /** The past day by its own figures. */
  readonly own: (DayOf & { readonly settings: ForecastSettings }) | null;
}

function simulate({ settings, modes, sizes, own }: Wanted, session: Session): Simulation {
  // Nothing was said otherwise: the forecast of the day's own mode is the comparison.
  const isSame =
    own !== null && sameSettings(own.settings, settings) && modes.some(({ name }) => name === own.mode.name);
  const extraS = own === null || isSame ? 0 : computingSeconds(own.settings, [own.mode]);
  const sizesS = sizes.reduce((sum, agents) => sum + teamSeconds(settings, agents), 0);
  const totalS = computingSeconds(settings, modes) + extraS + sizesS;
  warnOfTime(totalS, session);
  const bar = simulationBar(session.world, session.options.json, totalS);
  const onDay =
    (of: ForecastSettings) =>
    (mode: Mode): void => {
      bar.advance(secondsOf(of, mode) / of.days, mode.name);
    };
  try {
    const forecasts = forecastModes(settings, modes, onDay(settings));
    const simulated =
      own === null
        ? undefined
        : isSame
          ? forecasts.find(({ mode }) => mode === own.mode.name)
          : forecastModes(own.settings, [own.mode], onDay(own.settings))[0];
    const teams = sizes.map((agents): TeamSize => {
      const team = forecastTeam(settings, agents);
      bar.advance(teamSeconds(settings, agents), `team of ${agents}`);
      return team;
    });
    const calibration = own === null || simulated === undefined ? null : { ...own, simulated };
    return { settings, modes: forecasts, sizes: sizes.length === 0 ? null : teams, calibration };
  } finally {
    bar.end();
  }
}

const sameSettings = (one: ForecastSettings, other: ForecastSettings): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const about = (secondsLong: number): string =>
  formatDuration(secondsLong < 90 ? Math.ceil(secondsLong / 10) * 10_000 : Math.ceil(secondsLong / 60) * 60_000);

const warnOfTime = (totalS: number, session: Session): void => {
  if (totalS > TOO_LONG_S) {
    throw new CliError(
      "simulation-too-long",
      `This would compute for about ${about(totalS)}; ${about(TOO_LONG_S)} is the most. Ask for fewer --days, --modes, --hours or --agents.`,
      { exitCode: EXIT_USAGE },
    );
  }
  if (totalS > LONG_S) session.remark(`This computes for about ${about(totalS)}.`);
};

/** The past day that was asked for, and what it gives; null if none was. */
const dayOf = async (
  args: SimulateArguments,
  typed: Given,
  session: Session,
): Promise<(DayOf & { readonly given: Given; readonly ownGiven: Given | null }) | null> => {
  if (args.campaign === undefined && args.day === undefined) return null;
  if (args.campaign === undefined || args.day === undefined) {
    throw usageError("--campaign and --day go together: which day of which campaign.");
  }
  const { day, period } = periodOfDay(args.day, session.world.now());
  const database = await session.database();
  const campaign = await campaignNamed(database, args.campaign);
  const past = await readPastDay(database, campaign.campaignId, period);
  if (past === null) {
    throw new CliError("day-empty", `The campaign "${campaign.name}" placed no call on ${day} that has ended.`);
  }
  const found = { campaign: campaign.name, day, past, mode: modeOfDay(past, campaign) };
  return { ...found, given: givenByDay(found, campaign, typed), ownGiven: ownOf(found, campaign) };
};

/** Null for a day that could be simulated only with what was said otherwise: there is nothing to compare it with. */
const ownOf = (found: DayOf, campaign: Campaign): Given | null => {
  try {
    return givenByDay(found, campaign, {});
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
};

interface PlotFile {
  readonly path: string;
  readonly make: (simulation: Simulation) => string;
}

/** Before anything is computed: a path that cannot be written would waste a minute. */
const checkFiles = (html: string | undefined, svg: string | undefined): readonly PlotFile[] => {
  if (html !== undefined && svg !== undefined && resolve(html) === resolve(svg)) {
    throw usageError("--html and --svg: two files.");
  }
  const files: readonly (readonly [string, string | undefined, PlotFile["make"]])[] = [
    ["html", html, pageOf],
    ["svg", svg, (simulation) => `${plotOf(simulation)}\n`],
  ];
  return files.flatMap(([option, path, make]) => {
    if (path === undefined) return [];
    if (path === STDIN) throw usageError(`--${option} needs the name of a file.`);
    checkWritable(option, path);
    return [{ path, make }];
  });
};

const checkWritable = (option: string, path: string): void => {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before?.isDirectory() === true) throw usageError(`--${option}: ${path} is a folder.`);
  try {
    accessSync(before === undefined ? dirname(resolve(path)) : path, constants.W_OK);
  } catch (error) {
    throw new CliError("file-unwritable", `--${option}: ${path} cannot be written.`, {
      exitCode: EXIT_USAGE,
      cause: error,
    });
  }
};

const write = (path: string, content: string): void => {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new CliError("file-unwritable", `${path} could not be written.`, { cause: error });
  }
};
