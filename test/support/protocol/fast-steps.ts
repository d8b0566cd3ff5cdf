import { LANES, type Plan, STATUS_ACTIVE, type Tree } from '@plumbline/protocol';

/**
 * Where a plain plan pays a whole line of distributors of one fragment in one sum: the entry lanes, in the order in which the
 * walk comes by them. That is the contract's short cut (`Commission.payPlain`) and no rule, so it is not in protocol; the
 * fuzz uses it to know that it has been there.
 */
export function fastSteps(tree: Tree, plan: Plan, seller: number): number[] {
  const steps: number[] = [];
  const levels = plan.ratesBps[0]?.length ?? 0;
  let id = seller;
  for (let level = 0; level < levels && id !== 0; level++) {
    id = tree.movedTo(id) || id;
    if (isLineUpTo(tree, id) && level + LANES <= levels) {
      const lane = id % LANES;
      steps.push(lane);
      level += lane;
      id -= lane;
    }
    id = tree.sponsorOf(id);
  }
  return steps;
}

/** Whether all lanes from 0 to the distributor are active, and each but the first is sponsored by the lane below. */
function isLineUpTo(tree: Tree, id: number): boolean {
  const first = id - (id % LANES);
  for (let each = first; each <= id; each++) {
    if (tree.statusOf(each) !== STATUS_ACTIVE) return false;
    if (each > first && tree.sponsorOf(each) !== each - 1) return false;
  }
  return true;
}
