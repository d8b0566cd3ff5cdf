import type { ReactNode } from 'react';
import type { Loaded } from '../state/use-async.ts';
import { Problem } from './problem.tsx';
import { Skeleton } from './skeleton.tsx';

/** Shows a value once it is loaded; until then a skeleton or the error, below the page's heading if one is given. */
export function LoadedView<T>(props: {
  of: Loaded<T>;
  lines?: number;
  heading?: string;
  children: (value: T) => ReactNode;
}) {
  const { value, error, again } = props.of;
  if (value !== undefined) return props.children(value);
  return (
    <>
      {props.heading ? <h1>{props.heading}</h1> : null}
      {error === undefined ? <Skeleton lines={props.lines ?? 3} /> : <Problem error={error} retry={again} />}
    </>
  );
}
