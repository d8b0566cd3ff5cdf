import { commissionLedgerAbi, hideSecrets } from '@plumbline/protocol';
import { type BaseError, decodeErrorResult, type Hex } from 'viem';

/** Why the ledger refused a call: one of its errors with its values, or what the node said. */
export interface Refusal {
  /** Name of the ledger's error; `OutOfGas` or `Unknown` where there is none. */
  name: string;
  args: readonly unknown[];
  /** For operators and clients. */
  text: string;
}

/** The data of a revert inside an error of viem: each kind of node puts it elsewhere. */
function findRevertData(error: BaseError): Hex | undefined {
  let found: Hex | undefined;
  error.walk((each) => {
    const { data } = each as { data?: unknown };
    const nested = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data;
    if (typeof nested === 'string' && /^0x([0-9a-f]{2}){4,}$/i.test(nested)) found = nested as Hex;
    return false;
  });
  return found;
}

/** Why a simulation failed, or undefined if that is the node's or the network's fault and not the call's. */
export function findRefusal(error: BaseError): Refusal | undefined {
  const data = findRevertData(error);
  if (data) {
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi: commissionLedgerAbi, data });
      return { name: errorName, args, text: `${errorName}(${args.map(String).join(', ')})` };
    } catch {
      return { name: 'Unknown', args: [], text: `the call reverts with ${data.slice(0, 10)}` };
    }
  }
  const text = hideSecrets(error.details || error.shortMessage);
  if (/out of gas|gas required exceeds|exceeds block gas limit|gas limit|intrinsic gas/i.test(text)) {
    return { name: 'OutOfGas', args: [], text: OUT_OF_GAS };
  }
  if (/revert/i.test(text)) return { name: 'Unknown', args: [], text };
  return undefined;
}

const OUT_OF_GAS = 'the call needs more gas than a transaction may use';

/** What a task waits for, by the name of the refusal. */
const conditions: Record<string, (args: readonly unknown[]) => string> = {
  OutOfGas: () => OUT_OF_GAS,
  FloatTooLow: ([free, needed]) =>
    `the float of ${free} units does not cover ${needed} units; fund the ledger`,
  CapExceeded: ([left, needed]) =>
    `the recorder's cap leaves ${left} units now and ${needed} are needed; wait or raise the cap`,
  CountExceeded: ([left, needed]) =>
    `the recorder's count cap leaves room for ${left} distributors or sales now, not for ${needed}; wait or raise the cap`,
  NotRecorder: ([caller]) => notRecorder(String(caller)),
  NotBatchRecorder: ([batch]) =>
    `batch ${batch} was recorded by another recorder; only that one can reverse its sales`,
  UnexpectedSequence: ([given, expected]) =>
    `the batch has sequence ${given} and ${expected} was expected; the recorder has recorded meanwhile`,
  UnexpectedPlan: ([given, inForce]) => `plan ${given} was expected to be in force, but plan ${inForce} is`,
  UnexpectedId: ([given, expected]) =>
    `id ${given} was expected to be ${expected}; another recorder was first`,
  BatchMismatch: ([batch]) => `the books are behind the chain on batch ${batch}`,
  BatchNotOpen: ([batch]) => `batch ${batch} is settled, or not yet on chain`,
  NothingToSettle: ([batch, settled]) => `batch ${batch} is settled up to ${settled} already`,
  ReturnWindowOpen: ([batch]) => `the return window of batch ${batch} is open`,
  ChangesPending: ([batch, change]) =>
    `batch ${batch} settles after change ${change}, which is not applied yet`,
  BatchesOpen: ([change, batches]) => `${batches} batches recorded before change ${change} are not settled`,
  ChangeTooEarly: ([change]) => `change ${change} is not effective yet`,
  NotNextChange: ([change, next]) => `change ${change} is applied already; the next one is ${next}`,
  NothingToApply: ([change, done]) => `change ${change} is applied up to ${done} already`,
  LedgerFull: () => 'the ledger has no free ids',
  JournalFull: () => "the company's half of the journal is full; the programme must go on in another ledger",
  TooManyBatches: ([limit]) => `all ${limit} batch numbers of the recorder are used`,
  RecordingPaused: () => 'enrolling and recording are paused; the admin must let them go on',
  SponsorGone: ([id, sponsor]) => `the sponsor ${sponsor} of ${id} has just left or moved`,
};

/** What is said of a signer that may not record. */
export function notRecorder(signer: string): string {
  return `${signer} is not a recorder of the ledger; the admin must set it as one`;
}

/** What has to change before the call can succeed, or undefined if one of its items may be at fault. */
export function conditionOf(refusal: Refusal): string | undefined {
  return conditions[refusal.name]?.(refusal.args);
}
