// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a ledger is created with and can never change.
struct LedgerTerms {
    /// The stablecoin that commissions are paid in.
    address token;
    /// Token base units to one ledger unit: 10 ** (token decimals - 6).
    uint96 unit;
    /// Seconds in which a sale can be reversed; settlement opens after them. With 0 a sale settles as it is recorded.
    uint32 returnWindow;
    /// Seconds between the announcement of a plan and the first batch that may use it.
    uint32 planNotice;
    /// Seconds of a recorder's cap period.
    uint32 capPeriod;
    /// Whether settlements are logged as one packed event per batch instead of one event per sale.
    bool compact;
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

    /// @notice Records a batch of sales and reserves the most the plan in force can pay for them.
    /// @dev Only a recorder, inside its cap. With a return window of 0 the batch is settled in the same call.
    /// @dev Warning: that a seller exists is checked only as far as the fragment number, because a look at every
    /// seller's slot would cost 2,100 gas a sale. A sale by an empty lane pays no one, and its reservation is released.
    /// @param sequence Number of this batch: one more than the last.
    /// @param records 12 bytes each: buyer class (6 bits) | seller (26) | price in cents (32) | volume in cents (32).
    /// @param manifestRoot Merkle root over the hashes of the sales' documents.
    /// @return reserved Units set aside for them.
    function recordSales(
        uint256 sequence,
        bytes calldata records,
        bytes32 manifestRoot
    ) external returns (uint256 reserved);

    /// @notice Takes back all or part of sales of one batch, inside the return window.
    /// @dev Only a recorder. The reservation for the part taken back is released at once.
    /// @param batch Number of the batch.
    /// @param plan Version of the batch's plan, from `BatchRecorded`.
    /// @param recordedAt Time of the batch, from `BatchRecorded`.
    /// @param records The batch's records, from `BatchRecorded`.
    /// @param reversalsSoFar The batch's reversals until now, from the `SaleReversed` events.
    /// @param reversals The new ones, 12 bytes each: index in the batch (4) | price in cents (4) | volume in cents (4).
    function reverse(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversalsSoFar,
        bytes calldata reversals
    ) external;

    /// @notice Settles sales of a batch whose return window has ended: credits the seller and the upline, and releases
    /// what was reserved and not paid.
    /// @dev Open to anyone, so that no one can withhold it; everything it needs is in the logs. A batch may be settled
    /// in several calls. Commissions follow the batch's plan and the tree, ranks and statuses as they stand now.
    /// @param batch Number of the batch.
    /// @param plan Version of the batch's plan, from `BatchRecorded`.
    /// @param recordedAt Time of the batch, from `BatchRecorded`.
    /// @param records The batch's records, from `BatchRecorded`.
    /// @param reversals The batch's reversals, from the `SaleReversed` events.
    /// @param until Settle up to this index, exclusive; a larger value means the end of the batch.
    function settle(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversals,
        uint256 until
    ) external;

    // ---- Money ----

    /// @notice Adds to the float, from the caller's tokens. Anyone may.
    /// @param units Units to take from the caller.
    /// @return received Units that arrived and were added.
    function fund(uint256 units) external returns (uint256 received);

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
    /// @return sponsor Id of the sponsor, 0 for a root.
    /// @return owed Units credited and not paid out.
    /// @return rank 0 to 15.
    /// @return status 1 active, 2 inactive, 3 left or moved. An id that is not enrolled reverts.
    function accountOf(uint256 id) external view returns (uint256 sponsor, uint256 owed, uint256 rank, uint256 status);

    /// @notice Id of the distributor with `wallet`, or 0.
    function idOf(address wallet) external view returns (uint256);

    /// @notice Units owed to the distributor with `wallet`; 0 for a wallet that belongs to no distributor.
    function owedTo(address wallet) external view returns (uint256);

    /// @notice Who would be paid what, by level from the seller up, if a sale were settled now by the plan in force.
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
    /// @return batches Batches recorded; the next sequence is one more.
    /// @return fragments Fragments in use; the next new fragment is one more.
    /// @return plans Plans announced.
    function counts() external view returns (uint256 batches, uint256 fragments, uint256 plans);

    /// @notice State of a batch that was recorded.
    /// @return open Whether sales of it are still to be settled.
    /// @return settled Sales of it settled so far; 0 once it is closed.
    function batchOf(uint256 batch) external view returns (bool open, uint256 settled);

    /// @notice A recorder's cap per period and what is left of it now; zeros for any other account.
    function recorderOf(address recorder) external view returns (uint256 cap, uint256 left);

    /// @notice The packed accounts of `count` fragments from number `from`, for readers that check every balance.
    function fragmentsOf(uint256 from, uint256 count) external view returns (uint256[] memory words);
}
