import { count } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Definitions } from '../parts/definitions.tsx';
import { Hex } from '../parts/hex.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { useProgramme } from '../state/programme.ts';
import { text } from '../text.ts';

const words = text.journal;

/** The head of the journal, by the gateway's books. */
export function JournalCard() {
  const { ledger } = useProgramme();
  return (
    <Card heading={words.heading}>
      <p className="soft">{words.about}</p>
      <Definitions
        rows={[
          [words.entries, count(ledger.entryCount)],
          [words.head, <Hex key="head" value={ledger.head} whole />],
          [words.block, count(ledger.blockNumber)],
          [
            words.time,
            ledger.blockTime === null ? text.nothing : <Timestamp key="time" at={ledger.blockTime} />,
          ],
          [words.ledger, <Hex key="ledger" value={ledger.ledger} whole />],
          [words.token, <Hex key="token" value={ledger.token} whole />],
          [words.chain, String(ledger.chainId)],
        ]}
      />
    </Card>
  );
}
