// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a ledger is created with and can never change.
struct LedgerTerms {
    /// The stablecoin that commissions are paid in.
    address token;
    /// Token base units to one ledger unit, a power of ten.
    uint96 unit;
    /// Seconds in which a sale can be reversed; settlement opens after them. With 0 a sale settles as it is recorded.
    uint32 returnWindow;
    /// Seconds between the announcement of a plan and the first batch that may use it.
    uint32 planNotice;
    /// Seconds of a recorder's cap period.
    uint32 capPeriod;
    /// Whether settlements are logged as one packed event per batch instead of one event per sale.
    bool compact;
    /// Seconds before a new power, or a change of who stands where, takes effect.
    uint32 delay;
}

/// @notice A recorder and what it may still do.
struct RecorderState {
    /// From 1; 0 for a key that is nobody's.
    uint256 number;
    /// Batches recorded; the next has one more.
    uint256 sequence;
    /// Units that may be reserved, and as many freed by reversals, in a period.
    uint256 cap;
    /// Distributors and sales that may be recorded in a period.
    uint256 countCap;
    /// What is left of each now.
    uint256 left;
    uint256 countLeft;
    uint256 returnsLeft;
}

/// @notice Reversals of sales that stand in one leaf of a batch's tree.
struct ChunkReversals {
    /// Number of the leaf: the index of a sale divided by 16.
    uint256 chunk;
    /// The leaf's records as they are now.
    bytes records;
    /// The siblings from the leaf up; a node without one has no place in it.
    bytes32[] proof;
    /// 12 bytes each: index in the batch (4) | price in cents (4) | volume in cents (4).
    bytes reversals;
}

/// @title The daily calls of a ledger
/// @notice Distributors, sales, money, and the views of them. See ICommissionLedger for units, ids and the journal.
interface ILedgerCore {
    // ---- Distributors ----

    /// @notice Enrols distributors in order.
    /// @dev Only a recorder. An id in lane 0 opens the next fragment and may have any sponsor enrolled before, or 0 for
    /// a root; any other id must be the next free lane of its fragment, with a sponsor in the same fragment. Because
    /// the caller names the ids, the same batch sent twice reverts the second time.
    /// @param distributors 28 bytes each: id (4) | sponsor (4) | wallet (20). A zero wallet leaves a mark by which it
    /// can be claimed later; until then the distributor earns and cannot be paid out.
    function enrol(bytes calldata distributors) external;

    // ---- Sales ----
    // The compiler finds a function by comparing selectors in ascending order, at 22 gas each: the order of the parameters
    // gives `recordSales` and `settle` small ones.

    /// @notice Records a batch of sales and reserves the most the plan in force can pay for them.
    /// @dev Only a recorder, inside its cap. With a return window of 0 the batch is settled in the same call.
    /// @dev Warning: that a seller exists is checked only as far as the fragment number, because a look at every
    /// seller's slot would cost 2,100 gas a sale. A sale of a lane that is empty when it is settled pays nobody and its
    /// reservation is released; whoever is enrolled there before that has the sale.
    /// @param records 12 bytes each: buyer class (6 bits) | seller (26) | price in cents (32) | volume in cents (32).
    /// @param sequence One more than that of the recorder's last batch.
    /// @param manifestRoot Merkle root over the hashes of the sales' documents.
    /// @param plan Version of the plan that the caller expects to be in force.
    /// @return batch Number of the batch: (number of the recorder - 1) << 24 | sequence.
    /// @return reserved Units set aside for them.
    function recordSales(
        bytes calldata records,
        uint256 sequence,
        bytes32 manifestRoot,
        uint256 plan
    ) external returns (uint256 batch, uint256 reserved);

    /// @notice Takes back all or part of sales of one batch, inside the return window.
    /// @dev Only the recorder of the batch, inside its allowance. The reservation for what is taken back is released at once.
    /// @param batch Number of the batch.
    /// @param plan Version of the batch's plan, from `BatchRecorded`.
    /// @param recordedAt Time of the batch, from `BatchRecorded`.
    /// @param count Sales of the batch.
    /// @param chunks Reversals by leaf, one after the other: each proof is of the root that the one before it leaves.
    function reverse(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        uint256 count,
        ChunkReversals[] calldata chunks
    ) external;

    /// @notice Enters that the company has refunded a sale that is settled. It changes nobody's commission.
    /// @dev Only the recorder of the batch.
    /// @param priceCents What was refunded.
    /// @param evidence Hash of the evidence, kept off the chain.
    function refundLate(uint256 sale, uint256 priceCents, bytes32 evidence) external;

    /// @notice Settles sales of a batch whose return window has ended: credits the seller and the upline, and releases
    /// what was reserved and not paid.
    /// @dev Open to anyone, so that nobody can withhold it; all it needs is in the logs. A batch may be settled in
    /// several calls. Commissions follow the batch's plan, and the sponsors, ranks and statuses that were effective when
    /// it was recorded. Whoever was enrolled since stands in the tree too.
    /// @param batch Number of the batch.
    /// @param records The batch's records as its reversals have left them.
    /// @param plan Version of the batch's plan, from `BatchRecorded`.
    /// @param recordedAt Time of the batch, from `BatchRecorded`.
    /// @param until Settle up to this index, exclusive; a larger value means the end of the batch.
    function settle(uint256 batch, bytes calldata records, uint256 plan, uint256 recordedAt, uint256 until) external;

    // ---- Money ----

    /// @notice Adds to the float, from the caller's tokens. Anyone may.
    /// @param units Units to take from the caller.
    /// @return received Units that arrived and were added.
    function fund(uint256 units) external returns (uint256 received);

    /// @notice Adds tokens to the float that came without `fund`. Anyone may.
    /// @return units Units added.
    function sweep() external returns (uint256 units);

    /// @notice Pays out everything owed to the distributor with `wallet`, to that wallet. Anyone may call it.
    /// @return units Units paid.
    function withdraw(address wallet) external returns (uint256 units);

    /// @notice Pays out to many. Anyone may call it. A wallet whose transfer fails, that is held, that nothing is owed
    /// to or that belongs to no distributor is skipped, and what is owed stays owed.
    /// @return units Units paid in all.
    function payOut(address[] calldata wallets) external returns (uint256 units);

    // ---- Views ----

    /// @notice Hash over all entries in order.
    function head() external view returns (bytes32);

    /// @notice Number of entries.
    function entryCount() external view returns (uint256);

    /// @notice What the ledger was created with.
    function terms() external view returns (LedgerTerms memory);

    /// @notice A distributor as the ledger knows them.
    /// @return sponsor Id of the sponsor, 0 for a root. It stays the old one when the sponsor moves: see `movedTo`.
    /// @return owed Units credited and not paid out.
    /// @return rank 0 to 15, at first 0. Of an id with status 3, 0 for left and 1 for moved.
    /// @return status 1 active, as at first, 2 inactive, 3 left or moved. An id that is not enrolled reverts.
    function accountOf(uint256 id) external view returns (uint256 sponsor, uint256 owed, uint256 rank, uint256 status);

    /// @notice Id of the distributor with `wallet`, or 0.
    function idOf(address wallet) external view returns (uint256);

    /// @notice Units owed to the distributor with `wallet`; 0 for a wallet that belongs to no distributor.
    function owedTo(address wallet) external view returns (uint256);

    /// @notice Who would be paid what, by level from the seller up, if a sale were settled now by the plan in force.
    /// @dev An id that is not enrolled reverts, though a sale of it would settle and pay nobody.
    /// @return payees Id paid at each level; 0 where the level stays unpaid.
    /// @return amounts Units for each level.
    function explain(
        uint256 seller,
        uint256 buyerClass,
        uint256 volumeCents
    ) external view returns (uint256[] memory payees, uint256[] memory amounts);

    /// @notice What the ledger holds and what it has promised, in units.
    /// @return held Tokens of the ledger.
    /// @return free The float, free to cover new sales.
    /// @return reserved Set aside for sales that are not settled.
    /// @return owed Credited and not paid out.
    function solvency() external view returns (uint256 held, uint256 free, uint256 reserved, uint256 owed);

    /// @notice How far the ledger is.
    /// @return fragments Fragments in use; the next new fragment is one more.
    /// @return plans Plans announced.
    /// @return recorders Recorders that were ever set.
    function counts() external view returns (uint256 fragments, uint256 plans, uint256 recorders);

    /// @notice State of a batch that was recorded.
    /// @return open Whether sales of it are still to be settled.
    /// @return settled Sales of it settled so far; 0 once it is closed.
    function batchOf(uint256 batch) external view returns (bool open, uint256 settled);

    /// @notice The recorder with this key; zeros for anybody else.
    function recorderOf(address key) external view returns (RecorderState memory);

    /// @notice The key of a recorder by its number, and the one that can replace it; zero if there is none.
    function recorderKey(uint256 number) external view returns (address key, address standby);

    /// @notice The packed accounts of `count` fragments from number `from`, for readers that check every balance.
    function fragmentsOf(uint256 from, uint256 count) external view returns (uint256[] memory words);
}
