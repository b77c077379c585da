/**
 * Compliance profiles from their files: those that are shipped, then those of the site, which add or replace. The
 * compliance room resolves them; here is reading, the schema, and the version.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ComplianceProfile } from "../compliance/profile.ts";
import { resolveProfiles } from "../compliance/profiles/resolve-profile.ts";
import type {
  ProfileProblem,
  ProfileSource,
  ProfileSources,
  ResolvedProfile,
  RuleRow,
} from "../compliance/profiles/profile-source.ts";
import { toIso, type Instant } from "../domain/instant.ts";
import { FILE_BYTES_MAX, readLimited } from "./config-files.ts";
import { ConfigError, sentencesFor } from "./config-problems.ts";
import { dataVersion } from "./data-version.ts";
import { parseYaml } from "./yaml-file.ts";
import { profileFileSchema, type ProfileFile } from "./profile-schema.ts";

/** Beside the code, in the sources as in what is built. */
export const SHIPPED_FOLDER = join(import.meta.dirname, "../compliance/profiles");

/** By name. What cannot be used is not in it, and `broken` says why. */
export class ProfileSet extends Map<string, ComplianceProfile> {
  readonly broken: ReadonlyMap<string, readonly ProfileProblem[]>;
  /** The next day on which a rule changes, `YYYY-MM-DD`: read them again then. Null when none will. */
  readonly changesOn: string | null;
  /** Where each was read. */
  readonly files: ReadonlyMap<string, string>;

  constructor(sources: ProfileSources, on: string) {
    const { profiles, broken, changesOn } = resolveProfiles(sources, on);
    super([...profiles].map(([name, profile]) => [name, withVersion(profile)]));
    this.broken = broken;
    this.changesOn = changesOn;
    this.files = new Map(sources.profiles.map((source) => [source.name, source.file]));
  }
}

/** As they are in force on the day of `at`, UTC. Throws {@link ConfigError} for a file that cannot be read at all. */
export const readProfiles = (siteFiles: readonly string[], at: Instant): ProfileSet =>
  new ProfileSet(profileSources(siteFiles), toIso(at).slice(0, 10));

interface FileRead {
  readonly file: string;
  readonly content: ProfileFile;
}

const readFileAt = (file: string): FileRead => ({ file, content: readProfileFile(file) });

/** What is shipped does not change while the program runs. */
let shipped: readonly FileRead[] | null = null;
const shippedFiles = (): readonly FileRead[] => {
  shipped ??= readdirSync(SHIPPED_FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => readFileAt(join(SHIPPED_FOLDER, name)));
  return shipped;
};

export const profileSources = (siteFiles: readonly string[]): ProfileSources => {
  const files = [...shippedFiles(), ...siteFiles.map(readFileAt)];
  return {
    profiles: files.flatMap(({ file, content }) => sourceOf(file, content)),
    calendars: Object.assign({}, ...files.map(({ content }) => content.calendars)) as ProfileSources["calendars"],
  };
};

/** Checked against its schema; throws {@link ConfigError} with everything that is wrong. */
export const readProfileFile = (file: string): ProfileFile => {
  const content = readLimited(file, FILE_BYTES_MAX);
  if (typeof content !== "string") throw new ConfigError(file, [`It cannot be used: ${content.why}.`]);
  const input = parseYaml(file, content);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new ConfigError(file, ["It holds no profile: it begins with `profile: NAME`, and `rules:` follow."]);
  }
  const result = profileFileSchema.safeParse(input);
  if (!result.success) throw new ConfigError(file, sentencesFor(result.error, profileFileSchema, input));
  const { profile, rules, without, inherits, calendars } = result.data;
  const isEmpty = profile === undefined && Object.keys(calendars).length === 0;
  if (isEmpty || (profile === undefined && (rules.length > 0 || without.length > 0 || inherits !== undefined))) {
    throw new ConfigError(file, ["profile is missing; it gives the profile its name."]);
  }
  return result.data;
};

const sourceOf = (file: string, { profile, inherits, without, rules }: ProfileFile): ProfileSource[] => {
  if (profile === undefined) return [];
  const rows = rules.map(({ valid_from: validFrom, ...row }) => ({ ...row, validFrom }) as RuleRow);
  return [{ name: profile, file, inherits: inherits ?? null, without, rows }];
};

const withVersion = (profile: ResolvedProfile): ComplianceProfile => ({ ...profile, version: dataVersion(profile) });
