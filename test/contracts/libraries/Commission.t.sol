// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Commission } from "../../../contracts/libraries/Commission.sol";
import {
    Fragment,
    LANES,
    STATUS_INACTIVE,
    fragmentOf,
    laneOf,
    load,
    store
} from "../../../contracts/types/Fragment.sol";
import { MAX_LEVELS, Plan } from "../../../contracts/types/Plan.sol";
import { PlanRow, packRow } from "../../../contracts/types/PlanRow.sol";
import { packTerms } from "../../../contracts/types/PlanTerms.sol";
import { MAX_LINE } from "../../../contracts/types/SettledLine.sol";
import { eq } from "../Vm.sol";

/// @notice The two walks up the tree pay a plain plan alike: the same lines, the same balances, the same sum.
contract CommissionTest {
    uint256 private constant DISTRIBUTORS = 48;
    uint256 private constant SALES = 12;
    /// @dev So that no balance outgrows its bits, as in a ledger.
    uint256 private constant MAX_VOLUME = 1e6;
    uint256 private constant MAX_RATE = 900;

    Fragment[1 << 24] private _plain;
    Fragment[1 << 24] private _ranked;
    uint256 private _fragments;
    uint256 private _seed;

    function testFuzz_BothWalksPayAPlainPlanAlike(uint256 seed) external {
        _seed = seed;
        _growTree();
        PlanRow row = _rates();
        uint256[] memory sales = _sales();

        bytes memory before = _words(_plain);
        (bytes memory asked, uint256 askedUnits) = _payPlain(row, sales, false);
        require(keccak256(_words(_plain)) == keccak256(before), "asking writes nothing");
        (bytes memory plainLines, uint256 plainUnits) = _payPlain(row, sales, true);
        (bytes memory rankedLines, uint256 rankedUnits) = _payByRank(row, sales);

        require(keccak256(asked) == keccak256(plainLines), "lines asked for and paid");
        eq(askedUnits, plainUnits, "units asked for and paid");
        require(keccak256(plainLines) == keccak256(rankedLines), "lines");
        eq(plainUnits, rankedUnits, "units");
        require(keccak256(_words(_plain)) == keccak256(_words(_ranked)), "balances");
    }

    function _payPlain(
        PlanRow row,
        uint256[] memory sales,
        bool commit
    ) private returns (bytes memory lines, uint256 units) {
        lines = new bytes(SALES * MAX_LINE + 32);
        uint256 start = _contentOf(lines);
        uint256 end;
        (end, units) = Commission.payPlain(_plain, row, sales, start, commit);
        _cut(lines, end - start);
    }

    function _payByRank(PlanRow row, uint256[] memory sales) private returns (bytes memory lines, uint256 units) {
        Plan memory plan;
        plan.ratesBps = new uint16[][](1);
        Commission.Rules memory rules = Commission.Rules(packTerms(plan, 0, 0), new PlanRow[](1), row.length());
        rules.rows[0] = row;
        lines = new bytes(SALES * MAX_LINE + 32);
        uint256 start = _contentOf(lines);
        uint256 end = start;
        for (uint256 i = 0; i < sales.length; ++i) {
            uint256 bps;
            (end, bps) = Commission.payByRank(_ranked, rules, sales[i] >> 32, uint32(sales[i]), end, true);
            units += uint32(sales[i]) * bps;
        }
        _cut(lines, end - start);
    }

    /// @dev A tree of any shape, with distributors who are inactive, have left or have moved to another id.
    function _growTree() private {
        uint256[] memory ids = new uint256[](DISTRIBUTORS);
        for (uint256 i = 0; i < DISTRIBUTORS; ++i) {
            // Half of them below the last, so that lines are longer than any plan reaches.
            uint256 above = _random(2) == 0 ? 1 : _random(i + 1);
            ids[i] = _place(i == 0 || above == 0 ? 0 : ids[i - above]);
        }
        for (uint256 i = 0; i < DISTRIBUTORS; ++i) {
            uint256 fate = _random(8);
            (uint256 number, uint256 lane) = (fragmentOf(ids[i]), laneOf(ids[i]));
            Fragment fragment = load(_plain, number);
            if (fate == 0) _put(number, fragment.close(lane));
            else if (fate == 1) _put(number, fragment.withStanding(lane, _random(16), STATUS_INACTIVE));
            else if (fate == 2 && lane != 0) {
                uint256 sponsor = fragment.sponsorOf(number, lane);
                uint256 moved = ++_fragments;
                _put(moved, fragment.settleIn(lane, sponsor));
                _put(number, fragment.moveAway(lane, moved << 2));
            }
        }
    }

    function _place(uint256 sponsor) private returns (uint256 id) {
        uint256 number = fragmentOf(sponsor);
        uint256 free = load(_plain, number).occupancy();
        if (sponsor != 0 && free < LANES && _random(4) != 0) {
            _put(number, load(_plain, number).place(free, sponsor));
            return (number << 2) | free;
        }
        number = ++_fragments;
        _put(number, Fragment.wrap(0).place(0, sponsor));
        return number << 2;
    }

    function _put(uint256 number, Fragment fragment) private {
        store(_plain, number, fragment);
        store(_ranked, number, fragment);
    }

    function _rates() private returns (PlanRow) {
        uint16[] memory rates = new uint16[](1 + _random(MAX_LEVELS + 1));
        for (uint256 i = 0; i < rates.length; ++i) {
            rates[i] = _random(6) == 0 ? 0 : uint16(_random(MAX_RATE + 1));
        }
        return packRow(rates);
    }

    /// @dev Of any lane, taken or empty, and now and then without volume.
    function _sales() private returns (uint256[] memory sales) {
        sales = new uint256[](SALES);
        for (uint256 i = 0; i < SALES; ++i) {
            uint256 seller = ((1 + _random(_fragments)) << 2) | _random(LANES);
            sales[i] = (seller << 32) | (_random(8) == 0 ? 0 : _random(MAX_VOLUME + 1));
        }
    }

    function _words(Fragment[1 << 24] storage fragments) private view returns (bytes memory words) {
        for (uint256 number = 0; number <= _fragments; ++number) {
            words = abi.encodePacked(words, Fragment.unwrap(load(fragments, number)));
        }
    }

    function _random(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    function _contentOf(bytes memory buffer) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := add(buffer, 32)
        }
    }

    function _cut(bytes memory buffer, uint256 size) private pure {
        require(size <= buffer.length, "lines within their buffer");
        assembly ("memory-safe") {
            mstore(buffer, size)
        }
    }
}
