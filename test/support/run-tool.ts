/** Runs one of the project's own tools as a child process, the way a person would, and says what it said. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

export interface ToolResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** `bin` is a path inside node_modules, run with this very Node: no shell, no npx, no network. */
export const runTool = async (
  bin: string,
  args: readonly string[],
  { cwd = projectRoot, stdin = "", timeoutMs = 120_000 }: ToolOptions = {},
): Promise<ToolResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${projectRoot}/${bin}`, ...args], {
      cwd,
      timeout: timeoutMs,
      // The runner's own flags (vm modules) are no business of the tool.
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
    child.stdin.end(stdin);
  });
