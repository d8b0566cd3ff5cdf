// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Plan } from "../../contracts/types/Plan.sol";

/// @notice Where a distributor stands. Distributors are numbers in an array, whatever ids they have; number 0 is nobody.
struct Standing {
    uint256 id;
    /// Who stands above, 0 for a root, and the id by which the ledger knows that; it may be one that they had before.
    uint256 sponsor;
    uint256 sponsorId;
    uint256 rank;
    uint256 status;
}

/// @notice A level of a sale: who is paid for it, 0 where it stays unpaid.
struct Share {
    uint256 number;
    uint256 rate;
}

uint256 constant ACTIVE = 1;
uint256 constant INACTIVE = 2;
uint256 constant CLOSED = 3;

/// @notice Who is paid what for a sale, as the manual says it: one distributor after the other.
library CommissionModel {
    uint256 private constant BY_DIFFERENCE = 1;
    uint256 private constant BY_GENERATION = 2;
    uint256 private constant STAYS_UNPAID = 0;
    uint256 private constant DYNAMIC = 2;
    uint256 private constant MAX_SHARES = 17;

    /// @notice The levels of a sale with volume by distributor `seller`, recorded under `sellerId`, the seller first.
    function sharesOf(
        Plan memory plan,
        Standing[] memory all,
        uint256 seller,
        uint256 sellerId
    ) internal pure returns (Share[] memory) {
        Share[] memory shares = new Share[](MAX_SHARES);
        shares[0] = all[seller].status == ACTIVE ? Share(seller, _rowOf(plan, all[seller])[0]) : Share(0, 0);
        // Each id that is looked at counts, also one that only leads to another.
        uint256 looked = all[seller].id == sellerId ? 0 : 1;
        uint256 count =
            plan.kind == BY_DIFFERENCE
                ? _differences(plan, all, seller, looked, shares)
                : _levels(plan, all, seller, looked, shares);
        assembly ("memory-safe") {
            mstore(shares, count)
        }
        return shares;
    }

    /// @notice The line of a sale, as the journal has it, with `volume` counted.
    function lineOf(
        Standing[] memory all,
        Share[] memory shares,
        uint256 sellerId,
        uint256 volume
    ) internal pure returns (bytes memory line) {
        line = abi.encodePacked(uint32(sellerId), uint32(volume), uint8(shares.length));
        for (uint256 level = 0; level < shares.length; ++level) {
            line = bytes.concat(line, bytes5(uint40((all[shares[level].number].id << 14) | shares[level].rate)));
        }
    }

    /// @dev Each distributor (of the boundary rank or above) has the next level, unless compression passes them over.
    function _levels(
        Plan memory plan,
        Standing[] memory all,
        uint256 seller,
        uint256 looked,
        Share[] memory shares
    ) private pure returns (uint256 level) {
        uint256 longest = 0;
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            if (plan.ratesBps[row].length > longest) longest = plan.ratesBps[row].length;
        }
        level = 1;
        for (uint256 below = seller; all[below].sponsor != 0 && level < longest && looked < plan.reach;) {
            uint256 number = all[below].sponsor;
            looked += _steps(all, below);
            below = number;
            if (plan.kind == BY_GENERATION && all[number].rank < plan.boundaryRank) continue;
            uint16[] memory rates = _rowOf(plan, all[number]);
            bool isActive = all[number].status == ACTIVE;
            if (isActive && level < rates.length) {
                shares[level] = Share(number, rates[level]);
            } else {
                if (plan.compression == DYNAMIC) continue;
                if (plan.compression != STAYS_UNPAID && !isActive) continue;
                shares[level] = Share(0, 0);
            }
            ++level;
        }
    }

    /// @dev Each distributor whose rank has a higher rate than all below has the difference.
    function _differences(
        Plan memory plan,
        Standing[] memory all,
        uint256 seller,
        uint256 looked,
        Share[] memory shares
    ) private pure returns (uint256 count) {
        uint256 highest = 0;
        count = 1;
        for (uint256 below = seller; all[below].sponsor != 0 && looked < plan.reach;) {
            uint256 number = all[below].sponsor;
            looked += _steps(all, below);
            below = number;
            uint256 rate = _rowOf(plan, all[number])[1];
            bool isActive = all[number].status == ACTIVE;
            if (rate <= highest) continue;
            if (!isActive && plan.compression != STAYS_UNPAID) continue;
            shares[count++] = isActive ? Share(number, rate - highest) : Share(0, 0);
            highest = rate;
        }
    }

    /// @dev Ids between a distributor and the one above: that one's, and the one that they had before, if it leads there.
    function _steps(Standing[] memory all, uint256 below) private pure returns (uint256) {
        return all[all[below].sponsor].id == all[below].sponsorId ? 1 : 2;
    }

    /// @dev The rates of somebody's rank; a rank past the last row has the last.
    function _rowOf(Plan memory plan, Standing memory standing) private pure returns (uint16[] memory) {
        uint256 last = plan.ratesBps.length - 1;
        return plan.ratesBps[standing.rank < last ? standing.rank : last];
    }
}
