import { columnOf, type PeriodColumn, PeriodSums } from '@plumbline/store/testing';
import { expect } from 'chai';

const EXACT = 2 ** 52;

describe('the growth of months', () => {
  function sumOf(sums: PeriodSums, id: number, period: number, column: PeriodColumn): bigint | undefined {
    return sums
      .changes()
      .find((change) => change.id === id && change.period === period)
      ?.get(columnOf(column));
  }

  it('is exact beyond what a double holds, up and down', () => {
    const sums = new PeriodSums();
    const month = sums.month(202_401);
    for (let i = 0; i < 5; i++) month.credited(7, 0, EXACT - 1);
    month.credited(7, 0, 2);
    expect(sumOf(sums, 7, 202_401, 'credited_0')).to.equal(5n * (2n ** 52n - 1n) + 2n);
    for (let i = 0; i < 9; i++) month.credited(7, 0, 1 - EXACT);
    expect(sumOf(sums, 7, 202_401, 'credited_0')).to.equal(-4n * (2n ** 52n - 1n) + 2n);
    expect(sumOf(sums, 7, 202_401, 'credited_1')).to.equal(0n);
  });

  it('takes amounts that no double holds', () => {
    const sums = new PeriodSums();
    const large = 2n ** 62n + 1n;
    sums.month(202_401).paid(7, large);
    sums.month(202_401).paid(7, -3n);
    sums.month(202_401).team(8, { volume: -large, reversed: large });
    expect(sumOf(sums, 7, 202_401, 'paid_units')).to.equal(large - 3n);
    expect(sumOf(sums, 8, 202_401, 'team_cents')).to.equal(-large);
    expect(sumOf(sums, 8, 202_401, 'reversed_team_cents')).to.equal(large);
    const back = sums.negated();
    expect(sumOf(back, 7, 202_401, 'paid_units')).to.equal(3n - large);
    expect(sumOf(back, 8, 202_401, 'team_cents')).to.equal(large);
  });

  it('is zero where all of it is undone, carries included', () => {
    const sums = new PeriodSums();
    const month = sums.month(202_401);
    month.paid(7, 2n ** 60n);
    month.credited(8, 3, 5);
    month.paid(9, 0n);
    expect(sums.changes().map((change) => change.isZero())).to.deep.equal([false, false, true]);
    month.paid(7, -(2n ** 60n));
    month.credited(8, 3, -5);
    expect(sums.changes().map((change) => change.isZero())).to.deep.equal([true, true, true]);
  });

  it('is a double where a double holds it', () => {
    const sums = new PeriodSums();
    sums.month(202_401).credited(7, 0, EXACT - 1);
    sums.month(202_401).credited(7, 1, EXACT - 1);
    sums.month(202_401).credited(7, 1, 1);
    const [change] = sums.changes();
    expect(change?.value(columnOf('credited_0'))).to.equal(EXACT - 1);
    expect(change?.value(columnOf('credited_1'))).to.equal(2n ** 52n);
  });

  it('keeps distributors and months apart, however far their ids lie from each other', () => {
    const sums = new PeriodSums();
    const ids = [4, 2 ** 26 - 1, 4_095, 4_096, ...Array.from({ length: 500 }, (_, i) => 90_000 + 7 * i)];
    for (const period of [202_401, 202_402]) {
      for (const id of ids) sums.month(period).sold(id, 2, id, id + (period % 10));
    }
    expect(sums.changes().map(({ id, period }) => [period, id])).to.deep.equal(
      [202_401, 202_402].flatMap((period) => ids.map((id) => [period, id])),
    );
    for (const change of sums.changes()) {
      expect(change.get(columnOf('sales'))).to.equal(1n);
      expect(change.get(columnOf('self_price_cents'))).to.equal(BigInt(change.id));
      expect(change.ownVolumes()).to.deep.equal({
        volume: BigInt(change.id + (change.period % 10)),
        reversed: 0n,
      });
    }
  });
});
