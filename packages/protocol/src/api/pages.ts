import { Type } from 'typebox';
import { freeText, nullable } from './fields.ts';
import { LEVEL_PATTERN, LIMIT_PATTERN, PERIOD_PATTERN } from './patterns.ts';

/** How lists are paged. */

const pageFields = {
  limit: Type.Optional(Type.String({ pattern: LIMIT_PATTERN, description: '1 to 200; 50 if absent' })),
  cursor: Type.Optional(freeText({ maxLength: 100, description: '`nextCursor` of the page before' })),
};

const period = Type.Optional(
  Type.String({
    pattern: PERIOD_PATTERN,
    description: 'Month in UTC, e.g. 202603; the present one if absent',
  }),
);

export const PageQuery = Type.Object(pageFields);

export const PeriodQuery = Type.Object({ period });

export const PeriodPageQuery = Type.Object({ ...pageFields, period });

export const LevelPageQuery = Type.Object({
  ...pageFields,
  level: Type.Optional(
    Type.String({ pattern: LEVEL_PATTERN, description: 'Only this one, from 1; all of them if absent' }),
  ),
});

/** Null on the last page. */
export const nextCursor = nullable(Type.String());
