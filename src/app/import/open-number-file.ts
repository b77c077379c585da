/** One file of numbers being imported: opened, understood, read with a bar, its refused rows put beside it; then let go. */
import { CliError } from "../cli-error.ts";
import { plural } from "../print.ts";
import type { Session } from "../session.ts";
import { loadNumbers, type NumbersRead } from "./load-numbers.ts";
import { readNumberFile, type NumberFileOptions, type NumberLayout } from "./number-file.ts";
import { progressBar } from "./progress-bar.ts";
import { RejectFile } from "./reject-file.ts";
import { rejectsPathFor } from "./rejects-path.ts";
import { openListSource } from "./source.ts";

export interface NumberFileOrder {
  readonly file: string;
  /** Undefined to put refused rows beside the file. */
  readonly rejects: string | undefined;
  /** How the file of refused rows begins when the numbers come through a pipe. */
  readonly nameForPipe: string;
  readonly reading: NumberFileOptions;
}

export interface OpenNumberFile {
  /** As the person called it; `-` is standard input. */
  readonly name: string;
  /** SHA-256 of all bytes, in hexadecimal. */
  readonly sha256: string;
  readonly layout: NumberLayout;
  /** All rows, once. A failure on the way leaves no file of refused rows behind. */
  load(hashKey: string | null, add: (keys: readonly string[]) => Promise<void>): Promise<NumbersRead>;
  /** Where refused rows went; null when there are none. */
  rejectFile(): string | null;
}

export const withNumberFile = async <T>(
  session: Session,
  { file, rejects: wanted, nameForPipe, reading }: NumberFileOrder,
  work: (open: OpenNumberFile) => Promise<T>,
): Promise<T> => {
  const rejectsPath = rejectsPathFor({ file, nameForPipe, rejects: wanted });
  const source = await openListSource(file, session.world.stdin);
  const bar = progressBar(session.world, session.options.json, source.sizeBytes);
  try {
    const { layout, rows } = await readNumberFile(source, reading, (bytes) => bar.advance(bytes));
    session.remark(describe(layout));
    const rejects = new RejectFile(rejectsPath, layout.names);
    return await work({
      name: source.name,
      sha256: source.hash,
      layout,
      rejectFile: () => (rejects.isUsed ? rejects.path : null),
      load: async (hashKey, add) => {
        bar.begin();
        try {
          const read = await loadNumbers(rows, hashKey, rejects, add);
          await rejects.close();
          return read;
        } catch (error) {
          await rejects.discard().catch(() => undefined);
          throw error;
        } finally {
          bar.end();
        }
      },
    });
  } finally {
    bar.end();
    source.release();
  }
};

/** What was made of the file, so that a number column taken for a reference is seen at once. */
const describe = ({ encoding, header, places, names }: NumberLayout): string => {
  const columns = places.map((place) =>
    header === null ? `column ${place}` : (names[place - 1] ?? `column ${place}`),
  );
  const heading = header === null ? "no heading" : `the first row is the heading`;
  return `Reading ${encoding}: number from ${columns.join(" and ")}; ${heading}.`;
};

/** The lines that every such import says. */
export const readFacts = (read: NumbersRead): (readonly [string, number])[] => [
  ["rows read", read.rowsRead],
  ...(read.rowsIgnored > 0 ? [["nobody could dial", read.rowsIgnored] as const] : []),
  ["rows rejected", read.rowsRejected],
  ...Object.entries(read.rejectedByCode).map(([code, rows]) => [`  ${code}`, rows] as const),
];

/** Refuses a file that cannot be what it was taken for. */
export const requireNumbers = ({ name }: OpenNumberFile, { numbersRead, rowsRead }: NumbersRead): void => {
  if (numbersRead > 0) return;
  throw new CliError(
    "file-refused",
    `None of the ${plural(rowsRead, "row")} of ${name} holds a number: nothing was changed.`,
  );
};
