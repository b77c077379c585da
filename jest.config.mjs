// Two projects: everything that needs no server is fast; everything that needs a real Asterisk or MariaDB is lab.
const common = {
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" } },
    ],
  },
  testEnvironment: "node",
};

export default {
  projects: [
    {
      ...common,
      displayName: "fast",
      testMatch: ["<rootDir>/test/{unit,scenarios,property,simulation,contract,house}/**/*.test.ts"],
    },
    { ...common, displayName: "lab", testMatch: ["<rootDir>/test/lab/**/*.test.ts"] },
  ],
};
