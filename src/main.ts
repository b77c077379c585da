#!/usr/bin/env node
/** Hands the command line to app/cli and nothing else. */
import { runCli } from "./app/cli.ts";
import { systemWorld } from "./app/world.ts";

// A reader that has seen enough (`| head`) is no failure of ours; a full disk is, and there the answer is lost.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`fairdial: The answer cannot be written (${error.code ?? error.message}). [output-refused]\n`);
  process.exit(1);
});

process.exitCode = await runCli(process.argv.slice(2), systemWorld());

// What is printed goes out by itself when nothing else holds the process; a library's forgotten timer must not.
setTimeout(() => process.exit(), 2_000).unref();
