/**
 * The numbered SQL files beside the program, and the statements in each.
 *
 * One rule to remember: a file that was run anywhere is never edited; what is wrong with it, the next file mends.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

export interface Migration {
  readonly number: number;
  readonly fileName: string;
  /** SHA-256 of the text with LF line ends, in hexadecimal. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** Where the compiled program has them too; see scripts/copy-assets.mjs. */
export const MIGRATIONS_FOLDER = new URL("./migrations/", import.meta.url);

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

/**
 * Statements as we write them: each ends with a semicolon at the end of a line, and no text in quotation marks ends a
 * line so. Comments stay in, for whoever looks at the statement in the server.
 */
export const statementsOf = (text: string): string[] =>
  text
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^\s*--.*$/gm, "").trim() !== "");

export const readMigration = (fileName: string, text: string): Migration => {
  const digits = FILE_NAME.exec(fileName)?.[1];
  if (digits === undefined) throw new Error(`not the name of a migration: ${fileName}`);
  // A checkout with other line ends is the same migration.
  const plain = text.replaceAll("\r\n", "\n");
  const checksum = createHash("sha256").update(plain).digest("hex");
  return { number: Number(digits), fileName, checksum, statements: statementsOf(plain) };
};

/** In order, counted from 1 without a gap. */
export const readMigrations = async (folder: URL = MIGRATIONS_FOLDER): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const migrations = await Promise.all(
    names.map(async (name) => readMigration(name, await readFile(new URL(name, folder), "utf8"))),
  );
  for (const [index, { number, fileName }] of migrations.entries()) {
    if (number !== index + 1) throw new Error(`migrations must be numbered without a gap: ${fileName}`);
  }
  return migrations;
};
