// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Books kept beside a ledger: what the manual says must come of each call, worked out the long way with plain
/// mappings, so that no mistake in the ledger's packing can be in them too.
abstract contract LedgerBooks {
    struct Sale {
        uint256 class;
        uint256 seller;
        uint256 price;
        uint256 volume;
    }

    struct BookedPlan {
        uint256 startsAt;
        uint256 total;
        uint256[3] weights;
        uint16[] rates;
    }

    struct BookedBatch {
        uint256 plan;
        uint256 recordedAt;
        uint256 settled;
        bytes records;
        bytes reversals;
        /// What reversals have left.
        Sale[] sales;
    }

    uint256 public free;
    uint256 public reserved;
    uint256 public owed;
    uint256 public entries;
    uint256[] public ids;
    mapping(uint256 id => bool) public isEnrolled;
    mapping(uint256 id => bool) public hasWallet;
    mapping(uint256 id => uint256) public sponsorOf;
    mapping(uint256 id => uint256) public owedTo;
    /// Everything ever credited and paid: what is settled falls only by payout.
    mapping(uint256 id => uint256) public creditedTo;
    mapping(uint256 id => uint256) public paidTo;
    /// Index is fragment minus one: how many people it has.
    uint256[] internal lanes;
    /// Index is version minus one.
    BookedPlan[] internal plans;
    /// Index is batch minus one.
    BookedBatch[] internal batches;

    function _bookPerson(uint256 id, uint256 sponsor, bool wallet) internal {
        if (id & 3 == 0) lanes.push(1);
        else ++lanes[(id >> 2) - 1];
        ids.push(id);
        isEnrolled[id] = true;
        hasWallet[id] = wallet;
        sponsorOf[id] = sponsor;
        ++entries;
    }

    function _bookPlan(uint256 startsAt, uint16[] memory rates, uint256[3] memory weights) internal {
        uint256 total = 0;
        for (uint256 i = 0; i < rates.length; ++i) total += rates[i];
        plans.push(BookedPlan(startsAt, total, weights, rates));
        ++entries;
    }

    function _planAt(uint256 time) internal view returns (uint256 version) {
        for (uint256 i = 0; i < plans.length; ++i) if (plans[i].startsAt <= time) version = i + 1;
    }

    function _counted(uint256 version, Sale memory sale) internal view returns (uint256) {
        return (sale.volume * plans[version - 1].weights[sale.class]) / 10_000;
    }

    function _reservedFor(uint256 version, Sale memory sale) internal view returns (uint256) {
        return _counted(version, sale) * plans[version - 1].total;
    }

    /// @dev Books the settlement of one sale: the seller and each sponsor by level, and the rest back to the float.
    function _bookSettled(uint256 version, Sale memory sale) internal {
        uint256 volume = _counted(version, sale);
        uint256 paid = 0;
        uint256 id = isEnrolled[sale.seller] ? sale.seller : 0;
        uint16[] storage rates = plans[version - 1].rates;
        for (uint256 level = 0; level < rates.length && id != 0; ++level) {
            uint256 amount = volume * rates[level];
            owedTo[id] += amount;
            creditedTo[id] += amount;
            paid += amount;
            id = sponsorOf[id];
        }
        uint256 set = _reservedFor(version, sale);
        reserved -= set;
        owed += paid;
        free += set - paid;
    }

    function _bookPayout(uint256 id) internal returns (uint256 units) {
        units = owedTo[id];
        owedTo[id] = 0;
        paidTo[id] += units;
        owed -= units;
        ++entries;
    }
}
