/** One file of leads being imported: opened, understood, read with a bar, its refused rows put beside it; then let go. */
import { createHash } from "node:crypto";
import { basename, extname, resolve } from "node:path";
import type { Campaign } from "../../domain/campaign.ts";
import { StoreError } from "../../engine/ports.ts";
import { findListByHash, type Authority, type Database, type DuplicatePolicy } from "../../store/index.ts";
import { newName } from "../arguments/options.ts";
import { asSentence, CliError, usageError } from "../cli-error.ts";
import { localTime, plural } from "../print.ts";
import { STDIN, type World } from "../world.ts";
import { importList, type ImportAccount } from "./import-list.ts";
import { describeLayout } from "./layout-words.ts";
import { progressBar } from "./progress-bar.ts";
import { RejectFile } from "./reject-file.ts";
import { readListFile, type Layout, type ReadingOptions } from "./rows.ts";
import { rejectsPathFor } from "./rejects-path.ts";
import { openListSource, type ListSource } from "./source.ts";

type CampaignFound = Pick<Campaign, "campaignId" | "name">;

export interface FileOrder {
  readonly file: string;
  readonly list: string;
  readonly campaign: CampaignFound;
  readonly reading: ReadingOptions;
  readonly policy: DuplicatePolicy;
  /** 0 to 99; higher is dialled first. */
  readonly priority: number;
  readonly partial: boolean;
  /** Also a file that was loaded before. */
  readonly again: boolean;
  /** Undefined to put refused rows beside the file. */
  readonly rejects: string | undefined;
}

export interface FileImported {
  readonly account: ImportAccount;
  readonly layout: Layout;
  readonly sourceName: string;
  /** Null when no row was refused. */
  readonly rejectFile: string | null;
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

/** Where it is run: on a terminal, or beside it. */
export interface FileSetting {
  readonly world: World;
  readonly silent: boolean;
  readonly database: Database;
  readonly who: Authority;
  remark(text: string): void;
}

/** Two imports that differ in nothing that matters have the same; another version of this program may read otherwise. */
const HASH_VERSION = 1;

/** Rejects with {@link CliError}; then nothing was loaded, unless `partial` was asked for. */
export const importFile = async (setting: FileSetting, order: FileOrder): Promise<FileImported> => {
  const { world, database, who } = setting;
  const { file, list, campaign, reading, policy, priority, partial } = order;
  const rejectsPath = rejectsPathFor({ file, nameForPipe: list, rejects: order.rejects });
  const source = await openListSource(file, world.stdin);
  const bar = progressBar(world, setting.silent, source.sizeBytes);
  try {
    const open = await readListFile(source, reading, (bytes) => bar.advance(bytes));
    const { layout } = open;
    setting.remark(describeLayout(layout));
    if (!order.again) await requireNew(database, campaign, source);
    const draft = {
      ...{ campaignId: campaign.campaignId, name: list, fileName: source.name, fileHash: source.hash },
      ...{ importedBy: who.by, importedAt: who.at, defaultTimeZone: reading.rules.timeZone },
    };
    const rejectOptions = { format: layout.format, stays: source.isFile };
    let rejects: RejectFile | null = null;
    const begun = performance.now();
    bar.begin();
    const account = await importList(
      database,
      {
        ...{ campaignId: campaign.campaignId, draft, priority, policy, partial },
        optionsHash: source.isFile ? optionsHash(order, { source, layout, rejectsPath }) : null,
      },
      open,
      {
        openRejects: (mark) => (rejects = RejectFile.resume(rejectsPath, layout.columns.names, rejectOptions, mark)),
        begun: ({ resumedAt, removed }) => {
          for (const name of removed) setting.remark(`The unfinished import of ${name} was removed.`);
          if (resumedAt > 0) setting.remark(`Goes on after ${plural(resumedAt, "row")} that were settled before.`);
          else if (!source.isFile) setting.remark("What comes through a pipe cannot be gone on with when interrupted.");
        },
        advanced: (rows) => bar.counted(rows),
      },
    ).catch(inWords);
    bar.end();
    const seconds = (performance.now() - begun) / 1_000;
    const rowsNow = account.rowsRead;
    return {
      ...{ account, layout, sourceName: source.name },
      rejectFile: (rejects as RejectFile | null)?.isUsed === true ? rejectsPath : null,
      seconds: Number(seconds.toFixed(1)),
      rowsPerSecond: Math.round(rowsNow / Math.max(seconds, 0.001)),
    };
  } finally {
    bar.end();
    source.release();
  }
};

const inWords = (error: unknown): never => {
  if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
  throw new CliError("list-refused", `${asSentence(error.message)} Name another with --list, or try again.`, {
    cause: error,
  });
};

const requireNew = async (database: Database, campaign: CampaignFound, { hash }: ListSource): Promise<void> => {
  const before = await findListByHash(database, campaign.campaignId, hash);
  if (before === null) return;
  throw new CliError(
    "file-imported-before",
    `This very file was loaded as "${before.name}" on ${localTime(before.importedAt)}; --again loads it once more.`,
  );
};

interface Opened {
  readonly source: ListSource;
  readonly layout: Layout;
  readonly rejectsPath: string;
}

const optionsHash = (
  { list, campaign, reading, policy, priority, partial }: FileOrder,
  { source, layout, rejectsPath }: Opened,
): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        ...[HASH_VERSION, source.hash, campaign.campaignId, list, policy, priority, partial, resolve(rejectsPath)],
        ...[layout.format, layout.encoding, layout.delimiter, reading.hasHeader, reading.mapping, reading.rules],
      ]),
    )
    .digest("hex");

/** The name that was given, else one made of the file's. */
export const listName = (given: string | undefined, file: string): string => {
  if (given !== undefined) return newName("a list", given);
  if (file === STDIN) throw usageError("--list is needed when the rows come from standard input.");
  const stem = basename(file, extname(file))
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  if (stem === "") throw usageError("--list is needed: no name can be made of the file's.");
  return stem.slice(0, 64);
};
