import { type ReactNode, useId } from 'react';

/** A part of a page under its own heading. */
export function Card(props: { heading: string; className?: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={`card ${props.className ?? ''}`} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{props.heading}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}
