/** The spool as the configuration describes it, for the daemon: a folder of this node's own, locked while it lives. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../engine/ports.ts";
import { SpoolFolder, SpoolFolderError } from "./spool-folder.ts";
import { lockFolder } from "./spool-lock.ts";

export interface SpoolSettings {
  readonly folder: string;
  readonly rowsMax: number;
  readonly megabytesMax: number;
}

const MIB = 1_048_576;
/** Small enough to be read whole; each costs two flushes more than its rows. */
const SEGMENT_BYTES = MIB;
/** As long as a process may take to die that was told to. */
const PATIENCE_MS = 12_000;

/** A node's own, because a machine may run several. */
export const spoolFolderOf = ({ folder }: SpoolSettings, node: string): string => join(folder, node);

export interface OpenSpool {
  readonly spool: SpoolFolder;
  close(): Promise<void>;
}

/** Rejects with a {@link SpoolFolderError} that says what to do. */
export async function openSpool(settings: SpoolSettings, node: string, log: Log): Promise<OpenSpool> {
  const folder = spoolFolderOf(settings, node);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new SpoolFolderError(`The spool folder ${folder} cannot be made: ${because}.`, { cause: error });
  }
  const release = await lockFolder(folder, PATIENCE_MS);
  if (release === null) {
    throw new SpoolFolderError(
      `The spool folder ${folder} is in use: another daemon of this machine has this node's name.`,
    );
  }
  try {
    const { rowsMax, megabytesMax } = settings;
    const bounds = { rowsMax, bytesMax: megabytesMax * MIB, segmentBytes: SEGMENT_BYTES };
    const spool = await SpoolFolder.open(folder, bounds, log);
    return {
      spool,
      close: async () => {
        await spool.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
