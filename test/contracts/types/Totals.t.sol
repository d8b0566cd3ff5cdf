// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { MAX_CUSTODY, Totals } from "../../../contracts/types/Totals.sol";
import { bound, eq } from "../Vm.sol";

/// @dev The same fields, unpacked.
struct Fields {
    uint256 free;
    uint256 reserved;
    uint256 owed;
    uint256 entries;
    uint256 fragments;
    uint256 plan;
    uint256 due;
    uint256 plans;
    bool paused;
    bool selling;
}

contract TotalsTest {
    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        Fields memory fields = Fields({
            free: word & ((1 << 50) - 1),
            reserved: (word >> 50) & ((1 << 50) - 1),
            owed: (word >> 100) & ((1 << 50) - 1),
            entries: (word >> 150) & ((1 << 32) - 1),
            fragments: (word >> 182) & ((1 << 24) - 1),
            plan: (word >> 206) & type(uint16).max,
            due: (word >> 222) & type(uint16).max,
            plans: (word >> 238) & type(uint16).max,
            paused: (word >> 254) & 1 == 1,
            selling: word >> 255 == 1
        });
        _same(Totals.wrap(word), fields);
    }

    function testFuzz_DepositAddsToTheFloat(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, MAX_CUSTODY - fields.free - fields.reserved - fields.owed);
        fields.free += units;
        _same(totals.deposit(units), fields);
    }

    function testFuzz_ReserveMovesFromTheFloat(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.free);
        Totals after_ = totals.reserve(units);
        fields.free -= units;
        fields.reserved += units;
        _same(after_, fields);
        eq(Totals.unwrap(after_.release(units)), Totals.unwrap(totals), "released again");
    }

    function testFuzz_ReleaseMovesBackToTheFloat(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.reserved);
        fields.reserved -= units;
        fields.free += units;
        _same(totals.release(units), fields);
    }

    function testFuzz_PayMovesFromReservedToOwed(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.reserved);
        fields.reserved -= units;
        fields.owed += units;
        _same(totals.pay(units), fields);
    }

    function testFuzz_DisburseTakesFromOwed(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.owed);
        fields.owed -= units;
        _same(totals.disburse(units), fields);
    }

    function testFuzz_TakeTakesFromTheFloat(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.free);
        fields.free -= units;
        _same(totals.take(units), fields);
    }

    function testFuzz_PausedIsOneBitAlone(uint256 seed, bool paused) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        fields.paused = paused;
        _same(totals.setPaused(paused), fields);
        eq(Totals.unwrap(totals.setPaused(paused).setPaused(totals.isPaused())), Totals.unwrap(totals), "set back");
    }

    function testFuzz_CountersCountAlone(uint256 seed, uint256 entries) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        entries = bound(entries, 0, 1000);
        fields.entries += entries;
        _same(totals = totals.addEntries(entries), fields);
        ++fields.fragments;
        _same(totals = totals.addFragment(), fields);
        ++fields.plans;
        _same(totals = totals.addPlan(), fields);
    }

    function testFuzz_AdoptPutsAPlanInForce(uint256 seed, uint16 version, uint16 due) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        (fields.plan, fields.due) = (version, due);
        _same(totals.adopt(version, due), fields);
    }

    function testFuzz_OpenMovesFromTheFloatToOwed(uint256 seed, uint256 units) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        units = bound(units, 0, fields.free);
        fields.free -= units;
        fields.owed += units;
        _same(totals.open(units), fields);
    }

    function testFuzz_SellingIsForGood(uint256 seed) external pure {
        (Totals totals, Fields memory fields) = _random(seed);
        fields.selling = true;
        _same(totals.withSales(), fields);
        _same(totals.withSales().withSales(), fields);
    }

    /// @dev Any totals that a ledger can have, with room for the counters to count.
    function _random(uint256 seed) private pure returns (Totals totals, Fields memory fields) {
        fields.free = uint256(keccak256(abi.encode(seed, 0))) % (MAX_CUSTODY + 1);
        fields.reserved = uint256(keccak256(abi.encode(seed, 1))) % (MAX_CUSTODY - fields.free + 1);
        fields.owed = uint256(keccak256(abi.encode(seed, 2))) % (MAX_CUSTODY - fields.free - fields.reserved + 1);
        fields.entries = uint256(keccak256(abi.encode(seed, 3))) % ((1 << 32) - 1000);
        fields.due = uint256(keccak256(abi.encode(seed, 4))) % (1 << 16);
        fields.fragments = uint256(keccak256(abi.encode(seed, 5))) % ((1 << 24) - 1);
        fields.plan = uint256(keccak256(abi.encode(seed, 6))) % (1 << 16);
        fields.plans = uint256(keccak256(abi.encode(seed, 7))) % ((1 << 16) - 1);
        fields.paused = uint256(keccak256(abi.encode(seed, 8))) % 2 == 1;
        uint256 word = fields.free | (fields.reserved << 50) | (fields.owed << 100) | (fields.entries << 150);
        word |= (fields.fragments << 182) | (fields.plan << 206) | (fields.due << 222) | (fields.plans << 238);
        fields.selling = uint256(keccak256(abi.encode(seed, 9))) % 2 == 1;
        totals = Totals.wrap(word | (fields.paused ? 1 << 254 : 0) | (fields.selling ? 1 << 255 : 0));
    }

    function _same(Totals totals, Fields memory fields) private pure {
        eq(totals.float(), fields.free, "float");
        eq(totals.reserved(), fields.reserved, "reserved");
        eq(totals.owed(), fields.owed, "owed");
        eq(totals.entries(), fields.entries, "entries");
        eq(totals.due(), fields.due, "due");
        eq(totals.fragments(), fields.fragments, "fragments");
        eq(totals.plan(), fields.plan, "plan");
        eq(totals.plans(), fields.plans, "plans");
        require(totals.isPaused() == fields.paused, "paused");
        require(totals.hasSales() == fields.selling, "selling");
    }
}
