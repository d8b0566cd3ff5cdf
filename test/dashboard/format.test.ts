import { amountsOf } from '@plumbline/dashboard';
import { expect } from 'chai';

describe('amountsOf', () => {
  it('shows units of a token of six decimals, to the last of them', () => {
    const { units, cents, column } = amountsOf(6);
    expect(units('12500000')).to.equal('12.50');
    expect(units(-1n)).to.equal('-0.000001');
    expect(units(2n ** 53n * 10n ** 6n + 1n)).to.equal('9,007,199,254,740,992.000001');
    expect(cents('123456')).to.equal('1,234.56');
    expect(column([0n, 12_500_000n, 1_000_100n])).to.deep.equal(['0.0000', '12.5000', '1.0001']);
  });

  it('shows a low-valued currency whose step of price is a hundred tokens', () => {
    const { units, cents, column } = amountsOf(2);
    expect(cents(1_999n)).to.equal('199,900');
    expect(units(1_234_500n)).to.equal('12,345');
    expect(column([1_234_500n, 1n])).to.deep.equal(['12,345.00', '0.01']);
  });

  it('shows a unit that is a thousand tokens', () => {
    const { units, column } = amountsOf(-3);
    expect(units(7n)).to.equal('7,000');
    expect(column([0n, 7n])).to.deep.equal(['0', '7,000']);
  });
});
