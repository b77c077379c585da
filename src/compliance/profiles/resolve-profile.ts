/**
 * From rule rows to profiles, on one day: what is inherited, what is in force, what each row contributes, and where rows
 * contradict each other. A profile with a contradiction is not there at all, and the rule is named.
 */
import { checkProfile } from "./profile-checks.ts";
import { gather, profileOf, type PlacedRow } from "./profile-values.ts";
import type { ProfileProblem, ProfileSource, ProfileSources, ResolvedProfile, RuleRow } from "./profile-source.ts";

export interface Resolved {
  readonly profiles: ReadonlyMap<string, ResolvedProfile>;
  readonly broken: ReadonlyMap<string, readonly ProfileProblem[]>;
  /** The next day on which another row comes into force, `YYYY-MM-DD`; null when none will. */
  readonly changesOn: string | null;
}

/** @param on the day for which they are wanted, `YYYY-MM-DD` */
export function resolveProfiles(sources: ProfileSources, on: string): Resolved {
  const profiles = new Map<string, ResolvedProfile>();
  const broken = new Map<string, readonly ProfileProblem[]>();
  for (const name of new Set(sources.profiles.map((source) => source.name))) {
    const result = resolve(name, sources, on);
    if (Array.isArray(result)) broken.set(name, result);
    else profiles.set(name, result);
  }
  const dates = sources.profiles.flatMap(({ rows }) => rows.map(({ validFrom }) => validFrom));
  const changesOn = dates.filter((date) => date > on).sort()[0] ?? null;
  return { profiles, broken, changesOn };
}

function resolve(name: string, sources: ProfileSources, on: string): ResolvedProfile | ProfileProblem[] {
  const line = lineage(name, sources.profiles);
  if ("problem" in line) return [line.problem];
  const { rows, problems } = rowsInForce(line.sources, on);
  const gathered = gather(rows);
  problems.push(...gathered.problems);
  if (problems.length > 0) return problems;
  const built = profileOf(name, gathered, sources.calendars);
  if ("problems" in built) return [...built.problems];
  const found = checkProfile(built.profile);
  return found.length > 0 ? [...found] : built.profile;
}

/** The sources from the eldest on; the last is the profile's own. */
function lineage(
  name: string,
  all: readonly ProfileSource[],
): { readonly sources: readonly ProfileSource[] } | { readonly problem: ProfileProblem } {
  const last = (wanted: string, before: number): number =>
    all.findLastIndex((source, index) => index < before && source.name === wanted);
  const sources: ProfileSource[] = [];
  let at = last(name, all.length);
  for (let source = all[at]; source !== undefined; source = all[at]) {
    if (sources.includes(source)) {
      return { problem: { rule: null, says: `It inherits itself by way of ${source.inherits ?? ""}.` } };
    }
    sources.unshift(source);
    const parent: string | null = source.inherits;
    if (parent === null) return { sources };
    // Its own name is the one that it replaces.
    at = last(parent, parent === source.name ? at : all.length);
    if (at === -1) return { problem: { rule: null, says: `It inherits ${parent}, and there is no such profile.` } };
  }
  return { problem: { rule: null, says: `There is no profile ${name}.` } };
}

/** An id has one row in force: the latest of those whose day has come, of the youngest profile that has it. */
function rowsInForce(
  sources: readonly ProfileSource[],
  on: string,
): { readonly rows: readonly PlacedRow[]; readonly problems: ProfileProblem[] } {
  const problems: ProfileProblem[] = [];
  let rows: readonly PlacedRow[] = [];
  for (const [generation, { rows: own, without, inherits }] of sources.entries()) {
    for (const id of without) {
      if (!rows.some((row) => row.id === id)) {
        problems.push({ rule: id, says: `${inherits ?? "Nothing"} has no rule ${id} that could be left out.` });
      }
    }
    const current = [...inForce(own, on, problems)];
    const replaced = new Set([...without, ...current.map(({ id }) => id)]);
    rows = [...rows.filter(({ id }) => !replaced.has(id)), ...current.map((row) => ({ ...row, generation }))];
  }
  return { rows, problems };
}

function* inForce(rows: readonly RuleRow[], on: string, problems: ProfileProblem[]): Iterable<RuleRow> {
  for (const id of new Set(rows.map((row) => row.id))) {
    const come = rows.filter((row) => row.id === id && row.validFrom <= on);
    const latest = come.reduce<RuleRow | null>(
      (best, row) => (best === null || row.validFrom > best.validFrom ? row : best),
      null,
    );
    if (latest === null) continue;
    if (come.filter(({ validFrom }) => validFrom === latest.validFrom).length > 1) {
      problems.push({ rule: id, says: `The rule ${id} stands there twice from ${latest.validFrom} on.` });
    }
    yield latest;
  }
}
