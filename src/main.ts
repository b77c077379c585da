#!/usr/bin/env node
/** Hands the command line to app/cli and nothing else. */
import { runCli } from "./app/cli.ts";
import { systemWorld } from "./app/world.ts";

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), systemWorld());

// What is printed goes out by itself when nothing else holds the process; a library's forgotten timer must not.
setTimeout(() => process.exit(), 2_000).unref();
