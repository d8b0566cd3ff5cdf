import { SearchBox } from '../search/search-box.tsx';
import { text } from '../text.ts';
import { JournalCard } from './journal-card.tsx';
import { PlanCard } from './plan-card.tsx';
import { SolvencyCard } from './solvency-card.tsx';
import { TotalsCard } from './totals-card.tsx';

/** The search, and the programme at a glance: first whether it holds what it owes. */
export function HomePage() {
  return (
    <>
      <title>{text.name}</title>
      <div className="hero">
        <h1>{text.tagline}</h1>
        <p>{text.introduction}</p>
        <SearchBox large />
      </div>
      <SolvencyCard />
      <TotalsCard />
      <div className="columns">
        <PlanCard />
        <JournalCard />
      </div>
    </>
  );
}
