// The list that the demo loads: a CSV file like one from a CRM, numbers as people write them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a list of these E.164 numbers into `folder`; the file's name. */
export function writeLeads(folder: string, numbers: readonly string[]): string {
  const rows = numbers.map((number, i) => `C${String(1000 + i)},Person ${String(i + 1)},${national(number)}`);
  const file = join(folder, "leads.csv");
  writeFileSync(file, `key,name,phone\n${rows.join("\n")}\n`);
  return file;
}

/** +447700900123 as 07700 900123. */
const national = (number: string): string => `0${number.slice(3, 7)} ${number.slice(7)}`;
