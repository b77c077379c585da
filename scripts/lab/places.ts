// Where things are: the repository's own files, the user's cache, and the Asterisk to run.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryDir = fileURLToPath(new URL("../../", import.meta.url));
export const configDir = join(repositoryDir, "asterisk-config");
export const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "fairdial");

/** Run folders of servers that are not Asterisk. */
export const tmpLabDir = join(tmpdir(), "fairdial-lab");

/** scripts/setup builds this one; the number there and here must agree. */
const asteriskFolder = join(cacheDir, "asterisk-1");

export type AsteriskPlace = {
  /** The folder that the binary takes for "/"; empty when it is the machine's own. */
  readonly root: string;
  /** Where run folders go, as we see it. */
  readonly labDir: string;
  /** A path of ours as that Asterisk sees it. */
  inside(path: string): string;
  /** The command line that runs that Asterisk with these arguments. */
  command(args: readonly string[]): { readonly command: string; readonly args: readonly string[] };
};

/** The machine's own Asterisk where it is 20 or newer, else the folder that scripts/setup made. */
export function findAsterisk(): AsteriskPlace {
  if (ownAsteriskMajor() >= 20) {
    return {
      root: "",
      labDir: tmpLabDir,
      inside: (path) => path,
      command: (args) => ({ command: "asterisk", args }),
    };
  }
  if (!existsSync(join(asteriskFolder, "usr/sbin/asterisk"))) {
    throw new Error("there is no Asterisk 20 or newer here: run scripts/setup first");
  }
  return {
    root: asteriskFolder,
    labDir: join(asteriskFolder, "var/lib/fairdial-lab"),
    inside: (path) => {
      if (!path.startsWith(`${asteriskFolder}/`)) throw new Error(`${path} is outside the Asterisk folder`);
      return path.slice(asteriskFolder.length);
    },
    command: (args) => ({ command: "chroot", args: [asteriskFolder, "asterisk", ...args] }),
  };
}

function ownAsteriskMajor(): number {
  try {
    const banner = execFileSync("asterisk", ["-V"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number(/^Asterisk\D*(\d+)/.exec(banner)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
