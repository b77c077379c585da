/** The database's complaints, told apart by what can be done about them. */
import { StoreError, type StoreErrorKind } from "../engine/ports.ts";

export type DatabaseTrouble =
  /** Nobody answers at the address, or the connection broke. */
  | "unreachable"
  | "timedOut"
  /** Deadlock or lock wait, still there after several tries. */
  | "locked"
  /** User, password or address refused: waiting will not help, so the daemon says so and exits. */
  | "accessDenied"
  | "unknownDatabase"
  /** A table or column is missing: `fairdial migrate` has not been run, or another program's database is meant. */
  | "wrongSchema"
  | "readOnly"
  | "full"
  | "duplicate"
  | "missingParent"
  | "other";

/** A StoreError that came from the database. The message names no values: they may be telephone numbers. */
export class DatabaseError extends StoreError {
  readonly trouble: DatabaseTrouble;
  /** The driver's or server's name for it, e.g. `ER_LOCK_DEADLOCK`. */
  readonly code: string;
  constructor(kind: StoreErrorKind, trouble: DatabaseTrouble, code: string, message: string) {
    super(kind, message);
    this.name = "DatabaseError";
    this.trouble = trouble;
    this.code = code;
  }
}
