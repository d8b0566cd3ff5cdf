// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchModel } from "../BatchModel.sol";
import { LedgerTest } from "../LedgerTest.sol";
import { eq, vm } from "../Vm.sol";
import { ChunkReversals } from "../../../contracts/interfaces/ILedgerCore.sol";

/// @notice What the calls cost, kept in snapshots/ so that a change of cost is seen in review.
/// @dev Each figure is the gas of the call alone, without the 21,000 and the calldata of a transaction. The last batch
/// of the preparation makes all balances non-zero, as they are in use. Each test makes one call on the ledger, which
/// finds every slot cold.
abstract contract LedgerGasTest is LedgerTest {
    uint256 internal constant SALES = 100;
    string internal constant GROUP = "CommissionLedger";

    bytes internal sales;
    uint256 internal recordedAt;

    /// @dev One hundred lines of `levels` distributors above a seller, each line in fragments of its own, filled in
    /// order: the seller is the last of the line.
    function _prepare(bool compact, uint32 returnWindow, uint256 levels) internal {
        vm.warp(recordedAt = 1_800_000_000);
        uint16[] memory rates = new uint16[](levels + 1);
        for (uint256 level = 0; level <= levels; ++level) rates[level] = uint16(100 + 10 * level);
        _open(compact, returnWindow, rates);
        _fund(1 << 44);
        uint256 fragments = (levels + 4) / 4;
        for (uint256 line = 0; line < SALES; ++line) {
            uint256 first = (line * fragments + 1) << 2;
            bytes memory distributors;
            for (uint256 i = 0; i <= levels; ++i) {
                uint256 sponsor = i == 0 ? 0 : first + i - 1;
                distributors = bytes.concat(distributors, _distributor(first + i, sponsor, _walletOf(first + i)));
            }
            ledger.enrol(distributors);
            sales = bytes.concat(sales, _sale(0, first + levels, 10_000, 10_000));
        }
        ledger.recordSales(sales, 1, keccak256("manifest"), 1);
        if (returnWindow != 0) {
            ledger.recordSales(sales, 2, keccak256("manifest"), 1);
            vm.warp(recordedAt + returnWindow);
            ledger.settle(1, sales, 1, recordedAt, ALL);
        }
    }

    function _snapshotRecord(string memory name) internal {
        ledger.recordSales(sales, 3, keccak256("manifest"), 1);
        vm.snapshotGasLastCall(GROUP, string.concat("record 100 sales, ", name));
    }

    function _snapshotSettle(string memory name) internal {
        ledger.settle(2, sales, 1, recordedAt, ALL);
        vm.snapshotGasLastCall(GROUP, string.concat("settle 100 sales, ", name));
        (, , , uint256 owed) = ledger.solvency();
        require(owed != 0, "nothing was credited");
    }
}

contract Readable5GasTest is LedgerGasTest {
    function setUp() external {
        _prepare(false, 14 days, 5);
    }

    function test_record() external {
        _snapshotRecord("5 levels, readable");
    }

    function test_settle() external {
        _snapshotSettle("5 levels, readable");
    }
}

contract Readable10GasTest is LedgerGasTest {
    function setUp() external {
        _prepare(false, 14 days, 10);
    }

    function test_record() external {
        _snapshotRecord("10 levels, readable");
    }

    function test_settle() external {
        _snapshotSettle("10 levels, readable");
    }

    function test_enrol() external {
        bytes memory distributors;
        uint256 first = (SALES * 3 + 1) << 2;
        for (uint256 id = first; id < first + 100; ++id) {
            uint256 sponsor = id & 3 == 0 ? id - (first - 4) : id - 1;
            distributors = bytes.concat(distributors, _distributor(id, sponsor, _walletOf(id)));
        }
        ledger.enrol(distributors);
        vm.snapshotGasLastCall(GROUP, "enrol 100 distributors");
    }

    function test_withdraw() external {
        ledger.withdraw(_walletOf(4));
        vm.snapshotGasLastCall(GROUP, "withdraw");
    }

    function test_reverse() external {
        vm.warp(recordedAt + 1 days);
        ChunkReversals[] memory chunks = new ChunkReversals[](1);
        chunks[0] = BatchModel.reversalsIn(sales, 0, _reversal(7, 10_000, 10_000));
        ledger.reverse(2, 1, recordedAt, SALES, chunks);
        vm.snapshotGasLastCall(GROUP, "reverse 1 sale of 100");
    }
}

contract Compact5GasTest is LedgerGasTest {
    function setUp() external {
        _prepare(true, 14 days, 5);
    }

    function test_record() external {
        _snapshotRecord("5 levels, compact");
    }

    function test_settle() external {
        _snapshotSettle("5 levels, compact");
    }
}

contract Compact10GasTest is LedgerGasTest {
    function setUp() external {
        _prepare(true, 14 days, 10);
    }

    function test_record() external {
        _snapshotRecord("10 levels, compact");
    }

    function test_settle() external {
        _snapshotSettle("10 levels, compact");
    }
}

contract AtOnceGasTest is LedgerGasTest {
    function setUp() external {
        _prepare(true, 0, 10);
    }

    function test_recordAndSettle() external {
        ledger.recordSales(sales, 2, keccak256("manifest"), 1);
        vm.snapshotGasLastCall(GROUP, "record and settle 100 sales at once, 10 levels, compact");
        (bool open, ) = ledger.batchOf(2);
        require(!open, "settled at once");
        eq(ledger.entryCount(), 5 + 1 + SALES * 11 + 4, "entries");
    }
}
