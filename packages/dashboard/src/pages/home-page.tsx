import { JournalCard } from '../components/journal-card.tsx';
import { PlanCard } from '../components/plan-card.tsx';
import { SearchBox } from '../components/search-box.tsx';
import { SolvencyCard } from '../components/solvency-card.tsx';
import { TotalsCard } from '../components/totals-card.tsx';
import { text } from '../text.ts';

/** The search, and the programme at a glance: what it holds against what it owes comes first. */
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
