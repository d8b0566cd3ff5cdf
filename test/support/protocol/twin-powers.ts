import { type Plan, planHash, RecorderAllowances } from '@plumbline/protocol';
import { type Address, type Hex, keccak256, zeroAddress } from 'viem';
import { ChangesTwin } from './twin-changes.ts';

export interface TwinRecorder {
  number: number;
  key: Address;
  /** The zero address if there is none. */
  standby: Address;
  /** Batches recorded. */
  sequence: number;
  cap: bigint;
  countCap: number;
  allowances: RecorderAllowances;
}

export interface TwinPlan {
  plan: Plan;
  startsAt: number;
  isCancelled: boolean;
}

/** Plans, recorders and what the admin announces. */
export class PowersTwin extends ChangesTwin {
  /** By version less 1. */
  readonly plans: TwinPlan[] = [];
  /** By number less 1. */
  readonly recorders: TwinRecorder[] = [];
  /** When an announced call can be made, by its hash. */
  readonly acts = new Map<Hex, number>();
  readonly capPeriod: number;
  successor: Address = zeroAddress;

  constructor(terms: { returnWindow: number; delay: number; capPeriod: number }) {
    super(terms);
    this.capPeriod = terms.capPeriod;
  }

  // ---- Plans ----

  announce(plan: Plan, startsAt: number): void {
    this.plans.push({ plan, startsAt, isCancelled: false });
    const version = this.plans.length;
    this.enter({ kind: 'planAnnounced', version, startsAt, planHash: planHash(plan), plan });
  }

  cancelPlan(version: number): void {
    this.planned(version).isCancelled = true;
    this.enter({ kind: 'planCancelled', version });
  }

  planned(version: number): TwinPlan {
    const announced = this.plans[version - 1];
    if (!announced) throw new Error(`There is no plan ${version}.`);
    return announced;
  }

  planOf(version: number): Plan {
    return this.planned(version).plan;
  }

  /** Version of the plan in force at `time`. */
  planAt(time: number): number {
    return this.plans.findLastIndex(({ startsAt, isCancelled }) => startsAt <= time && !isCancelled) + 1;
  }

  // ---- Recorders ----

  recorder(number: number): TwinRecorder {
    const recorder = this.recorders[number - 1];
    if (!recorder) throw new Error(`There is no recorder ${number}.`);
    return recorder;
  }

  setRecorder(key: Address, cap: bigint, countCap: number): void {
    let recorder = this.recorders.find((each) => each.key === key);
    if (!recorder) {
      const number = this.recorders.length + 1;
      const allowances = new RecorderAllowances(this.capPeriod);
      recorder = { number, key, standby: zeroAddress, sequence: 0, cap, countCap, allowances };
      this.recorders.push(recorder);
    }
    Object.assign(recorder, { cap, countCap });
    recorder.allowances.setCaps(cap, countCap);
    this.enter({ kind: 'recorderSet', number: recorder.number, recorder: key, cap, countCap });
  }

  setStandby(number: number, key: Address): void {
    this.recorder(number).standby = key;
    this.enter({ kind: 'standbySet', number, key });
  }

  replaceRecorder(number: number): void {
    const recorder = this.recorder(number);
    const { key: from, standby: to } = recorder;
    Object.assign(recorder, { key: to, standby: zeroAddress });
    this.enter({ kind: 'recorderReplaced', number, from, to });
  }

  // ---- The admin ----

  announceAct(call: Hex, effectiveAt: number): void {
    const act = keccak256(call);
    this.acts.set(act, effectiveAt);
    this.enter({ kind: 'actAnnounced', act, call, effectiveAt });
  }

  cancelAct(act: Hex, by: Address): void {
    this.acts.delete(act);
    this.enter({ kind: 'actCancelled', act, by });
  }

  setRole(role: Hex, account: Address, granted: boolean): void {
    this.enter({ kind: 'roleChanged', role, account, granted });
  }

  setSuccessor(successor: Address): void {
    this.successor = successor;
    this.enter({ kind: 'successorSet', successor });
  }
}
