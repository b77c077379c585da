/** The database's complaints, told apart by what can be done about them. */
import { StoreError } from "../engine/ports.ts";
import {
  type Again,
  detailOf,
  type Drops,
  dropsOf,
  MEANINGS,
  troubleOf,
  type DatabaseTrouble,
  type DriverError,
} from "./error-table.ts";

export type { DatabaseTrouble } from "./error-table.ts";

/**
 * A StoreError that came from the database. It carries neither the statement nor its values, as the driver's own
 * errors do: they go to logs, and values may be telephone numbers.
 */
export class DatabaseError extends StoreError {
  readonly trouble: DatabaseTrouble;
  /** The server's number for it; null when it came from the driver or the network. */
  readonly errno: number | null;
  constructor(trouble: DatabaseTrouble, detail: string, errno: number | null = null) {
    const { kind, sentence } = MEANINGS[trouble];
    super(kind, `${sentence} (${detail})`);
    this.name = "DatabaseError";
    this.trouble = trouble;
    this.errno = errno;
  }
}

/** By its looks: an error that crossed from another realm, as in a test runner, is no instance of our Error. */
const isDriverError = (error: unknown): error is DriverError =>
  typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";

/** What the driver threw, in our words; our own errors pass. */
export const inOurWords = (error: unknown): Error => {
  if (error instanceof StoreError) return error;
  if (!isDriverError(error)) return new DatabaseError("other", "not an error object");
  const errno = typeof error.errno === "number" && error.errno > 0 ? error.errno : null;
  return new DatabaseError(troubleOf(error), detailOf(error), errno);
};

/** Which connections must not be used again. Of one that did not answer nobody knows what it is still doing. */
export const droppedBy = (error: unknown): Drops =>
  error instanceof DatabaseError ? dropsOf(error.trouble, error.errno) : "nothing";

export const isLostConnection = (error: unknown): boolean => droppedBy(error) !== "nothing";

/** When the same may be asked again. */
export const againAfter = (error: unknown): Again =>
  error instanceof DatabaseError ? MEANINGS[error.trouble].again : "never";
