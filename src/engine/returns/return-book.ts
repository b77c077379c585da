/** What is written down of return calls: their rows, the journal, one line in the log, and an alarm where nobody was heard. */
import type { LivingReturn, ReturnCall, ReturnPolicy } from "../../call/return-call.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { redialPlan } from "../../domain/redial-rules.ts";
import type { ReturnEnd, ReturnOutcome, ReturnRow } from "../../domain/return-call.ts";
import type { EngineContext } from "../context.ts";
import type { CommandResult } from "../ports.ts";
import type { RuleBook } from "../rules/rule-book.ts";

/** A return call with everything the engine keeps beside it. */
export interface LiveReturn {
  row: ReturnRow;
  call: LivingReturn;
  campaign: Campaign | null;
  readonly policy: ReturnPolicy;
}

const NOTHING_SEEN: Omit<ReturnEnd, "returnId" | "endedAt"> = {
  ...{ outcome: "lost", endedBy: "unknown", agentId: null, waitedMs: null, connectedAt: null },
  ...{ message: null, optedOut: false, notBefore: null },
};

export class ReturnBook {
  readonly #context: EngineContext;
  readonly #ruleBook: RuleBook;

  constructor(context: EngineContext, ruleBook: RuleBook) {
    this.#context = context;
    this.#ruleBook = ruleBook;
  }

  begun(row: ReturnRow): void {
    const { settings, writeBehind } = this.#context;
    writeBehind.write({ type: "returnBegin", nodeId: settings.nodeId, row });
  }

  /** Nobody saw its end. */
  lost(row: ReturnRow, at: Instant): void {
    this.#write(row, { ...NOTHING_SEEN, returnId: row.returnId, endedAt: at });
  }

  /** Not ours to answer: written down, and over. */
  refuse(row: ReturnRow, outcome: ReturnOutcome, command: Promise<CommandResult>): void {
    const { mailbox, telephony, log } = this.#context;
    const { returnId, legId, at } = row;
    this.begun(row);
    this.#write(row, { ...NOTHING_SEEN, returnId, endedAt: at, outcome, endedBy: "us" });
    const failed = (detail: unknown): void => {
      log.warn("a return call that was refused could not be told so", { returnId, detail });
      // Whoever stays behind is found by the next look at Asterisk.
      mailbox.await("refused call hung up", telephony.returnLegs.hangUp(legId), ignore, ignore);
    };
    mailbox.await(
      "return call refused",
      command,
      (answer) => {
        if (!answer.ok && answer.kind !== "gone") failed(answer.detail);
      },
      failed,
    );
  }

  ended({ row, campaign }: LiveReturn, call: Extract<ReturnCall, { state: "ended" }>): void {
    const { facts, outcome, endedAt, arrivedAt } = call;
    const servedAt = facts.connectedAt ?? facts.messageAt;
    const gapMs = campaign === null ? 0 : redialPlan(campaign.redial).limits.gapMinMs;
    this.#write(row, {
      returnId: row.returnId,
      endedAt,
      outcome,
      endedBy: facts.endedBy ?? "unknown",
      agentId: facts.agentId,
      waitedMs: servedAt === null ? null : Math.max(0, msBetween(arrivedAt, servedAt)),
      connectedAt: facts.connectedAt,
      message: facts.message,
      optedOut: facts.optedOut,
      notBefore: row.match === null ? null : after(endedAt, gapMs),
    });
  }

  #write(row: ReturnRow, end: ReturnEnd): void {
    const { journal, writeBehind, log } = this.#context;
    const { endedAt, ...told } = end;
    journal.append({ at: endedAt, kind: "return-ended", ...told });
    writeBehind.write({ type: "returnEnd", end });
    const { returnId, outcome, endedBy, waitedMs, agentId } = end;
    log.info("return call ended", { returnId, campaignId: row.campaignId, outcome, endedBy, waitedMs, agentId });
    if (outcome === "unserved") {
      const says = "Somebody called back and heard neither an agent nor a message.";
      this.#ruleBook.alarm(row.campaignId, null, "RETURN-UNSERVED", says);
    }
  }
}

const ignore = (): void => undefined;
