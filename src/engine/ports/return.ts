/** What engine, telephony and store say to one another about people who call back. */
import type { MessageChoice, Stamp } from "../../domain/attempt.ts";
import type { LegId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { OpenReturn, ReturnEnd, ReturnMatch, ReturnRow } from "../../domain/return-call.ts";
import type { CommandResult } from "./command-result.ts";

export type ReturnLegEvent =
  /** Somebody rings one of our numbers, and the dialplan hands them over; not answered yet. */
  | {
      readonly type: "arrived";
      readonly stamp: Stamp;
      /** As the carrier writes it; null where it is withheld. */
      readonly caller: string | null;
      /** The number that was rung, as the dialplan gives it. */
      readonly rung: string;
    }
  /** In the standing bridge of this agent's leg. */
  | { readonly type: "joined"; readonly stamp: Stamp; readonly owner: LegId }
  | { readonly type: "pressed"; readonly stamp: Stamp; readonly digit: string }
  | { readonly type: "messageStarted"; readonly stamp: Stamp; readonly choice: MessageChoice }
  | { readonly type: "messageFinished"; readonly stamp: Stamp; readonly choice: MessageChoice }
  | { readonly type: "messageFailed"; readonly stamp: Stamp; readonly choice: MessageChoice; readonly detail: string }
  | { readonly type: "gone"; readonly stamp: Stamp; readonly cause: number | null };

/** A return call's leg as Asterisk holds it at one moment. */
export interface ReturnLeg {
  readonly legId: LegId;
  readonly caller: string | null;
  readonly rung: string;
  readonly inAgentBridge: LegId | null;
}

/** Commands on the legs of people who call back. Of one leg they are carried out in order; only a hang-up waits for nothing. */
export interface ReturnLegs {
  /** They hear it ring, and pay nothing yet. */
  ring(legId: LegId): Promise<CommandResult>;
  /** Answers them if need be, and joins them into the agent's standing bridge after the agent's tone. `joined` follows. */
  bridge(legId: LegId, agentLegId: LegId): Promise<CommandResult>;
  /** Takes them out of any bridge; music plays until something else does. */
  hold(legId: LegId): Promise<CommandResult>;
  /** Answers them if need be. `messageStarted`, then `messageFinished` or `messageFailed` follow. */
  inform(legId: LegId, media: string, choice: MessageChoice): Promise<CommandResult>;
  hangUp(legId: LegId): Promise<CommandResult>;
  /** To the line of the dialplan after the one that sent them here; `gone` follows. */
  handBack(legId: LegId): Promise<CommandResult>;
}

export interface ReturnStore {
  /** Whose call it is; of several attempts the latest, none from before `since`. */
  match(caller: PhoneNumber, cliNumber: PhoneNumber, since: Instant): Promise<ReturnMatch | null>;
  /**
   * Writes the row, and keeps the lead from being dialled while it lasts: whoever leases it loses it. Harmless to repeat,
   * and repeated when it is known whose call it is, once. Not written: an erased lead's.
   */
  begin(nodeId: NodeId, row: ReturnRow): Promise<void>;
  /** The first end stands; gives the lead back, not to be dialled before what the end says. */
  end(end: ReturnEnd): Promise<void>;
  /** At once, for everybody whose calls we make. */
  optOut(row: ReturnRow, at: Instant): Promise<void>;
  open(nodeId: NodeId): Promise<readonly OpenReturn[]>;
}
