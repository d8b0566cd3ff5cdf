import type { Difference, Fact, FactName, NoteName } from './checks.ts';

type Value = string | number | bigint | boolean;

/** Collects what one step finds. */
export class Comparison {
  readonly facts: Fact[] = [];
  readonly differences: Difference[] = [];
  note: NoteName | undefined;

  /** States a fact that has nothing to be held against. */
  fact(what: FactName, value: Value, level?: number): void {
    this.facts.push(factOf(what, value, level));
  }

  /** States a fact and holds `other`, which should be the same, against it. Letter case of hex does not count. */
  same(what: FactName, value: Value, other: Value, level?: number): void {
    const fact = factOf(what, value, level);
    this.facts.push(fact);
    if (fold(fact.value) !== fold(String(other))) this.differences.push({ ...fact, other: String(other) });
  }

  /** As `same`, against what the gateway shows; null, because its books are not so far, is noted. */
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
