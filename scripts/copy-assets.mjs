// The compiler moves only code: the migrations go beside it, where the built program looks for them.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const from = join(import.meta.dirname, "../src/store/migrations");
const to = join(import.meta.dirname, "../dist/src/store/migrations");

// A file that was renamed must not stay behind as a second migration.
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).filter((file) => file.endsWith(".sql"))) cpSync(join(from, name), join(to, name));
