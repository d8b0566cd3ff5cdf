// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerBooks } from "./LedgerBooks.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice Who is paid what for a sale, as the manual says it: one distributor after the other.
abstract contract CommissionModel is LedgerBooks {
    /// @dev A level: who is paid for it, 0 where it stays unpaid.
    struct Share {
        uint256 number;
        uint256 rate;
    }

    uint256 private constant BY_LEVEL = 0;
    uint256 private constant BY_DIFFERENCE = 1;
    uint256 private constant BY_GENERATION = 2;
    uint256 private constant STAYS_UNPAID = 0;
    uint256 private constant DYNAMIC = 2;

    /// @dev The most distributors above the seller that are looked at.
    uint256 private constant REACH = 64;
    uint256 private constant MAX_SHARES = 17;

    /// @dev The levels of a sale with volume by `seller`, the seller first.
    function _sharesOf(Plan memory plan, uint256 seller) internal view returns (Share[] memory) {
        Share[] memory shares = new Share[](MAX_SHARES);
        shares[0] = _isActive(seller) ? Share(seller, _rowOf(plan, seller)[0]) : Share(0, 0);
        uint256 above = distributors[seller].sponsor;
        uint256 count = plan.kind == BY_DIFFERENCE ? _differences(plan, above, shares) : _levels(plan, above, shares);
        assembly ("memory-safe") {
            mstore(shares, count)
        }
        return shares;
    }

    /// @dev Each distributor (of the boundary rank or above) has the next level, unless compression passes them over.
    function _levels(Plan memory plan, uint256 above, Share[] memory shares) private view returns (uint256 level) {
        uint256 longest = 0;
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            if (plan.ratesBps[row].length > longest) longest = plan.ratesBps[row].length;
        }
        level = 1;
        for (uint256 looked = 0; looked < REACH && above != 0 && level < longest; ++looked) {
            uint256 number = above;
            above = distributors[number].sponsor;
            if (plan.kind == BY_GENERATION && distributors[number].rank < plan.boundaryRank) continue;
            uint16[] memory rates = _rowOf(plan, number);
            if (_isActive(number) && level < rates.length) {
                shares[level] = Share(number, rates[level]);
            } else {
                if (plan.compression == DYNAMIC) continue;
                if (plan.compression != STAYS_UNPAID && !_isActive(number)) continue;
                shares[level] = Share(0, 0);
            }
            ++level;
        }
    }

    /// @dev Each distributor whose rank has a higher rate than all below has the difference.
    function _differences(Plan memory plan, uint256 above, Share[] memory shares) private view returns (uint256 count) {
        uint256 highest = 0;
        count = 1;
        for (uint256 looked = 0; looked < REACH && above != 0; ++looked) {
            uint256 number = above;
            above = distributors[number].sponsor;
            uint256 rate = _rowOf(plan, number)[1];
            if (rate <= highest) continue;
            if (!_isActive(number) && plan.compression != STAYS_UNPAID) continue;
            shares[count++] = _isActive(number) ? Share(number, rate - highest) : Share(0, 0);
            highest = rate;
        }
    }

    /// @dev Books the settlement of sales `from` to `until` of a batch: the levels' shares to distributors, the rest of
    /// what was reserved to the float, and the entry.
    function _bookSettled(uint256 batchNumber, uint256 until) internal {
        BookedBatch storage batch = batches[batchNumber - 1];
        Plan memory plan = _planOf(batch.plan);
        uint256 from = batch.settled;
        uint256 set = 0;
        uint256 credited = 0;
        bytes memory lines;
        for (uint256 i = from; i < until; ++i) {
            Sale memory sale = batch.sales[i];
            uint256 volume = _counted(plan, sale);
            set += volume * plans[batch.plan - 1].total;
            (bytes memory line, uint256 units) = _bookSale(plan, sale.seller, volume);
            lines = bytes.concat(lines, line);
            credited += units;
        }
        require(credited <= set, "the model pays more than was reserved");
        batch.settled = until;
        reserved -= set;
        owed += credited;
        free += set - credited;
        _enter(Journal.batchSettled(head, batchNumber, from, until, credited, set - credited, keccak256(lines)));
    }

    function _bookSale(
        Plan memory plan,
        uint256 sellerId,
        uint256 volume
    ) private returns (bytes memory line, uint256 credited) {
        Share[] memory shares;
        if (volume != 0 && numberOf[sellerId] != 0) shares = _sharesOf(plan, numberOf[sellerId]);
        line = abi.encodePacked(uint32(sellerId), uint32(volume), uint8(shares.length));
        for (uint256 level = 0; level < shares.length; ++level) {
            uint256 number = shares[level].number;
            uint256 rate = shares[level].rate;
            line = bytes.concat(line, abi.encodePacked(uint40((distributors[number].id << 14) | rate)));
            if (number == 0) continue;
            distributors[number].owed += volume * rate;
            distributors[number].credited += volume * rate;
            credited += volume * rate;
        }
    }

    function _counted(Plan memory plan, Sale memory sale) internal pure returns (uint256) {
        return (sale.volume * plan.weightsBps[sale.class]) / 10_000;
    }

    function _isActive(uint256 number) private view returns (bool) {
        return distributors[number].status == ACTIVE;
    }

    /// @dev The rates of somebody's rank; a rank past the last row has the last.
    function _rowOf(Plan memory plan, uint256 number) private view returns (uint16[] memory) {
        uint256 rank = distributors[number].rank;
        uint256 last = plan.ratesBps.length - 1;
        return plan.ratesBps[rank < last ? rank : last];
    }
}
