import { api } from '../api/client.ts';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';
import { Card } from './card.tsx';
import { LoadedView } from './loaded-view.tsx';
import { PersonLink } from './person-link.tsx';

const words = text.distributor;

/** The sponsors, from the nearest to the top. */
export function UplineCard({ id }: { id: number }) {
  const upline = useAsync(`upline ${id}`, (signal) => api.upline(String(id), signal));
  return (
    <Card heading={words.upline}>
      <LoadedView of={upline} lines={1}>
        {({ path }) =>
          path.length === 0 ? (
            <p className="soft">{words.root}</p>
          ) : (
            <ol className="path">
              {path.map((person) => (
                <li key={person.id}>
                  <small>{text.plan.level(person.level)}</small>
                  <PersonLink id={person.id} reference={person.reference} />
                </li>
              ))}
            </ol>
          )
        }
      </LoadedView>
    </Card>
  );
}
