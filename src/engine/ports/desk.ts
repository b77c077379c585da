/** What the engine needs of telephony and store for what agents and supervisors do beside talking. */
import type { AttemptId, LegId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { SupervisionMode, SupervisionNote } from "../../domain/supervision.ts";
import type { TransferNote } from "../../domain/transfer.ts";
import type { CommandResult } from "./command-result.ts";

/** A number to which a person is to be passed on. */
export interface OutsideCall {
  readonly attemptId: AttemptId;
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  readonly trunk: string;
  /** Ours; the adapter gives Asterisk a longer one, as a backstop. */
  readonly ringTimeoutMs: number;
}

/** Whom a person is passed on to: an agent's leg, or the outside number that was called for them last. */
export type OtherLeg = LegId | "outside";

export interface OutsideNews {
  readonly kind: "outside";
  readonly attemptId: AttemptId;
  /** `gone`: it does not answer, was refused, or has hung up. */
  readonly state: "answered" | "gone";
  readonly at: Instant;
}

export interface SupervisionOrder {
  readonly supervisorLeg: LegId;
  readonly agentLeg: LegId;
  readonly mode: SupervisionMode;
}

/** Nothing here rejects. */
export interface DeskTelephony {
  /** The other's leg into the agent's standing bridge, and a tone for the other: they hear each other. */
  meet(attemptId: AttemptId, agentLeg: LegId, other: OtherLeg): Promise<CommandResult>;
  /** Into its own standing bridge; one that is there already stays. */
  sendHome(legId: LegId): Promise<CommandResult>;
  /** The other's leg into its own bridge, and the person with it; the other hears a tone first. */
  handOver(attemptId: AttemptId, to: OtherLeg): Promise<CommandResult>;
  /** Rings it. `outside` news follow, also where no leg could be made. */
  callOutside(order: OutsideCall): void;
  /** Of that attempt, whatever state it is in. */
  hangUpOutside(attemptId: AttemptId): Promise<CommandResult>;
  /** Instead of what that supervisor heard before. Ends by itself with the agent's leg. */
  supervise(order: SupervisionOrder): Promise<CommandResult>;
  endSupervision(supervisorLeg: LegId): Promise<CommandResult>;
}

export interface DeskStore {
  /** One row for each transfer, by attempt and beginning; what came to it is added. Harmless to repeat. */
  recordTransfer(note: TransferNote): Promise<void>;
  /** By supervisor and beginning; the first end stands. */
  recordSupervision(note: SupervisionNote): Promise<void>;
}
