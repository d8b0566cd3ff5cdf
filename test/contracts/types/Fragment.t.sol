// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    Fragment,
    LANES,
    MAX_BALANCE,
    MAX_FRAGMENT,
    STATUS_ACTIVE,
    STATUS_NONE,
    fragmentOf,
    laneOf,
    load,
    store
} from "../../../contracts/types/Fragment.sol";
import { bound, eq } from "../Vm.sol";

contract FragmentTest {
    Fragment[1 << 24] private _fragments;

    function testFuzz_IdIsFragmentAndLane(uint256 number, uint256 lane) external pure {
        number = bound(number, 0, MAX_FRAGMENT);
        lane = bound(lane, 0, LANES - 1);
        uint256 id = (number << 2) | lane;
        eq(fragmentOf(id), number, "fragment");
        eq(laneOf(id), lane, "lane");
    }

    function testFuzz_PlacedPeopleHaveTheirSponsors(
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

    function testFuzz_CreditTouchesOnlyItsBalance(uint256 word, uint256 lane, uint256 amount) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment before = Fragment.wrap(word);
        amount = bound(amount, 0, MAX_BALANCE - before.balanceOf(lane));
        Fragment credited = before.credit(lane, amount);
        eq(credited.balanceOf(lane), before.balanceOf(lane) + amount, "balance");
        _sameBut(before, credited, lane);
    }

    function testFuzz_DebitAllTouchesOnlyItsBalance(uint256 word, uint256 lane) external pure {
        lane = bound(lane, 0, LANES - 1);
        Fragment before = Fragment.wrap(word);
        Fragment debited = before.debitAll(lane);
        eq(debited.balanceOf(lane), 0, "balance");
        _sameBut(before, debited, lane);
        Fragment again = debited.credit(lane, before.balanceOf(lane));
        eq(Fragment.unwrap(again), word, "credited back");
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
            eq(fragment.balanceOf(lane), bits & ((1 << 50) - 1), "balance");
            eq(fragment.rankOf(lane), (bits >> 50) & 15, "rank");
            eq(fragment.statusOf(lane), bits >> 54, "status");
        }
        eq(fragment.sponsorOf(number, 0), (word >> 224) & ((1 << 26) - 1), "first sponsor");
        eq(fragment.sponsorOf(number, 2), (number << 2) | ((word >> 252) & 3), "sponsor of lane 2");
        eq(fragment.sponsorOf(number, 3), (number << 2) | (word >> 254), "sponsor of lane 3");
    }

    function testFuzz_StoreAndLoadAgreeWithTheArray(uint256 number, uint256 word) external {
        number = bound(number, 0, MAX_FRAGMENT);
        store(_fragments, number, Fragment.wrap(word));
        eq(Fragment.unwrap(_fragments[number]), word, "element");
        eq(Fragment.unwrap(load(_fragments, number)), word, "loaded");
        eq(Fragment.unwrap(load(_fragments, number ^ 1)), 0, "neighbour");
    }

    /// @dev Everything but the balance in `lane` is the same.
    function _sameBut(Fragment one, Fragment other, uint256 lane) private pure {
        uint256 rest = ~(MAX_BALANCE << (lane * 56));
        eq(Fragment.unwrap(one) & rest, Fragment.unwrap(other) & rest, "rest of the word");
    }
}
