import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Invalid } from './invalid';
import { isReserved } from './reserved-words';
import { checkValue } from './values';

/** `ConditionExpression`, `UpdateExpression`: as the messages of errors call the expression. */
export type ExpressionKind =
  | 'ConditionExpression'
  | 'UpdateExpression'
  | 'KeyConditionExpression'
  | 'FilterExpression';

/** What `#name` and `:value` stand for in the expressions of one request, and which of them were used. */
export class Placeholders {
  private readonly usedNames = new Set<string>();
  private readonly usedValues = new Set<string>();

  constructor(
    private readonly names: Record<string, string> = {},
    private readonly values: Record<string, AttributeValue> = {},
  ) {
    for (const value of Object.values(values)) checkValue(value);
  }

  name(placeholder: string, kind: ExpressionKind): string {
    this.usedNames.add(placeholder);
    const name = this.names[placeholder];
    if (name !== undefined) return name;
    throw new Invalid(
      `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
    );
  }

  value(placeholder: string, kind: ExpressionKind): AttributeValue {
    this.usedValues.add(placeholder);
    const value = this.values[placeholder];
    if (value !== undefined) return value;
    throw new Invalid(
      `Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
    );
  }

  /** To be called after all expressions of the request were parsed. */
  refuseUnused(): void {
    refuse('ExpressionAttributeNames', Object.keys(this.names), this.usedNames);
    refuse('ExpressionAttributeValues', Object.keys(this.values), this.usedValues);
  }
}

function refuse(field: string, given: string[], used: ReadonlySet<string>): void {
  const unused = given.filter(key => !used.has(key));
  if (unused.length === 0) return;
  throw new Invalid(`Value provided in ${field} unused in expressions: keys: {${unused.join(', ')}}`);
}

/** One step of a document path: a name, or an index into a list. */
export type PathStep = string | number;

/** Reads an expression token by token. */
export class Tokens {
  private readonly tokens: string[];
  private at = 0;

  constructor(
    readonly text: string,
    readonly kind: ExpressionKind,
    readonly placeholders: Placeholders,
  ) {
    if (text.trim() === '') throw new Invalid(`Invalid ${kind}: The expression can not be empty;`);
    this.tokens = text.match(/[#:]?\w+|<>|<=|>=|[=<>(),.[\]+-]|\S/g) ?? [];
  }

  peek(ahead = 0): string | undefined {
    return this.tokens[this.at + ahead];
  }

  /** Keywords are written in any case. */
  isKeyword(word: string): boolean {
    return this.peek()?.toUpperCase() === word;
  }

  take(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw this.syntaxError();
    this.at += 1;
    return token;
  }

  /** @returns whether the next token was `token`, which is then behind. */
  skip(token: string): boolean {
    if (this.peek()?.toUpperCase() !== token) return false;
    this.at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.skip(token)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.peek() !== undefined) throw this.syntaxError();
  }

  /** `#a.b[0].c` */
  path(): PathStep[] {
    const steps: PathStep[] = [this.nameStep()];
    for (;;) {
      if (this.skip('.')) steps.push(this.nameStep());
      else if (this.skip('[')) {
        const index = this.take();
        if (!/^\d+$/.test(index)) throw this.syntaxError();
        steps.push(Number(index));
        this.expect(']');
      } else return steps;
    }
  }

  syntaxError(): Invalid {
    const token = this.peek() ?? '<EOF>';
    const near = this.tokens.slice(Math.max(0, this.at - 1), this.at + 2).join(' ');
    return new Invalid(`Invalid ${this.kind}: Syntax error; token: "${token}", near: "${near}"`);
  }

  private nameStep(): string {
    const token = this.take();
    if (token.startsWith('#')) return this.placeholders.name(token, this.kind);
    if (!/^[A-Za-z_]\w*$/.test(token)) {
      this.at -= 1;
      throw this.syntaxError();
    }
    if (isReserved(token)) {
      throw new Invalid(
        `Invalid ${this.kind}: Attribute name is a reserved keyword; reserved keyword: ${token}`,
      );
    }
    return token;
  }
}
