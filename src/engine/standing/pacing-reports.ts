/**
 * Tells the store every few seconds where each running campaign stands on this node, and now and then what its pacing has
 * learned. One rule to remember: nobody waits for it. A report that gets lost is followed by the next one.
 */
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { PacingMemory, PacingReport } from "../ports.ts";
import { StoreError } from "../ports.ts";
import type { Standing } from "./standing.ts";

export interface PacingReportsParts {
  campaigns(): Iterable<Campaign>;
  standingOf(campaign: Campaign): Standing;
  /** Null when nothing was learned here. */
  memoryOf(campaignId: CampaignId): unknown;
}

/** How often there is something to tell; whoever asks `why` has seen the last word within so long. */
export const REPORT_MS = 5_000;
/** What has not changed is said again so often, so that it is known to be true still. */
const SAME_AGAIN_MS = 9_000;
/** What a crash may cost of what was learned. */
const MEMORY_MS = 30_000;

type UntilAnswered = <T>(ask: () => Promise<T>) => Promise<T>;

interface Sent {
  readonly says: string;
  readonly at: Instant;
}

export class PacingReports {
  readonly #context: EngineContext;
  readonly #parts: PacingReportsParts;
  readonly #sent = new Map<CampaignId, Sent>();
  readonly #savedAt = new Map<CampaignId, Instant>();
  #sending = false;

  constructor(context: EngineContext, parts: PacingReportsParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** What pacing learned in an earlier life. Without it it learns anew: nothing of it keeps a node from starting. */
  async memories(untilAnswered: UntilAnswered): Promise<readonly PacingMemory[]> {
    const { store, settings, log } = this.#context;
    try {
      return await untilAnswered(() => store.pacingMemories(settings.nodeId));
    } catch (error) {
      // Nobody waits any more: the engine was stopped before it had begun.
      if (error instanceof StoreError && error.kind === "away") throw error;
      log.warn("what pacing learned before could not be read; it learns anew", { error });
      return [];
    }
  }

  /** One statement for all campaigns; never two at once. */
  send(): void {
    if (this.#sending) return;
    const reports = this.#reports(false);
    if (reports.length === 0) return;
    this.#sending = true;
    const { mailbox, store, settings } = this.#context;
    mailbox.await(
      "pacing reported",
      store.reportPacing(settings.nodeId, reports),
      () => {
        this.#sending = false;
      },
      (error) => {
        this.#sending = false;
        this.#lost(reports, error);
      },
    );
  }

  /** At the end: everything, with what was learned. Resolves when the store has it, or does not want it. */
  async last(): Promise<void> {
    const { store, settings } = this.#context;
    const reports = this.#reports(true);
    if (reports.length === 0) return;
    try {
      await store.reportPacing(settings.nodeId, reports);
    } catch (error) {
      this.#lost(reports, error);
    }
  }

  #reports(isLast: boolean): PacingReport[] {
    const at = this.#context.clock.now();
    const reports: PacingReport[] = [];
    for (const campaign of this.#parts.campaigns()) {
      const report = this.#reportOf(campaign, at, isLast);
      if (report === null) continue;
      reports.push(report);
      const { campaignId } = campaign;
      this.#sent.set(campaignId, { says: worded(report), at });
      if (report.memory !== null) this.#savedAt.set(campaignId, at);
      // Of a campaign that does not run any more that was the last word.
      if (campaign.desiredState !== "running") this.#sent.delete(campaignId);
    }
    return reports;
  }

  #reportOf(campaign: Campaign, at: Instant, isLast: boolean): PacingReport | null {
    const { campaignId } = campaign;
    const isRunning = campaign.desiredState === "running";
    const sent = this.#sent.get(campaignId);
    if (!isRunning && sent === undefined) return null;
    const { because, says, facts } = this.#parts.standingOf(campaign);
    const savedAt = this.#savedAt.get(campaignId);
    const isDue = isLast || !isRunning || savedAt === undefined || msBetween(savedAt, at) >= MEMORY_MS;
    const memory = isDue ? this.#parts.memoryOf(campaignId) : null;
    const report: PacingReport = { campaignId, at, because, says, facts: { ...facts }, memory };
    const isOld = sent === undefined || msBetween(sent.at, at) >= SAME_AGAIN_MS;
    return isOld || isLast || memory !== null || sent.says !== worded(report) ? report : null;
  }

  /** Said anew the next time; but what is too long to be kept will be no shorter in five seconds. */
  #lost(reports: readonly PacingReport[], error: unknown): void {
    this.#context.log.debug("where campaigns stand could not be reported", { count: reports.length, error });
    const isRefused = error instanceof StoreError && error.kind === "broken";
    for (const { campaignId, at } of reports) {
      if (this.#sent.has(campaignId)) this.#sent.set(campaignId, { says: "", at });
      if (!isRefused) this.#savedAt.delete(campaignId);
    }
  }
}

const worded = ({ because, says, facts }: PacingReport): string => JSON.stringify([because, says, facts]);
