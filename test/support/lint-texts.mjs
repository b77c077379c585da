// Lints texts as if they stood at given paths, with the project's own configuration. Reads
// [{ path, text }] from standard input, writes [[{ ruleId, message, line }]] to standard output.
import { text } from "node:stream/consumers";
import { ESLint } from "eslint";

const eslint = new ESLint();
const answers = [];
for (const { path, text: source } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(source, { filePath: path });
  answers.push((result?.messages ?? []).map(({ ruleId, message, line }) => ({ ruleId, message, line })));
}
process.stdout.write(JSON.stringify(answers));
