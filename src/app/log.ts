/**
 * The log: one line an entry, on standard error and perhaps in a file. The message is a constant sentence that can be
 * searched for; what varies is in fields, and goes through the mask on its way out.
 */
import winston from "winston";
import type { Facts, Log } from "../engine/ports.ts";
import { factsMask, maskNumbers } from "./log-mask.ts";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "json" | "text";
  /** Besides standard error; undefined for none. */
  readonly file?: string | undefined;
  /** Values that must never be written. */
  readonly secrets: readonly string[];
  /** On every line, e.g. the node. */
  readonly facts?: Facts;
  /** For tests; standard error when left out. */
  readonly stream?: NodeJS.WritableStream;
}

export interface ClosableLog extends Log {
  /** Resolves when everything has been written out. */
  close(): Promise<void>;
}

/** Half a gigabyte at most: a log must not fill the disk that the journal needs. */
const FILE_BYTES_MAX = 50_000_000;
const FILES_MAX = 10;
/** Writing out what is left takes milliseconds. */
const CLOSE_WAIT_MS = 1_000;

type Entry = winston.Logform.TransformableInfo & { readonly at: string; readonly facts: Facts };

/** One value in a readable line: bare when it is one word, else as JSON, so that nothing can forge a line. */
const readable = (value: unknown): string => {
  if (typeof value === "string" && /^[\w.:/@+…-]+$/u.test(value)) return value;
  // JSON leaves the second set of control characters as it is, and terminals obey them.
  return JSON.stringify(value).replace(/[\u007F-\u009F\u2028\u2029]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
};

const asText = winston.format.printf((info) => {
  const { at, level, message, facts } = info as Entry;
  const fields = Object.entries(facts).map(([key, value]) => ` ${key}=${readable(value)}`);
  return `${at} ${level.padEnd(5)} ${String(message)}${fields.join("")}`;
});

const asJson = winston.format.printf((info) => {
  const { at, level, message, facts } = info as Entry;
  // Ours come last: a fact named `level` must not pose as the entry's own.
  return JSON.stringify({ ...facts, at, level, message });
});

/** Builds the log. Nothing that goes wrong with it may stop the daemon: a full disk costs lines, not calls. */
export const createLog = (options: LogOptions): ClosableLog => {
  const mask = factsMask(options.secrets);
  const always = options.facts ?? {};
  const format = options.format === "json" ? asJson : asText;
  const stream = options.stream ?? process.stderr;
  const fileOptions = {
    ...{ maxsize: FILE_BYTES_MAX, maxFiles: FILES_MAX, tailable: true, format },
    // Who works when and for which campaign is nobody else's business.
    options: { flags: "a", mode: 0o640 },
  };
  const logger = winston.createLogger({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    // Each way out has its own; without this, every line would be made into JSON first and thrown away.
    format: winston.format((info) => info)(),
    // winston's types call these instances interfaces, which the rule takes for another class.
    /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */
    transports: [
      new winston.transports.Stream({ stream, format }),
      ...(options.file === undefined ? [] : [new winston.transports.File({ filename: options.file, ...fileOptions })]),
    ],
    /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
    exitOnError: false,
  });
  // Without a listener an unwritable file would end the process. There is nowhere better to say so than the other way out.
  let complained = false;
  logger.on("error", (error: unknown) => {
    if (complained) return;
    complained = true;
    write("error", "log file cannot be written", { error });
  });

  const write = (level: string, message: string, facts: Facts = {}): void => {
    // Masking costs more than asking first.
    if (!logger.isLevelEnabled(level)) return;
    logger.log({
      level,
      message: maskNumbers(message),
      at: new Date().toISOString(),
      facts: mask({ ...always, ...facts }),
    });
  };

  return {
    debug: (message, facts) => write("debug", message, facts),
    info: (message, facts) => write("info", message, facts),
    warn: (message, facts) => write("warn", message, facts),
    error: (message, facts) => write("error", message, facts),
    close: () =>
      new Promise((resolve) => {
        logger.on("finish", () => resolve());
        // A transport that failed never finishes, and leaving must not wait for it.
        setTimeout(resolve, CLOSE_WAIT_MS).unref();
        logger.end();
      }),
  };
};
