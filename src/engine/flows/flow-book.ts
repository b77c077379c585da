/**
 * The flows that campaigns name, and whether they may be let loose on people here: known, sound under the campaign's
 * profile, and every recording heard to play on this node. One rule to remember: a recording is a message like any other.
 */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { checkFlow, USUAL_DEMANDS } from "../../flow/check-flow.ts";
import type { Flow } from "../../flow/flow.ts";
import { recordingsNeeded } from "../../flow/say.ts";
import type { MessageTests } from "../rules/message-tests.ts";
import type { FlowOnRecord } from "../ports.ts";

/** Why a campaign dials nobody, as a rule and in words. */
export interface Bar {
  readonly rule: string;
  readonly says: string;
}

/** Of several dozen recordings so many are tried at once: each lasts as long as it does. */
const TESTS_AT_ONCE = 8;

interface Known {
  readonly flow: Flow;
  readonly recordings: readonly string[];
  /** By whether the profile demands a key that objects; what is wrong in a sentence, or null. */
  readonly problems: Map<boolean, string | null>;
}

export class FlowBook {
  readonly #messages: MessageTests;
  #known = new Map<number, Known>();

  constructor(messages: MessageTests) {
    this.#messages = messages;
  }

  /** Read anew several times a second, and never another under the same id. */
  obey(flows: readonly FlowOnRecord[]): void {
    const before = this.#known;
    this.#known = new Map(
      flows.map(({ flowId, flow }) => [
        flowId,
        before.get(flowId) ?? { flow, recordings: recordingsNeeded(flow), problems: new Map() },
      ]),
    );
  }

  /** Null in every other mode, and where it is not known. */
  flowOf({ mode, flow }: Pick<Campaign, "mode" | "flow">): Flow | null {
    return mode !== "agentless" || flow === null ? null : (this.#known.get(flow.flowId)?.flow ?? null);
  }

  /** Why nobody may be called with it; null when they may, and in every other mode. */
  barOf({ mode, flow }: Campaign, rules: CampaignRules): Bar | null {
    if (mode !== "agentless") return null;
    if (flow === null) return { rule: "FLOW", says: "It has no flow: name one with --flow." };
    const known = this.#known.get(flow.flowId);
    if (known === undefined) return { rule: "FLOW", says: `The flow ${flow.name}@${flow.version} is not known here.` };
    const problem = problemOf(known, rules.profile.message.mustOfferKeyOptOut);
    if (problem !== null) return { rule: "FLOW", says: `Its flow ${flow.name} may not be used: ${problem}` };
    const silent = known.recordings.find((media) => this.#messages.resultOf(media) === "failed");
    if (silent !== undefined) return { rule: "FLOW-PLAYS", says: `The recording ${silent} of its flow does not play.` };
    const untried = known.recordings.filter((media) => this.#messages.resultOf(media) !== "played").length;
    if (untried === 0) return null;
    return {
      rule: "FLOW-TESTS",
      says: `${untried} of its flow's ${known.recordings.length} recordings are still to be test-played.`,
    };
  }

  /** Test-plays what is not known to play, and from time to time what is: files go missing. A few at a time. */
  want(campaigns: Iterable<Campaign>): void {
    for (const { mode, flow } of campaigns) {
      const known = mode === "agentless" && flow !== null ? this.#known.get(flow.flowId) : undefined;
      for (const media of known?.recordings ?? []) {
        if (this.#messages.tryingCount >= TESTS_AT_ONCE) return;
        this.#messages.want(media);
      }
    }
  }
}

const problemOf = ({ flow, problems }: Known, mustOfferOptOut: boolean): string | null => {
  const found = problems.get(mustOfferOptOut);
  if (found !== undefined) return found;
  const [first] = checkFlow(flow, { ...USUAL_DEMANDS, mustOfferOptOut });
  const says = first === undefined ? null : `${first.step === null ? "" : `step ${first.step}: `}${first.says}`;
  problems.set(mustOfferOptOut, says);
  return says;
};
