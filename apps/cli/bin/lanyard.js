#!/usr/bin/env node
// The pages' renderer is three times slower unless it is told that nobody develops it here.
process.env.NODE_ENV ??= "production";

const { main } = await import("../dist/main.js");

process.exitCode = await main(process.argv.slice(2));
