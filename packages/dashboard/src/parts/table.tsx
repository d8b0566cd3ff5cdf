import type { ReactNode } from 'react';

/** A table of a few columns; `numeric` says which of them hold figures. */
export function Table(props: {
  caption: string;
  columns: string[];
  numeric: boolean[];
  rows: { key: string; cells: ReactNode[] }[];
  foot?: ReactNode[];
}) {
  const kind = (column: number) => (props.numeric[column] ? 'numeric' : undefined);
  return (
    <div className="table">
      <table>
        <caption className="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((name, column) => (
              <th key={name} scope="col" className={kind(column)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, column) => cellOf(cell, column, kind(column), props))}
            </tr>
          ))}
        </tbody>
        {props.foot ? (
          <tfoot>
            <tr>{props.foot.map((cell, column) => cellOf(cell, column, kind(column), props))}</tr>
          </tfoot>
        ) : null}
      </table>
    </div>
  );
}

function cellOf(
  cell: ReactNode,
  column: number,
  kind: string | undefined,
  { columns }: { columns: string[] },
) {
  const name = columns[column] ?? '';
  return (
    <td key={name} className={kind} data-name={name}>
      {cell}
    </td>
  );
}
