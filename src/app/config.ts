/**
 * The configuration: one YAML file, read once, checked as a whole and frozen.
 *
 * Secrets come from the environment, from a file of their own, or (least good) from this file. They leave this module
 * wrapped in {@link Secret}, and no sentence that it writes ever holds one.
 */
import { ConfigError, sentencesFor } from "./config-problems.ts";
import { configSchema, type ConfigFile } from "./config-schema.ts";
import { FILE_BYTES_MAX, readCa, readHashKey, readLimited, readSecret, type Findings } from "./config-files.ts";
import { Secret } from "./secret.ts";
import { NO_RATES, readTollRates } from "./toll-rates.ts";
import { parseYaml } from "./yaml-file.ts";
import { MICROS } from "../compliance/toll.ts";
import type { TollGuard } from "../engine/rules/toll-guard.ts";

export const CONFIG_PATH = "/etc/fairdial/fairdial.yaml";
export const CONFIG_PATH_VARIABLE = "FAIRDIAL_CONFIG";
type Section<Name extends keyof ConfigFile> = Exclude<ConfigFile[Name], undefined>;
type WithoutSecrets<Of> = Omit<Of, "password" | "passwordFile" | "caFile">;

/** A trunk's name, the PJSIP endpoint behind it, its limits and how it wants its numbers. */
export type TrunkConfig = Readonly<Section<"trunks">[number]>;

export interface AsteriskConfig extends Readonly<Omit<WithoutSecrets<Section<"asterisk">>, "events">> {
  readonly password: Secret;
  /** Where Asterisk opens its event socket to us; left out where we open it. */
  readonly events?: { readonly listen: string; readonly user: string; readonly password: Secret };
}

export interface DatabaseSettings extends Readonly<Omit<WithoutSecrets<Section<"database">>, "socketPath">> {
  readonly socketPath: string | null;
  /** Null where the socket tells who we are. */
  readonly password: Secret | null;
  /** PEM text of the authority to trust; null for the system's. */
  readonly ca: string | null;
  /** By which numbers are hashed that need not be readable; null where all are kept as they are. */
  readonly numberHashKey: Secret | null;
}

/** What every command needs. */
export interface Config {
  readonly file: string;
  readonly node: Readonly<Section<"node">> | null;
  readonly centre: string;
  readonly profiles: readonly string[];
  readonly database: DatabaseSettings;
  readonly trunks: readonly TrunkConfig[];
  /** What is heard where a campaign's own message cannot be played. */
  readonly builtInMessage: string;
  /** Of people who call back, so many are served at once. */
  readonly returnCallsMax: number;
  readonly agents: Readonly<Section<"agents">>;
  readonly overload: Readonly<Section<"overload">>;
  readonly amd: Readonly<Section<"amd">>;
  readonly hearing: Readonly<Section<"hearing">>;
  readonly journal: Readonly<Section<"journal">>;
  readonly spool: Readonly<Section<"spool">>;
  readonly log: Readonly<Section<"log">>;
  readonly monitoring: Readonly<Section<"monitoring">>;
  readonly drainMaxMs: number;
  /** By the digit that the agent presses. */
  readonly pauseReasons: Readonly<Record<string, string>>;
}

/** What the daemon and `check` need besides. */
export interface DaemonConfig extends Config {
  readonly node: Readonly<Section<"node">>;
  readonly asterisk: AsteriskConfig;
  readonly toll: TollGuard;
}

export interface Loaded<Of extends Config> {
  readonly config: Of;
  /** Not wrong, and not right either; one sentence each. */
  readonly warnings: readonly string[];
}

export interface ConfigSource {
  /** From the command line; null for the environment's, else the usual place. */
  readonly path: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const configPath = ({ path, env }: ConfigSource): string => path ?? env[CONFIG_PATH_VARIABLE] ?? CONFIG_PATH;

/** A key without a value counts as left out; commented samples are full of them. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
};

const readFile = (source: ConfigSource): ConfigFile => {
  const file = configPath(source);
  const text = readLimited(file, FILE_BYTES_MAX);
  if (typeof text !== "string") {
    const advice = source.path === null ? ` Name another with --config or ${CONFIG_PATH_VARIABLE}.` : "";
    throw new ConfigError(file, [`${text.why[0]?.toUpperCase() ?? ""}${text.why.slice(1)}.${advice}`]);
  }
  const input = withoutNulls(parseYaml(file, text));
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new ConfigError(file, ["It holds no sections."]);
  }
  const result = configSchema.safeParse(input);
  if (!result.success) throw new ConfigError(file, sentencesFor(result.error, configSchema, input));
  return result.data;
};

const LOOPBACK_LISTEN = /^(off|localhost:|127\.|\[::1\])/;

const isHere = (address: string): boolean => /^(off|\/|localhost:|127\.|\[::1\])/.test(address);
const portOf = (address: string): number => Number(address.split(":").at(-1));

/** Who hears calls, and who is let hear them. */
const checkHearing = ({ hearing, amd, monitoring }: ConfigFile, { problems, warnings }: Findings): void => {
  const { listen } = hearing;
  const address = amd.outside?.address ?? null;
  if (listen !== "off" && portOf(listen) > 65_535)
    problems.push("hearing.listen ends in a port, and ports go up to 65535.");
  if (listen !== "off" && portOf(listen) === 0) problems.push("hearing.listen needs a port: Asterisk must find it.");
  if (listen !== "off" && /^(0\.0\.0\.0|\[::\]):/.test(listen)) {
    problems.push("hearing.listen must be an address that Asterisk can send to, and not every address.");
  }
  if (listen !== "off" && listen === monitoring.listen)
    problems.push("hearing.listen is the address of monitoring.listen.");
  if (!isHere(listen))
    warnings.push("hearing.listen can be reached from other machines, and calls come to it unencrypted.");
  if (address === null) return;
  if (listen === "off") problems.push("amd.outside hears nothing with hearing.listen off.");
  if (address === listen) problems.push("amd.outside.address is our own hearing.listen: nobody would answer there.");
  if (!address.startsWith("/") && (portOf(address) > 65_535 || portOf(address) === 0)) {
    problems.push("amd.outside.address ends in a port, from 1 to 65535.");
  }
  if (!isHere(address))
    warnings.push("amd.outside.address leaves this machine: what people say can be heard on the way.");
};

/** What no single key can tell. */
const checkTogether = (data: ConfigFile, { problems, warnings }: Findings): void => {
  const names = data.trunks.map(({ name }) => name.toLowerCase());
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) problems.push(`trunks[${index}].name "${name}" is taken by another trunk.`);
  }
  if (data.database.caFile !== undefined && data.database.tls === "off") {
    problems.push("database.caFile has no meaning with database.tls off.");
  }
  const events = data.asterisk?.events.listen ?? "off";
  for (const [key, listen] of [
    ["monitoring.listen", data.monitoring.listen] as const,
    ["asterisk.events.listen", events] as const,
  ]) {
    if (Number(listen.split(":").at(-1)) > 65_535) problems.push(`${key} ends in a port, and ports go up to 65535.`);
  }
  if (events !== "off" && events === data.monitoring.listen) {
    problems.push("asterisk.events.listen and monitoring.listen are the same address.");
  }
  if (!LOOPBACK_LISTEN.test(events)) {
    warnings.push("asterisk.events.listen can be reached from other machines, and is not encrypted.");
  }
  if (data.overload.asteriskSlowMs >= data.overload.asteriskStalledMs) {
    problems.push("overload.asteriskSlowMs must be less than overload.asteriskStalledMs.");
  }
  for (const [index, { breaker }] of data.trunks.entries()) {
    if (breaker.openMs <= breaker.openMaxMs) continue;
    problems.push(`trunks[${index}].breaker.openMs must not be more than its openMaxMs.`);
  }
  if (!LOOPBACK_LISTEN.test(data.monitoring.listen)) {
    warnings.push("monitoring.listen can be reached from other machines, and asks nobody for a password.");
  }
  checkHearing(data, { problems, warnings });
  const asteriskHost = data.asterisk === undefined ? "" : new URL(data.asterisk.url).hostname;
  if (data.asterisk?.url.startsWith("http://") === true && !/^(localhost|127\..*|\[::1\])$/.test(asteriskHost)) {
    warnings.push("asterisk.url is not encrypted and leaves this machine: passwords can be read on the way.");
  }
  if (data.database.tls === "off" && data.database.socketPath === undefined) {
    const { host } = data.database;
    if (!/^(localhost|127\..*|::1)$/.test(host)) {
      warnings.push(
        "database.tls is off and the connection leaves this machine: telephone numbers can be read on the way.",
      );
    }
  }
};

const frozen = <Of>(value: Of): Of => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
};

const toDatabase = (
  section: Section<"database">,
  source: ConfigSource,
  findings: Findings,
): Omit<DatabaseSettings, "numberHashKey"> => {
  const { password, passwordFile, caFile, socketPath = null, ...rest } = section;
  const secret = readSecret(
    { section: "database", password, passwordFile, optional: socketPath !== null, file: configPath(source) },
    source.env,
    findings,
  );
  return { ...rest, socketPath, password: secret, ca: readCa("database.caFile", caFile, findings) };
};

const toAsterisk = (section: Section<"asterisk">, source: ConfigSource, findings: Findings): AsteriskConfig => {
  const { password, passwordFile, events, ...rest } = section;
  const secret = readSecret(
    { section: "asterisk", password, passwordFile, optional: false, file: configPath(source) },
    source.env,
    findings,
  );
  // Without a secret there is a problem on the list, and this value goes nowhere.
  const common = { ...rest, url: rest.url.replace(/\/$/, ""), password: secret ?? new Secret("") };
  if (events.listen === "off") return common;
  const file = configPath(source);
  const { listen, user } = events;
  const places = { password: events.password, passwordFile: events.passwordFile, optional: false, file };
  const theirs = readSecret({ ...places, section: "asterisk.events" }, source.env, findings);
  return { ...common, events: { listen, user, password: theirs ?? new Secret("") } };
};

/** The rates are the daemon's alone: other commands need not read a carrier's whole list. */
const toTollGuard = (section: Section<"tollGuard">, findings: Findings): TollGuard => {
  const { countries = null, typesAllowed, spendPerHourMax, ratesFile } = section;
  if (spendPerHourMax !== undefined && ratesFile === undefined) {
    findings.problems.push(
      "tollGuard.spendPerHourMax needs tollGuard.ratesFile: without rates nobody knows what is spent.",
    );
  }
  const rates = ratesFile === undefined ? NO_RATES : readTollRates(ratesFile, findings);
  return {
    ...{ countries, typesAllowed },
    spendPerHourMax: spendPerHourMax === undefined ? null : Math.round(spendPerHourMax * MICROS),
    rateOf: (number) => rates.rateOf(number),
  };
};

const load = (source: ConfigSource): { data: ConfigFile; findings: Findings; config: Config } => {
  const data = readFile(source);
  const findings: Findings = { problems: [], warnings: [] };
  checkTogether(data, findings);
  const { node = null, asterisk: _asterisk, database, numberHashKey: key, numberHashKeyFile: keyFile, ...rest } = data;
  const file = configPath(source);
  const numberHashKey = readHashKey({ key, keyFile, file }, source.env, findings);
  return {
    data,
    findings,
    config: { ...rest, file, node, database: { ...toDatabase(database, source, findings), numberHashKey } },
  };
};

/** For commands that only talk to the database; throws {@link ConfigError}. */
export const loadConfig = (source: ConfigSource): Loaded<Config> => {
  const { findings, config } = load(source);
  if (findings.problems.length > 0) throw new ConfigError(config.file, findings.problems);
  return frozen({ config, warnings: findings.warnings });
};

/** For the daemon and `check`; throws {@link ConfigError}. */
export const loadDaemonConfig = (source: ConfigSource): Loaded<DaemonConfig> => {
  const { data, findings, config } = load(source);
  const { node, asterisk } = data;
  if (node === undefined) findings.problems.push("The section node is missing; it gives this daemon its name.");
  if (asterisk === undefined) findings.problems.push("The section asterisk is missing; it says where Asterisk is.");
  const toll = toTollGuard(data.tollGuard, findings);
  const complete = asterisk === undefined ? null : toAsterisk(asterisk, source, findings);
  if (findings.problems.length > 0 || node === undefined || complete === null) {
    throw new ConfigError(config.file, findings.problems);
  }
  return frozen({ config: { ...config, node, asterisk: complete, toll }, warnings: findings.warnings });
};
