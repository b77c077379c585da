/**
 * The spool's files, byte by byte: a line that says which format it is, then one line a row: checksum, length, JSON. One
 * rule to remember: a row is believed when its checksum is right, and whatever is not believed is kept, never dropped.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Instant } from "../../domain/instant.ts";
import type { SpooledJob } from "../../engine/ports/spool.ts";
import { isStoreJob } from "../../engine/rows/store-jobs.ts";

export const FORMAT_VERSION = 1;
export const HEADER = Buffer.from(`fairdial-spool ${String(FORMAT_VERSION)}\n`);
/** They name people's numbers: for this user alone. */
export const FILE_MODE = 0o600;
const HEADER_PATTERN = /^fairdial-spool (\d+)$/;
/** Eight digits of checksum, a space, ten digits of length, a space. */
const PREFIX_BYTES = 20;
const LINE_END = 0x0a;

export const encoded = (job: SpooledJob): Buffer => {
  const json = JSON.stringify(job);
  const length = Buffer.byteLength(json);
  const row = Buffer.allocUnsafe(PREFIX_BYTES + length + 1);
  row.write(json, PREFIX_BYTES);
  const sum = crc32(row.subarray(PREFIX_BYTES, PREFIX_BYTES + length));
  row.write(`${sum.toString(16).padStart(8, "0")} ${String(length).padStart(10, "0")} `, "latin1");
  row[PREFIX_BYTES + length] = LINE_END;
  return row;
};

export interface DecodedFile {
  readonly jobs: readonly SpooledJob[];
  /** Bytes that are no row, as they stand. */
  readonly spoilt: readonly Buffer[];
  /** Null where there is no such line: the file was cut off at its beginning, or is none of ours. */
  readonly version: number | null;
}

/** A torn row spoils itself and nothing else: JSON has no line ends, so the next line is the next row. */
export const decoded = (file: Buffer): DecodedFile => {
  const headerEnd = file.indexOf(LINE_END);
  const version = headerEnd < 0 ? null : versionOf(file.subarray(0, headerEnd));
  const jobs: SpooledJob[] = [];
  const spoilt: Buffer[] = [];
  if (version !== FORMAT_VERSION) return { jobs, spoilt: file.length === 0 ? [] : [file], version };
  for (let from = headerEnd + 1; from < file.length;) {
    const end = file.indexOf(LINE_END, from);
    const line = file.subarray(from, end < 0 ? file.length : end + 1);
    const job = end < 0 ? null : jobIn(line);
    if (job === null) spoilt.push(line);
    else jobs.push(job);
    from += line.length;
  }
  return { jobs, spoilt, version };
};

const versionOf = (line: Buffer): number | null => {
  const version = HEADER_PATTERN.exec(line.toString("latin1"))?.[1];
  return version === undefined ? null : Number(version);
};

const jobIn = (line: Buffer): SpooledJob | null => {
  const prefix = /^([0-9a-f]{8}) (\d{10}) $/.exec(line.subarray(0, PREFIX_BYTES).toString("latin1"));
  const json = line.subarray(PREFIX_BYTES, -1);
  if (prefix === null || Number(prefix[2]) !== json.length) return null;
  if (crc32(json).toString(16).padStart(8, "0") !== prefix[1]) return null;
  const value: unknown = JSON.parse(json.toString("utf8"));
  return isSpooledJob(value) ? value : null;
};

/** Whole by its checksum; but of a kind that another version may have known. */
const isSpooledJob = (value: unknown): value is SpooledJob => {
  if (typeof value !== "object" || value === null) return false;
  const { holder, seq, at, job } = value as Partial<Record<keyof SpooledJob, unknown>>;
  return typeof holder === "string" && Number.isSafeInteger(seq) && isInstant(at) && isStoreJob(job);
};

const isInstant = (value: unknown): value is Instant => typeof value === "number" && Number.isFinite(value);
