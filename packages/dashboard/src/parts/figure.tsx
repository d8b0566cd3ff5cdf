import type { ReactNode } from 'react';

/** A figure with its name and, below, a remark about it. */
export function Figure(props: { name: string; value: ReactNode; about?: ReactNode }) {
  return (
    <div className="figure">
      <dt>{props.name}</dt>
      <dd>
        <span className="figure-value">{props.value}</span>
        {props.about ? <span className="figure-about">{props.about}</span> : null}
      </dd>
    </div>
  );
}
