// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Commission } from "../../../contracts/libraries/Commission.sol";
import { Fragment, LANES, fragmentOf, laneOf } from "../../../contracts/types/Fragment.sol";
import { MAX_LEVELS, Plan } from "../../../contracts/types/Plan.sol";
import { PlanRow, packRow } from "../../../contracts/types/PlanRow.sol";
import { packTerms } from "../../../contracts/types/PlanTerms.sol";
import { MAX_LINE } from "../../../contracts/types/SettledLine.sol";
import { ACTIVE, CLOSED, CommissionModel, INACTIVE, Share, Standing } from "../CommissionModel.sol";
import { eq } from "../Vm.sol";

/// @notice The walks up the tree against each other and against the plain model: the same lines, balances and sums.
/// @dev Each run compares 104 sales, so that the long profile of hardhat.config.ts makes 1,040,000 pairs in each of the two tests.
contract CommissionTest {
    uint256 private constant DISTRIBUTORS = 80;
    uint256 private constant SALES = 104;
    /// @dev So that no balance outgrows its bits, as in a ledger.
    uint256 private constant MAX_VOLUME = 1e6;
    uint256 private constant MAX_RATE = 900;
    uint256 private constant BY_DIFFERENCE = 1;
    uint256 private constant BY_GENERATION = 2;

    Fragment[1 << 24] private _one;
    Fragment[1 << 24] private _other;
    uint256 private _fragments;
    uint256 private _seed;

    /// @notice `payPlain` against `payLevels`, and both against the model, on plans that are plain.
    function testFuzz_BothWalksPayAPlainPlanAlike(uint256 seed) external {
        _seed = seed;
        Standing[] memory all = _growTree();
        Plan memory plan = _drawPlan(0, 0, 1);
        plan.reach = uint16(64 + _random(937));
        uint256[] memory sales = _sales();
        Commission.Rules memory rules = _rulesOf(plan);

        bytes32 before = _words(_one);
        (bytes memory asked, uint256 askedUnits) = _pay(_payPlain, rules, sales, false);
        require(_words(_one) == before, "asking writes nothing");
        (bytes memory plainLines, uint256 plainUnits) = _pay(_payPlain, rules, sales, true);
        (bytes memory generalLines, uint256 generalUnits) = _pay(_payOther, rules, sales, true);

        require(keccak256(asked) == keccak256(plainLines), "lines asked for and paid");
        eq(askedUnits, plainUnits, "units asked for and paid");
        require(keccak256(plainLines) == keccak256(generalLines), "lines");
        eq(plainUnits, generalUnits, "units");
        require(_words(_one) == _words(_other), "balances");
        _checkModel(plan, all, sales, plainLines, plainUnits);
    }

    /// @notice The general walks against the model on plans of every kind and compression.
    function testFuzz_EveryPlanIsPaidAsTheModelSays(uint256 seed) external {
        _seed = seed;
        Standing[] memory all = _growTree();
        uint256 kind = _random(3);
        uint256 rows = [1, 2, 2 + _random(5), 16][_random(4)];
        Plan memory plan = _drawPlan(kind, _random(kind == BY_DIFFERENCE ? 2 : 3), rows);
        plan.reach = uint16(1 + _random(DISTRIBUTORS));
        uint256[] memory sales = _sales();
        Commission.Rules memory rules = _rulesOf(plan);

        bytes32 before = _words(_one);
        (bytes memory asked, uint256 askedUnits) = _pay(_payGeneral, rules, sales, false);
        require(_words(_one) == before, "asking writes nothing");
        (bytes memory lines, uint256 units) = _pay(_payGeneral, rules, sales, true);
        require(keccak256(asked) == keccak256(lines), "lines asked for and paid");
        eq(askedUnits, units, "units asked for and paid");
        _checkModel(plan, all, sales, lines, units);
    }

    function _payPlain(
        Commission.Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) private returns (uint256, uint256) {
        return Commission.payPlain(_one, rules.rows[0], sales, start, commit);
    }

    function _payOther(
        Commission.Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) private returns (uint256, uint256) {
        return Commission.payLevels(_other, rules, sales, start, commit);
    }

    function _payGeneral(
        Commission.Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) private returns (uint256, uint256) {
        return
            rules.terms.kind() == BY_DIFFERENCE
                ? Commission.payDifferences(_one, rules, sales, start, commit)
                : Commission.payLevels(_one, rules, sales, start, commit);
    }

    function _pay(
        function(Commission.Rules memory, uint256[] memory, uint256, bool) returns (uint256, uint256) walk,
        Commission.Rules memory rules,
        uint256[] memory sales,
        bool commit
    ) private returns (bytes memory lines, uint256 units) {
        lines = new bytes(SALES * MAX_LINE + 32);
        uint256 start;
        assembly ("memory-safe") {
            start := add(lines, 32)
        }
        uint256 end;
        (end, units) = walk(rules, sales, start, commit);
        require(end - start <= lines.length, "lines within their buffer");
        assembly ("memory-safe") {
            mstore(lines, sub(end, start))
        }
    }

    /// @dev What was paid is what the model says: each line, each balance and the sum. A lane whose distributor has moved holds
    /// the new id and nothing else, whatever was sold under the old one.
    function _checkModel(
        Plan memory plan,
        Standing[] memory all,
        uint256[] memory sales,
        bytes memory lines,
        uint256 units
    ) private view {
        uint256[] memory owed = new uint256[](all.length);
        bytes memory wanted;
        uint256 sum = 0;
        for (uint256 i = 0; i < sales.length; ++i) {
            (uint256 sellerId, uint256 volume) = (sales[i] >> 32, uint32(sales[i]));
            uint256 seller = _numberOf(all, sellerId);
            Share[] memory shares;
            if (volume != 0 && seller != 0) shares = CommissionModel.sharesOf(plan, all, seller, sellerId);
            wanted = bytes.concat(wanted, CommissionModel.lineOf(all, shares, sellerId, volume));
            for (uint256 level = 0; level < shares.length; ++level) {
                owed[shares[level].number] += volume * shares[level].rate;
                sum += volume * shares[level].rate;
            }
        }
        require(keccak256(lines) == keccak256(wanted), "lines of the model");
        eq(units, sum, "units of the model");
        eq(owed[0], 0, "paid to nobody");
        for (uint256 number = 1; number < all.length; ++number) {
            Fragment fragment = _one[fragmentOf(all[number].id)];
            eq(fragment.balanceOf(laneOf(all[number].id)), owed[number], "balance of the model");
            eq(fragment.movedTo(laneOf(all[number].id)), 0, "moved again");
            uint256 old = _movedFrom[number];
            if (old != 0) eq(_one[fragmentOf(old)].movedTo(laneOf(old)), all[number].id, "moved to");
        }
    }

    /// @dev Ids that distributors had before they moved.
    mapping(uint256 number => uint256 id) private _movedFrom;

    function _numberOf(Standing[] memory all, uint256 id) private view returns (uint256 number) {
        for (number = all.length - 1; number != 0; --number) {
            if (all[number].id == id || _movedFrom[number] == id) break;
        }
    }

    /// @dev A tree of any shape, now and then one line, with distributors who are inactive, have left or have moved.
    function _growTree() private returns (Standing[] memory all) {
        all = new Standing[](DISTRIBUTORS + 1);
        bool isLine = _random(3) == 0;
        for (uint256 number = 1; number <= DISTRIBUTORS; ++number) {
            // Half of them below the last, so that lines are longer than any plan reaches.
            uint256 sponsor = isLine || _random(2) == 0 ? number - 1 : _random(number);
            (all[number].sponsor, all[number].sponsorId) = (sponsor, all[sponsor].id);
            all[number].id = _place(all[sponsor].id);
        }
        uint256 mostly = _random(2);
        for (uint256 number = 1; number <= DISTRIBUTORS; ++number) {
            Standing memory standing = all[number];
            (uint256 fragment, uint256 lane) = (fragmentOf(standing.id), laneOf(standing.id));
            uint256 fate = _random(12);
            standing.rank = fate == 0 || _random(4) == 0 ? 0 : _random(16);
            standing.status =
                fate == 0
                    ? CLOSED
                    : fate < 3 || (mostly == 1 && fate < 9)
                        ? INACTIVE
                        : ACTIVE;
            Fragment word = _one[fragment];
            _put(fragment, fate == 0 ? word.close(lane) : word.withStanding(lane, standing.rank, standing.status));
            if (fate == 0 || lane == 0 || _random(4) != 0) continue;
            uint256 moved = ++_fragments;
            _put(moved, _one[fragment].settleIn(lane, standing.sponsorId));
            _put(fragment, _one[fragment].moveAway(lane, moved << 2));
            (_movedFrom[number], standing.id) = (standing.id, moved << 2);
        }
    }

    function _place(uint256 sponsor) private returns (uint256 id) {
        uint256 number = fragmentOf(sponsor);
        uint256 free = _one[number].occupancy();
        if (sponsor != 0 && free < LANES && _random(4) != 0) {
            _put(number, _one[number].place(free, sponsor));
            return (number << 2) | free;
        }
        number = ++_fragments;
        _put(number, Fragment.wrap(0).place(0, sponsor));
        return number << 2;
    }

    function _put(uint256 number, Fragment fragment) private {
        _one[number] = fragment;
        _other[number] = fragment;
    }

    function _drawPlan(uint256 kind, uint256 compression, uint256 rows) private returns (Plan memory plan) {
        (plan.kind, plan.compression) = (uint8(kind), uint8(compression));
        if (kind == BY_GENERATION) plan.boundaryRank = uint8(1 + _random(_random(4) == 0 ? 15 : 3));
        plan.ratesBps = new uint16[][](rows);
        for (uint256 row = 0; row < rows; ++row) {
            plan.ratesBps[row] = new uint16[](kind == BY_DIFFERENCE ? 2 : 1 + _random(MAX_LEVELS + 1));
            for (uint256 level = 0; level < plan.ratesBps[row].length; ++level) {
                // The highest rate of a plan by difference is the whole of a rank.
                uint256 most = kind == BY_DIFFERENCE && level == 1 ? 8000 : MAX_RATE;
                plan.ratesBps[row][level] = uint16(_random(6) == 0 ? 0 : _random(most + 1));
            }
        }
    }

    function _rulesOf(Plan memory plan) private pure returns (Commission.Rules memory rules) {
        rules = Commission.Rules(packTerms(plan, 0, 0), new PlanRow[](plan.ratesBps.length), 0);
        for (uint256 row = 0; row < rules.rows.length; ++row) {
            rules.rows[row] = packRow(plan.ratesBps[row]);
            uint256 reach = plan.kind == BY_DIFFERENCE ? plan.ratesBps[row][1] : plan.ratesBps[row].length;
            if (reach > rules.top) rules.top = reach;
        }
    }

    /// @dev Of any lane, taken or empty, and now and then without volume.
    function _sales() private returns (uint256[] memory sales) {
        sales = new uint256[](SALES);
        for (uint256 i = 0; i < SALES; ++i) {
            uint256 seller = ((1 + _random(_fragments)) << 2) | _random(LANES);
            sales[i] = (seller << 32) | (_random(8) == 0 ? 0 : _random(MAX_VOLUME + 1));
        }
    }

    function _words(Fragment[1 << 24] storage fragments) private view returns (bytes32) {
        uint256[] memory words = new uint256[](_fragments + 1);
        for (uint256 number = 0; number <= _fragments; ++number) words[number] = Fragment.unwrap(fragments[number]);
        return keccak256(abi.encode(words));
    }

    function _random(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }
}
