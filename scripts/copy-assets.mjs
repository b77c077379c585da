// The compiler moves only code: migrations and compliance profiles go beside it, where the built program looks for them.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

for (const [folder, ending] of [
  ["src/store/migrations", ".sql"],
  ["src/compliance/profiles", ".yaml"],
]) {
  const from = join(root, folder);
  const to = join(root, "dist", folder);
  mkdirSync(to, { recursive: true });
  // A file that was renamed must not stay behind as a second migration, or a second profile.
  for (const name of readdirSync(to).filter((file) => file.endsWith(ending))) rmSync(join(to, name));
  for (const name of readdirSync(from).filter((file) => file.endsWith(ending)))
    cpSync(join(from, name), join(to, name));
}
