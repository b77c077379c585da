/** Asks the database for everything that may keep one lead from being called. */
import { rulesFor } from "../../compliance/campaign-rules.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import { failedTerms } from "../../lead/segment/why-not.ts";
import type { LeadFacts } from "../../lead/segment/evaluate.ts";
import {
  assignmentState,
  callbacksOfLead,
  readComplianceState,
  segments,
  sourcesOf,
  type Database,
  type LeadFile,
  type Queryable,
  type SourceRecord,
} from "../../store/index.ts";
import { campaignRefusal } from "../campaign-refusal.ts";
import type { ProfileSet } from "../profiles.ts";
import type { LeadKnown, SourceBefore } from "./why-lead.ts";

/** What holds for every number of the campaign. */
export const dialKnown = async (
  database: Queryable,
  campaign: Campaign,
  profiles: ProfileSet,
  at: Instant,
): Promise<Pick<LeadKnown, "refusal" | "rules" | "facts">> => {
  const state = await readComplianceState(database);
  const { principal, cliNumber, trunk, informationMessage } = campaign;
  const found = rulesFor(campaign, profiles);
  return {
    refusal: campaignRefusal(campaign, profiles, state, at),
    rules: found.ok ? found.rules : null,
    facts: {
      killSwitch: state.killSwitch,
      ...{ principal, cliNumber },
      cliOwned: state.cliNumbers.find((each) => each.cliNumber === cliNumber && each.trunk === trunk) ?? null,
      registers: state.registers,
      message: state.messages.find(({ media }) => media === informationMessage) ?? null,
      messagePlays: "played",
    },
  };
};

export const leadKnown = async (
  database: Database,
  file: LeadFile,
  campaign: Campaign,
  profiles: ProfileSet,
  at: Instant,
): Promise<LeadKnown> => {
  const filters = new Map((await segments(database)).map(({ segmentId, filter }) => [segmentId, filter]));
  const before = (source: SourceRecord): SourceBefore => {
    const filter = source.segmentId === null ? undefined : filters.get(source.segmentId);
    return {
      sourceId: source.sourceId,
      name: nameOf(source),
      weight: source.weight,
      isLoading: source.isLoading,
      fitsList: source.listId === null || source.listId === file.listId,
      failed: filter === undefined ? [] : failedTerms(filter, factsOf(file), at),
    };
  };
  return {
    file,
    campaign,
    ...(await dialKnown(database, campaign, profiles, at)),
    sources: (await sourcesOf(database, campaign.campaignId)).map(before),
    isAssigning: (await assignmentState(database, campaign.campaignId))?.isPending === true,
    callbacks: await callbacksOfLead(database, file.leadId, at),
  };
};

export const nameOf = ({ sourceId, list, segment }: SourceRecord): string =>
  `source ${sourceId} (list ${list ?? "any"}, segment ${segment ?? "any"})`;

/** As filters ask. */
const factsOf = (file: LeadFile): LeadFacts => ({
  attributes: file.attributes,
  list: file.list,
  key: file.key,
  name: file.name,
  region: file.region,
  priority: file.priority,
  addedAt: file.addedAt,
  numbers: file.numbers.map(({ numberType, kind, country, timeZone }) => ({
    ...{ type: numberType, kind, country, timeZone },
  })),
  attempts: file.attemptsCounted,
  lastAttemptAt: file.lastAttemptAt,
  lastOutcome: file.lastOutcome,
  lastDisposition: file.lastDisposition,
  state: file.state === "done" || file.state === "held" ? file.state : "open",
});
