import type { LedgerTerms } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { compareWithContract } from './chain/compare.ts';
import { ContractReader } from './chain/contract-view.ts';
import { FirstBlockAheadError } from './chain/errors.ts';
import { listLogs } from './chain/logs.ts';
import { checkStillThere, connect, findFirstBlock, type PinnedBlock, pinBlock } from './chain/node.ts';
import type { Finding } from './findings.ts';
import { auditLogs } from './journal/audit-logs.ts';
import { type Summary, summarise } from './report/summary.ts';

export interface AuditRequest {
  /** HTTP address of a node. */
  rpcUrl: string;
  ledger: Address;
  /** The ledger's first block; found by itself if it is not given. */
  fromBlock?: bigint | undefined;
  /** The block to audit at; the newest if it is not given. */
  atBlock?: bigint | undefined;
  /** Told what is being done, in words. */
  onProgress?: ((doing: string) => void) | undefined;
}

/** What an audit found. `findings` is empty if everything holds. */
export interface AuditReport {
  ledger: Address;
  chainId: number;
  /** Everything is as of this block. */
  block: PinnedBlock;
  fromBlock: bigint;
  terms: LedgerTerms;
  /** The journal as the contract has it. */
  head: Hex;
  entryCount: number;
  /** Base units that the ledger holds by the token's own books. */
  heldUnits: bigint;
  summary: Summary;
  findings: Finding[];
}

/**
 * Audits a ledger from a node and an address alone: reads the journal from the logs, folds it, replays every entry by
 * the rules, and compares all that follows with the contract's storage at one block.
 * @throws AuditFailedError if the audit could not be made: no answer, no ledger, no first block, no logs, a block that was
 * replaced.
 */
export async function auditLedger(request: AuditRequest): Promise<AuditReport> {
  const { rpcUrl, atBlock, onProgress } = request;
  const ledger = request.ledger.toLowerCase() as Address;
  const client = connect(rpcUrl);
  const { chainId, block } = await pinBlock(client, rpcUrl, atBlock);
  const reader = new ContractReader(client, ledger, block);
  const terms = await reader.getTerms();

  onProgress?.('looking for the first block');
  const fromBlock = request.fromBlock ?? (await findFirstBlock(client, ledger, block.number));
  if (fromBlock > block.number) {
    throw new FirstBlockAheadError(
      `the ledger's first block cannot be ${fromBlock}: the audit is of block ${block.number}`,
    );
  }
  const { logs, blockTimes } = await listLogs(client, {
    ledger,
    from: fromBlock,
    until: block.number,
    onProgress: (done) => onProgress?.(`reading logs: block ${done} of ${block.number}`),
  });
  onProgress?.(`replaying ${logs.length} logs`);
  const audit = auditLogs(logs, blockTimes, { chainId, ledger, terms });
  onProgress?.(`comparing ${audit.state.distributors.size} distributors with the contract`);
  const view = await reader.read(audit.state);
  await checkStillThere(client, block);

  return {
    ledger,
    chainId,
    block,
    fromBlock,
    terms,
    head: view.head,
    entryCount: view.entryCount,
    heldUnits: view.tokenHeld,
    summary: summarise(audit.state, block.timestamp),
    findings: [...audit.findings, ...compareWithContract(audit, view, block)],
  };
}
