// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    Fragment,
    LANES,
    MAX_BALANCE,
    MAX_FRAGMENT,
    RANK_MOVED,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_INACTIVE,
    STATUS_NONE,
    fragmentOf,
    laneOf
} from "../../../contracts/types/Fragment.sol";
import { bound, eq } from "../Vm.sol";

contract FragmentTest {
    uint256 private constant LANE_BITS_MASK = (1 << 56) - 1;

    function testFuzz_IdIsFragmentAndLane(uint256 number, uint256 lane) external pure {
        number = bound(number, 0, MAX_FRAGMENT);
        lane = bound(lane, 0, LANES - 1);
        uint256 id = (number << 2) | lane;
        eq(fragmentOf(id), number, "fragment");
        eq(laneOf(id), lane, "lane");
    }

    function testFuzz_PlacedDistributorsHaveTheirSponsors(
        uint256 number,
        uint256 first,
        uint256 second,
        uint256 third
    ) external pure {
        number = bound(number, 1, MAX_FRAGMENT);
        first = bound(first, 0, (1 << 26) - 1);
        second = (number << 2) | bound(second, 0, 1);
        third = (number << 2) | bound(third, 0, 2);
        uint256[4] memory sponsors = [first, number << 2, second, third];

        Fragment fragment = Fragment.wrap(0);
        for (uint256 lane = 0; lane < LANES; ++lane) {
            eq(fragment.occupancy(), lane, "occupancy before");
            eq(fragment.statusOf(lane), STATUS_NONE, "status before");
            fragment = fragment.place(lane, sponsors[lane]);
            for (uint256 other = 0; other <= lane; ++other) {
                eq(fragment.sponsorOf(number, other), sponsors[other], "sponsor");
                eq(fragment.statusOf(other), STATUS_ACTIVE, "status");
                eq(fragment.rankOf(other), 0, "rank");
                eq(fragment.balanceOf(other), 0, "balance");
            }
        }
        eq(fragment.occupancy(), LANES, "occupancy");
    }

    /// @dev Only of lanes whose distributor has not moved, before and after: what stands in place of a balance there is an id.
    /// That the ledger credits no other is shown in libraries/Commission.t.sol and by the refusals of `openBalances`.
    function testFuzz_CreditTouchesOnlyItsBalance(uint256 word, uint256 lane, uint256 amount) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment before = _unmoved(word, lane);
        amount = bound(amount, 0, MAX_BALANCE - before.balanceOf(lane));
        Fragment credited = before.credit(lane, amount);
        eq(credited.balanceOf(lane), before.balanceOf(lane) + amount, "balance");
        _sameBut(before, credited, MAX_BALANCE << (lane * 56));
    }

    function testFuzz_DebitAllTouchesOnlyItsBalance(uint256 word, uint256 lane) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment before = _unmoved(word, lane);
        Fragment debited = before.debitAll(lane);
        eq(debited.balanceOf(lane), 0, "balance");
        _sameBut(before, debited, MAX_BALANCE << (lane * 56));
        Fragment again = debited.credit(lane, before.balanceOf(lane));
        eq(Fragment.unwrap(again), Fragment.unwrap(before), "credited back");
    }

    function testFuzz_WithStandingTouchesOnlyRankAndStatus(
        uint256 word,
        uint256 lane,
        uint256 rank,
        uint256 status
    ) external pure {
        lane = bound(lane, 0, LANES - 1);
        rank = bound(rank, 0, 15);
        status = bound(status, STATUS_ACTIVE, STATUS_INACTIVE);
        Fragment before = _unmoved(word, lane);
        Fragment set = before.withStanding(lane, rank, status);
        eq(set.rankOf(lane), rank, "rank");
        eq(set.statusOf(lane), status, "status");
        eq(set.balanceOf(lane), before.balanceOf(lane), "balance");
        _sameBut(before, set, 63 << (lane * 56 + 50));
    }

    function testFuzz_CloseKeepsTheBalance(uint256 word, uint256 lane) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment before = _unmoved(word, lane);
        Fragment closed = before.close(lane);
        eq(closed.statusOf(lane), STATUS_CLOSED, "status");
        eq(closed.movedTo(lane), 0, "not moved");
        eq(closed.balanceOf(lane), before.balanceOf(lane), "balance");
        _sameBut(before, closed, 63 << (lane * 56 + 50));
    }

    function testFuzz_MovingTakesTheDistributorAndLeavesTheWay(
        uint256 word,
        uint256 lane,
        uint256 number,
        uint256 sponsor
    ) external pure {
        lane = bound(lane, 1, LANES - 1);
        number = bound(number, 1, MAX_FRAGMENT);
        sponsor = bound(sponsor, 0, (1 << 26) - 1);
        Fragment before = _unmoved(word, lane);
        Fragment here = before.settleIn(lane, sponsor);
        eq(here.balanceOf(0), before.balanceOf(lane), "balance");
        eq(here.rankOf(0), before.rankOf(lane), "rank");
        eq(here.statusOf(0), before.statusOf(lane), "status");
        eq(here.sponsorOf(number, 0), sponsor, "sponsor");
        eq(Fragment.unwrap(here) & ~(LANE_BITS_MASK | (((1 << 26) - 1) << 224)), 0, "nobody else");

        Fragment there = before.moveAway(lane, number << 2);
        eq(there.movedTo(lane), number << 2, "moved to");
        eq(there.balanceOf(lane), 0, "balance of the lane that was left");
        eq(there.statusOf(lane), STATUS_CLOSED, "status of the lane that was left");
        eq(there.rankOf(lane), RANK_MOVED, "rank of the lane that was left");
        _sameBut(before, there, LANE_BITS_MASK << (lane * 56));
    }

    function testFuzz_OnlyAClosedLaneOfRankOneHasMoved(uint256 word, uint256 lane) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment fragment = Fragment.wrap(word);
        bool moved = fragment.statusOf(lane) == STATUS_CLOSED && fragment.rankOf(lane) == RANK_MOVED;
        uint256 field = (word >> (lane * 56)) & MAX_BALANCE;
        eq(fragment.movedTo(lane), moved ? field : 0, "moved to");
        eq(fragment.balanceOf(lane), moved && field != 0 ? 0 : field, "balance");
    }

    function testFuzz_AnotherSponsorTouchesNothingElse(
        uint256 word,
        uint256 number,
        uint256 lane,
        uint256 sponsor
    ) external pure {
        number = bound(number, 1, MAX_FRAGMENT);
        Fragment before = Fragment.wrap(word);
        uint256 first = bound(sponsor, 0, (1 << 26) - 1);
        Fragment other = before.withFirstSponsor(first);
        eq(other.sponsorOf(number, 0), first, "first sponsor");
        _sameBut(before, other, ((1 << 26) - 1) << 224);

        lane = bound(lane, 2, LANES - 1);
        sponsor = bound(sponsor, 0, lane - 1);
        other = before.withLaneSponsor(lane, sponsor);
        eq(other.sponsorOf(number, lane), (number << 2) | sponsor, "sponsor of the lane");
        _sameBut(before, other, 3 << (248 + 2 * lane));
    }

    function testFuzz_OccupancyCountsFromTheLowestLane(uint256 word) external pure {
        Fragment fragment = Fragment.wrap(word);
        uint256 lanes = fragment.occupancy();
        for (uint256 lane = 0; lane < lanes; ++lane) require(fragment.statusOf(lane) != STATUS_NONE, "taken lane");
        if (lanes < LANES) eq(fragment.statusOf(lanes), STATUS_NONE, "free lane");
    }

    function testFuzz_LayoutIsTheDocumentedOne(uint256 word, uint256 number) external pure {
        number = bound(number, 1, MAX_FRAGMENT);
        Fragment fragment = Fragment.wrap(word);
        for (uint256 lane = 0; lane < LANES; ++lane) {
            uint256 bits = (word >> (56 * lane)) & ((1 << 56) - 1);
            if (fragment.movedTo(lane) == 0) eq(fragment.balanceOf(lane), bits & ((1 << 50) - 1), "balance");
            eq(fragment.rankOf(lane), (bits >> 50) & 15, "rank");
            eq(fragment.statusOf(lane), bits >> 54, "status");
        }
        eq(fragment.sponsorOf(number, 0), (word >> 224) & ((1 << 26) - 1), "first sponsor");
        eq(fragment.sponsorOf(number, 2), (number << 2) | ((word >> 252) & 3), "sponsor of lane 2");
        eq(fragment.sponsorOf(number, 3), (number << 2) | (word >> 254), "sponsor of lane 3");
    }

    /// @dev Any fragment in which the distributor of `lane` has not moved. Rank 1 of a closed lane says that they have, even with
    /// an empty balance, to which a credit would then be an id.
    function _unmoved(uint256 word, uint256 lane) private pure returns (Fragment) {
        Fragment fragment = Fragment.wrap(word);
        bool isMoved = fragment.statusOf(lane) == STATUS_CLOSED && fragment.rankOf(lane) == RANK_MOVED;
        return isMoved ? Fragment.wrap(word & ~(uint256(1) << (lane * 56 + 50))) : fragment;
    }

    /// @dev Everything outside `bits` is the same.
    function _sameBut(Fragment one, Fragment other, uint256 bits) private pure {
        eq(Fragment.unwrap(one) & ~bits, Fragment.unwrap(other) & ~bits, "rest of the word");
    }
}
