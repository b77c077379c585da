// Who may import whom. One table: a room, and what it may reach. The six core rooms are strangers to each other; the
// engine introduces them, as values. A line missing here is an edge forbidden.

/** @typedef {{ rooms?: string[], types?: string[], files?: string[], npm?: string[], builtins?: boolean }} Reach */

const CORE = ["call", "agent", "lead", "compliance", "pacing", "amd", "flow"];
const PORTS = "src/engine/ports.ts";
/** Pure libraries that know facts about the world: zones, number plans. */
const WORLD_FACTS = ["luxon", "libphonenumber-js", "countries-and-timezones"];
/** Confined to one adapter, so that nobody else learns those words. */
const ADAPTER_ONLY = ["ari-client", "undici", "ws", "mysql2"];

/** @type {Record<string, Reach>} */
const TABLE = {
  domain: {},
  call: { rooms: ["domain"] },
  agent: { rooms: ["domain"] },
  lead: { rooms: ["domain"], npm: WORLD_FACTS },
  compliance: { rooms: ["domain"], npm: WORLD_FACTS },
  pacing: { rooms: ["domain"] },
  amd: { rooms: ["domain"] },
  flow: { rooms: ["domain"] },
  engine: { rooms: ["domain", ...CORE] },
  judge: { rooms: ["domain"], types: CORE },
  asterisk: { rooms: ["domain"], types: CORE, files: [PORTS], npm: ["ari-client", "undici", "ws"], builtins: true },
  store: {
    rooms: ["domain"],
    types: CORE,
    files: [PORTS, "src/engine/rows/carried-out.ts"],
    npm: ["mysql2"],
    builtins: true,
  },
  simulation: { rooms: ["domain", ...CORE, "engine", "judge"] },
};

const roomPath = (room) => `^src/${room}/`;
const escaped = (path) => path.replaceAll(".", "\\.");
// `@types/x` is how tsc finds the types of x.
const npmPath = (name) => `(^|/)node_modules/(@types/)?${name}/`;

const NPM = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

/** Three rules a room: files of other rooms, their values where only types may pass, and packages. */
const rulesOf = ([room, { rooms = [], types = [], files = [], npm = [], builtins = false }]) => {
  const open = [...[room, ...rooms].map(roomPath), ...files.map((file) => `^${escaped(file)}$`)];
  const rules = [
    {
      name: `${room}-reaches-too-far`,
      severity: "error",
      comment: `${room} may import: ${[room, ...rooms, ...files].join(", ")}${types.length > 0 ? `; types of ${types.join(", ")}` : ""}.`,
      from: { path: roomPath(room) },
      to: { path: "^(src|test|scripts)/", pathNot: [...open, ...types.map(roomPath)] },
    },
    {
      name: `${room}-uses-a-package-of-another-room`,
      severity: "error",
      comment: npm.length > 0 ? `${room} may use ${npm.join(", ")}.` : `${room} uses no package.`,
      from: { path: roomPath(room) },
      // An empty list of exceptions would read as "anything".
      to: { dependencyTypes: NPM, ...(npm.length > 0 ? { pathNot: npm.map(npmPath) } : {}) },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${room}-takes-more-than-types`,
      severity: "error",
      comment: `${room} may name the types of a core room and never run its code: deciding is the engine's.`,
      from: { path: roomPath(room) },
      to: { path: types.map(roomPath), dependencyTypesNot: ["type-only"] },
    });
  }
  if (!builtins) {
    rules.push({
      name: `${room}-touches-the-machine`,
      severity: "error",
      comment: `${room} uses nothing of Node: take it through a port, or as an argument.`,
      from: { path: roomPath(room) },
      to: { dependencyTypes: ["core"] },
    });
  }
  return rules;
};

module.exports = {
  forbidden: [
    ...Object.entries(TABLE).flatMap(rulesOf),
    {
      name: "app-uses-an-adapter-s-package",
      severity: "error",
      comment: "app knows every room, and reaches Asterisk and the database only through them.",
      from: { path: "^src/(app/|main\\.ts$)" },
      to: { dependencyTypes: NPM, path: ADAPTER_ONLY.map(npmPath) },
    },
    {
      name: "main-does-more-than-hand-over",
      severity: "error",
      comment: "main hands argv to app/cli and nothing else.",
      from: { path: "^src/main\\.ts$" },
      to: { path: "^src/", pathNot: "^src/app/" },
    },
    {
      name: "nobody-knows-main",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "a-file-outside-the-rooms",
      severity: "error",
      comment: "Every file under src has a room in the table.",
      from: { path: "^src/", pathNot: [...Object.keys(TABLE).map(roomPath), "^src/app/", "^src/main\\.ts$"] },
      to: {},
    },
    {
      name: "circular",
      severity: "error",
      comment: "Two files that need each other are one file, or miss a third.",
      from: {},
      to: { circular: true },
    },
    {
      name: "orphan",
      severity: "error",
      comment: "Nobody imports it and it imports nobody: dead, or not yet wired.",
      from: { orphan: true, path: "^src/", pathNot: "^src/main\\.ts$" },
      to: {},
    },
    {
      name: "unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "only-for-development",
      severity: "error",
      comment: "The daemon must run from its dependencies alone.",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // Type imports are edges too.
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      // As Node resolves for an ES module; without, packages that only export `import` or `node` are not found.
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".d.ts", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
