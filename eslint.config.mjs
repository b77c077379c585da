// The house style that a machine can check. One rule to remember: a core room gets its time, its dice and its news as
// arguments, so nothing in it may reach for a clock, randomness, a promise or the process.
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// The judge is no core room, and as pure as one.
const CORE_ROOMS = ["domain", "call", "agent", "lead", "compliance", "pacing", "amd", "flow", "judge"].map(
  (room) => `src/${room}/**/*.ts`,
);

const TAKE_TIME = "Take the time as an argument (an Instant); the engine stamps it once where an event enters.";
const TAKE_DICE = "Take the number as an argument; the engine asks its Random port.";
const RETURN_EFFECT = "Return an effect or a value; the engine waits, the core decides.";
const RETURN_DEADLINE = "Return a deadline (an Instant); the engine arms the one timer.";
const RETURN_FACTS = "Return a value with a reason; the engine logs and journals it.";
const TAKE_SETTINGS = "Take the setting as an argument; app/config reads it once.";
const ASK_CLOCK_PORT = "Ask the Clock port: now() and wakeAt(), so that simulations run in virtual time.";
const ASK_RANDOM_PORT = "Ask the Random port, so that a seed replays the run.";
const USE_LOG_PORT = "Use the Log port, with a constant sentence and its facts.";

const TIMERS = ["setTimeout", "setInterval", "setImmediate"];

/** Reading the time in any of the ways that JavaScript and luxon offer; `new Date(at)` merely converts. */
const clockSyntax = (message) => [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message },
  { selector: "CallExpression[callee.name='Date']", message },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message },
  { selector: "MemberExpression[object.name='DateTime'][property.name='now']", message },
  {
    selector: "CallExpression[callee.object.name='DateTime'][callee.property.name='local'][arguments.length=0]",
    message,
  },
  {
    selector: "CallExpression[callee.object.name='DateTime'][callee.property.name='utc'][arguments.length=0]",
    message,
  },
  { selector: "MemberExpression[property.name=/^(fromNow|diffNow|toRelative|hasNow)$/]", message },
];

const diceSyntax = (message) => [{ selector: "MemberExpression[object.name='Math'][property.name='random']", message }];

const restrictedGlobals = (...groups) => [
  "error",
  ...groups.flatMap(([names, message]) => names.map((name) => ({ name, message }))),
];

export default defineConfig(
  { ignores: ["dist/**", "coverage/**", "node_modules/**"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts", "scripts/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // Numbers and booleans read well in a sentence; objects and nullables do not.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // An adapter may be async because its port is, without having anything to await today.
      "@typescript-eslint/require-await": "off",
      // `while (true)` with a way out inside is clearer than a flag.
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      // A leading underscore says that a signature wants the argument and the body does not.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "prefer-const": "error",
      "no-console": "error",
      // A bound on size, not a target: a file that needs more has two subjects.
      "max-lines": ["error", { max: 400 }],
    },
  },
  {
    // The state machine is the place where the truth lives; splitting it would hide a transition.
    files: ["src/call/transition.ts"],
    rules: { "max-lines": "off" },
  },
  {
    files: CORE_ROOMS,
    rules: {
      "no-restricted-globals": restrictedGlobals(
        [["performance"], TAKE_TIME],
        [[...TIMERS, "clearTimeout", "clearInterval", "clearImmediate"], RETURN_DEADLINE],
        [["queueMicrotask", "Promise", "AbortController", "AbortSignal", "fetch", "WebSocket"], RETURN_EFFECT],
        [["crypto"], TAKE_DICE],
        [["process", "globalThis", "global"], TAKE_SETTINGS],
        [["console"], RETURN_FACTS],
      ),
      "no-restricted-syntax": [
        "error",
        ...clockSyntax(TAKE_TIME),
        ...diceSyntax(TAKE_DICE),
        { selector: ":function[async=true]", message: RETURN_EFFECT },
        { selector: "AwaitExpression", message: RETURN_EFFECT },
        { selector: "ForOfStatement[await=true]", message: RETURN_EFFECT },
        {
          selector: "ImportExpression",
          message: "Import at the top of the file; a core room loads nothing on demand.",
        },
        { selector: "TSTypeReference[typeName.name='Promise']", message: RETURN_EFFECT },
      ],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex:
                "^node:|^(fs|os|path|net|http|https|crypto|child_process|timers|events|stream|worker_threads)(/|$)",
              message: "A core room knows no machine: take the value as an argument, or return an effect.",
            },
          ],
        },
      ],
      "no-console": "off", // The restricted global says it better.
    },
  },
  {
    files: ["src/engine/**/*.ts", "src/simulation/**/*.ts"],
    rules: {
      "no-restricted-globals": restrictedGlobals(
        [[...TIMERS, "performance"], ASK_CLOCK_PORT],
        [["crypto"], ASK_RANDOM_PORT],
        [["process", "globalThis", "global"], TAKE_SETTINGS],
        [["console"], USE_LOG_PORT],
      ),
      "no-restricted-syntax": ["error", ...clockSyntax(ASK_CLOCK_PORT), ...diceSyntax(ASK_RANDOM_PORT)],
      "no-console": "off", // The restricted global says it better.
    },
  },
  {
    // These talk to a person at a terminal.
    files: ["src/main.ts", "src/app/commands/**/*.ts", "src/app/cli.ts", "scripts/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    // A table of cases may be long. Tests look at answers of any shape, and `!` in a test is an assertion like the others.
    files: ["test/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 500 }],
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);
