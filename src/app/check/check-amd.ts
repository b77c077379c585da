/** Whether Asterisk's own AMD() can serve the campaigns that ask for it: in time, and with what it needs loaded. */
import { rulesFor } from "../../compliance/campaign-rules.ts";
import type { Profiles } from "../../compliance/campaign-rules.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { amdRefusal } from "../commands/campaign/amd-options.ts";
import type { Config } from "../config.ts";
import { fail, warn, type Finding } from "./finding.ts";

const asks = ({ amd }: Pick<Campaign, "amd">): boolean => amd.kind === "asterisk";
const isAsked = ({ amd }: Pick<Campaign, "amd">): boolean => amd.kind === "asterisk" || amd.kind === "outside";

/** By the clock that each campaign's profile leaves it. */
export const judgeAmdTimes = (
  config: Pick<Config, "amd">,
  campaigns: readonly Campaign[],
  profiles: Profiles,
): readonly Finding[] =>
  campaigns.filter(isAsked).flatMap((campaign) => {
    const rules = rulesFor(campaign, profiles);
    const says = rules.ok ? amdRefusal(campaign, rules.rules.profile, config.amd) : null;
    if (says === null) return [];
    const find = campaign.desiredState === "running" ? fail : warn;
    const advice = campaign.amd.kind === "outside" ? "Name one under amd.outside, or" : "Shorten totalAnalysisMs, or";
    return [find(`campaign ${campaign.name}`, says, `${advice}: fairdial campaign set --amd talk.`)];
  });

const NEEDED = ["app_amd.so", "func_dialplan.so"] as const;

/** @param running names of modules; without those here nobody is asked, and everybody is taken for a person */
export const judgeAmdModules = (running: ReadonlySet<string>, campaigns: readonly Campaign[]): readonly Finding[] => {
  const asking = campaigns.filter(asks).map(({ name }) => name);
  if (asking.length === 0) return [];
  const missing: Finding[] = NEEDED.filter((name) => !running.has(name)).map((name) =>
    fail(
      "modules",
      `${name} is not running, and ${asking.join(", ")} would ask AMD(): everybody is taken for a person.`,
      `In modules.conf: load = ${name}. AMD() also wants a file amd.conf, which may be empty.`,
    ),
  );
  return running.has("func_timeout.so")
    ? missing
    : [
        ...missing,
        warn(
          "modules",
          "func_timeout.so is not running: nothing takes a call back from AMD() that takes too long.",
          "In modules.conf: load = func_timeout.so.",
        ),
      ];
};

const HEARS_BY = ["res_stasis_snoop.so", "res_audiosocket.so", "app_audiosocket.so"] as const;

/** @param running names of modules; without those here no tone is heard, and no detector outside gets a sound */
export const judgeHearingModules = (
  running: ReadonlySet<string>,
  { hearing }: Pick<Config, "hearing">,
): readonly Finding[] => {
  if (hearing.listen === "off") return [];
  return HEARS_BY.filter((name) => !running.has(name)).map((name) =>
    fail(
      "modules",
      `${name} is not running, and the sound of calls cannot come to hearing.listen (${hearing.listen}).`,
      `In modules.conf: load = ${name}. The dialplan also needs the context fairdial-ear.`,
    ),
  );
};
