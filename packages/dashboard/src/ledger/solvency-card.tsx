import type { Solvency } from '../chain/ledger-chain.ts';
import { Card } from '../parts/card.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Money } from '../parts/money.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { ToneIcon } from '../parts/tone-icon.tsx';
import { useProgramme } from '../state/programme.ts';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';

const words = text.solvency;
const POLL_MS = 15_000;

/** Whether the ledger holds what it has promised, read from the chain and judged in the browser. */
export function SolvencyCard() {
  const { chain, rpcUrl } = useProgramme();
  const solvency = useAsync(`solvency ${rpcUrl}`, () => chain.solvency(), POLL_MS);
  return (
    <Card heading={words.heading} className="solvency">
      <LoadedView of={solvency} lines={4}>
        {(value) => <Judged solvency={value} />}
      </LoadedView>
    </Card>
  );
}

function Judged({ solvency }: { solvency: Solvency }) {
  const { symbol, amounts } = useProgramme();
  const { held, float, reserved, owed } = solvency;
  const over = held - float - reserved - owed;
  const inTokens = (amount: bigint) => `${amounts.units(amount)} ${symbol}`;
  const [verdict, detail] =
    over === 0n
      ? [words.exact, words.exactDetail(inTokens(held))]
      : over > 0n
        ? [words.more, words.moreDetail(inTokens(held), inTokens(over))]
        : [words.short, words.shortDetail(inTokens(held), inTokens(-over))];
  const tone = over < 0n ? 'bad' : 'good';
  return (
    <>
      <p className={`verdict ${tone}`} role="status">
        <ToneIcon tone={tone} />
        <strong>{verdict}</strong> <span>{detail}</span>
      </p>
      <ShareBar
        parts={[
          { name: words.owed, amount: owed, value: <Money units={owed} /> },
          { name: words.reserved, amount: reserved, value: <Money units={reserved} /> },
          { name: words.float, amount: float, value: <Money units={float} /> },
        ]}
      />
      <p className="source">{words.source}</p>
    </>
  );
}
