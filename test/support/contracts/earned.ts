/** Companies without window in which a sale has been settled, for the tests of payouts. */
import { atOnce, type Company, ID, openCompany } from './company.ts';

/** F sells for 100.00: F is owed 20.000000, E 10, D 5, C 3, B 2, A 1. */
export async function earned(company: Company): Promise<Company> {
  await company.record([{ seller: ID.F, volume: 10_000 }]);
  return company;
}

/** What E is owed by the sale of `earned`. */
export const OWED_TO_E = 10_000_000n;

export async function earnedAtOnce(): Promise<Company> {
  return earned(await atOnce[0]!.fixture());
}

/** In a token whose base units are the ledger's units. */
export async function earnedInSixDecimals(): Promise<Company> {
  return earned(await openCompany({ returnWindow: 0 }));
}

/** In a token that can be told to return false. */
export async function earnedInFalse(): Promise<Company> {
  return earned(await openCompany({ token: 'FalseDollar', returnWindow: 0 }));
}

/** In a token whose transfers return nothing. */
export async function earnedInSilent(): Promise<Company> {
  return earned(await openCompany({ token: 'SilentDollar', returnWindow: 0, decimals: 18 }));
}

/** In a token whose issuer can freeze wallets. */
export async function earnedInFreezable(): Promise<Company> {
  return earned(await openCompany({ token: 'FreezableDollar', returnWindow: 0 }));
}
