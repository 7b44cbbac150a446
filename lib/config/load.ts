/** lifeboat.yaml in, core/config.ts's Config out; or every problem at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../core/config';
import { type ParsedText, parseText } from './document';
import { draftOf, type Finding } from './draft';
import { explain } from './explain';
import { ConfigInvalid, ConfigMissing, type Path, type Problem, pathText } from './problem';
import { resolve } from './resolve';
import { checkRules } from './rules';
import { schema } from './schema';

/**
 * @param file as the user named it; messages use the same words
 * @throws ConfigMissing when it cannot be read, ConfigInvalid when it holds mistakes
 */
export function loadConfig(file: string): Config {
  return parseConfig(read(file), file);
}

/**
 * @param text the YAML
 * @param fileName for messages
 * @throws ConfigInvalid with all problems, in the order of the file
 */
export function parseConfig(text: string, fileName: string): Config {
  const parsed = parseText(text);
  const problems: Problem[] = parsed.problems.map(({ at, path: where, message }) => ({
    file: fileName,
    ...at,
    path: pathText(where),
    value: valueAt(parsed.value, where),
    message,
  }));
  if (parsed.value === undefined) throw new ConfigInvalid(sorted(problems));

  const result = schema.safeParse(parsed.value);
  const findings = result.success ? [] : result.error.issues.flatMap(explain);
  findings.push(...checkRules(draftOf(parsed.value, findings)));
  problems.push(
    ...withoutEchoes(findings, parsed.value).map(finding => problemOf(finding, parsed, fileName)),
  );
  if (!result.success || problems.length > 0) throw new ConfigInvalid(sorted(problems));
  return resolve(result.data);
}

/** A misspelt key is one mistake: that the key which it should have been is missing is not a second one. */
function withoutEchoes(findings: readonly Finding[], root: unknown): Finding[] {
  const meant = new Set(
    findings.flatMap(({ path: at, meant: key }) =>
      key === undefined ? [] : [pathText([...at.slice(0, -1), key])],
    ),
  );
  return findings.filter(({ path: at }) => valueAt(root, at) !== undefined || !meant.has(pathText(at)));
}

function problemOf({ path: where, part, message }: Finding, parsed: ParsedText, file: string): Problem {
  const { line, column } = parsed.locate(where, part);
  return { file, line, column, path: pathText(where), value: valueAt(parsed.value, where), message };
}

function valueAt(root: unknown, where: Path): unknown {
  return where.reduce<unknown>((at, step) => {
    const inside = typeof at === 'object' && at !== null && Object.hasOwn(at, step);
    return inside ? (at as Record<string | number, unknown>)[step] : undefined;
  }, root);
}

function sorted(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigMissing(unreadable(path.resolve(file), (error as NodeJS.ErrnoException).code), {
      cause: error,
    });
  }
}

function unreadable(file: string, code: string | undefined): string {
  if (code === 'ENOENT') {
    return `There is no configuration at ${file}. Go to the folder that holds lifeboat.yaml, or name the file with --config FILE, or start from a copy of examples/levlabs/lifeboat.yaml.`;
  }
  if (code === 'EISDIR')
    return `${file} is a folder. Name the file in it: --config ${path.join(file, 'lifeboat.yaml')}`;
  return `The configuration ${file} cannot be read (${code ?? 'unknown reason'}). Check its permissions, or name another file with --config FILE.`;
}
