/** From the rows of a file to the store, some thousand numbers at a time, with an account of what was not taken. */
import type { RejectionCode } from "../../lead/import/rejection.ts";
import { numberKeyOf } from "../../store/index.ts";
import { CliError } from "../cli-error.ts";
import type { NumberRow } from "./number-file.ts";
import type { RejectFile } from "./reject-file.ts";

export interface NumbersRead {
  readonly rowsRead: number;
  /** Different or not. */
  readonly numbersRead: number;
  /** Premium rate and the like: nobody could dial them, so nothing is lost. */
  readonly rowsIgnored: number;
  readonly rowsRejected: number;
  readonly rejectedByCode: Readonly<Partial<Record<RejectionCode, number>>>;
}

/** One statement's share: some hundred kilobytes. */
const BATCH_KEYS = 5_000;
/** After so many rows, of which more than half could not be read, nobody wants to see the rest of them. */
const HOPELESS_ROWS = 10_000;

/** The next rows are read while the last ones are written; never more than two batches are in memory. */
export const loadNumbers = async (
  rows: AsyncIterable<readonly NumberRow[]>,
  hashKey: string | null,
  rejects: RejectFile,
  add: (keys: readonly string[]) => Promise<void>,
): Promise<NumbersRead> => {
  const rejectedByCode: Partial<Record<RejectionCode, number>> = {};
  let rowsRead = 0;
  let numbersRead = 0;
  let rowsIgnored = 0;
  let rowsRejected = 0;
  let keys: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    await writing;
    const batch = keys;
    keys = [];
    numbersRead += batch.length;
    writing = add(batch);
    // Heard of when it is waited for; until then it must not end the process.
    writing.catch(() => undefined);
  };

  for await (const some of rows) {
    for (const row of some) {
      rowsRead += 1;
      if (row.kind === "number") keys.push(numberKeyOf(row.number, hashKey));
      else if (row.kind === "hashed") keys.push(ours(row.numberKey, hashKey));
      else if (row.kind === "ignored") rowsIgnored += 1;
      else {
        rowsRejected += 1;
        rejectedByCode[row.rejection.code] = (rejectedByCode[row.rejection.code] ?? 0) + 1;
        await rejects.add(row.line, row.fields, row.rejection);
      }
      if (keys.length === BATCH_KEYS) await write();
    }
    if (rowsRead >= HOPELESS_ROWS && rowsRejected > rowsRead / 2) throw tooManyUnreadable(rowsRejected, rowsRead);
  }
  if (keys.length > 0) await write();
  await writing;
  return { rowsRead, numbersRead, rowsIgnored, rowsRejected, rejectedByCode };
};

/** Of no use without the key that it was made with. */
const ours = (numberKey: string, hashKey: string | null): string => {
  if (hashKey !== null) return numberKey;
  throw new CliError(
    "file-refused",
    "The file holds hashed numbers, and the configuration has no numberHashKey: nobody would ever find them.",
  );
};

export const tooManyUnreadable = (rowsRejected: number, rowsRead: number): CliError =>
  new CliError(
    "file-refused",
    `${rowsRejected.toLocaleString("en-GB")} of ${rowsRead.toLocaleString("en-GB")} rows cannot be read: is it the right file, and the right --column?`,
  );
