import type { Difference, Fact, FactName, NoteName } from './checks.ts';

type Value = string | number | bigint | boolean;

/** Collects what one check finds. */
export class Comparison {
  readonly facts: Fact[] = [];
  readonly differences: Difference[] = [];
  note: NoteName | undefined;

  /** Notes a fact that has nothing to compare with. */
  fact(what: FactName, value: Value, level?: number): void {
    this.facts.push(factOf(what, value, level));
  }

  /** Notes a fact and compares it with `other`. Upper and lower case of hex are the same. */
  same(what: FactName, value: Value, other: Value, level?: number): void {
    const fact = factOf(what, value, level);
    this.facts.push(fact);
    if (fold(fact.value) !== fold(String(other))) this.differences.push({ ...fact, other: String(other) });
  }

  /** Compares a fact with what the gateway shows. It shows null while its books are behind, which is noted. */
  sameIfShown(what: FactName, value: Value, shown: Value | null): void {
    if (shown !== null) this.same(what, value, shown);
    else {
      this.fact(what, value);
      this.note = 'notShown';
    }
  }
}

function factOf(what: FactName, value: Value, level: number | undefined): Fact {
  return { what, value: String(value), ...(level === undefined ? {} : { level }) };
}

function fold(value: string): string {
  return value.startsWith('0x') ? value.toLowerCase() : value;
}
