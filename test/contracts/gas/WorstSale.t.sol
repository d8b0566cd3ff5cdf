// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchModel } from "../BatchModel.sol";
import { LedgerTest } from "../LedgerTest.sol";
import { vm } from "../Vm.sol";
import { ChunkReversals, ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { COMPRESSION_DYNAMIC, MAX_REACH, Plan } from "../../../contracts/types/Plan.sol";

/// @notice The dearest things that can be asked of a ledger stay far below what a transaction can carry.
/// @dev Each is prepared in `setUp`, so that the call finds every slot cold.
abstract contract WorstSaleTest is LedgerTest {
    uint256 internal constant MAX_SALE_GAS = 3_000_000;
    uint256 internal constant TRANSACTION_GAS = 21_000;
    uint256 internal constant START = 1_800_000_000;
    string internal constant GROUP = "CommissionLedger";

    /// @dev Rank 0 is paid for its own sales alone, so that a walk finds nobody.
    function _openDynamic(uint32 returnWindow) internal {
        vm.warp(START);
        uint16[] memory rates = new uint16[](11);
        for (uint256 level = 0; level < 11; ++level) rates[level] = 100;
        Plan memory plan = _plan(rates, [uint16(10_000), 5000, 2500]);
        (plan.compression, plan.reach) = (COMPRESSION_DYNAMIC, uint16(MAX_REACH));
        plan.ratesBps = new uint16[][](2);
        plan.ratesBps[0] = new uint16[](1);
        plan.ratesBps[1] = rates;
        _openWith(true, returnWindow, plan);
        _fund(1 << 44);
    }

    function _keepGas(string memory name, uint256 most, uint256 calldataGas) internal {
        uint256 used = vm.snapshotGasLastCall(GROUP, name) + TRANSACTION_GAS + calldataGas;
        require(used <= most, name);
    }
}

/// @notice Reach 1,000, nobody above the seller counts, and each is in a fragment of their own.
contract ThousandFragmentsTest is WorstSaleTest {
    bytes private _sold;

    function setUp() external {
        _openDynamic(14 days);
        uint256 last = 0;
        for (uint256 i = 0; i <= MAX_REACH; ++i) {
            uint256 id = (i + 1) << 2;
            ledger.enrol(_distributor(id, last, _walletOf(id)));
            last = id;
        }
        _sold = _sale(0, last, 10_000, 10_000);
        ledger.recordSales(_sold, 1, 0, 1);
        vm.warp(START + 14 days);
    }

    function test_settle() external {
        ledger.settle(1, _sold, 1, START, ALL);
        _keepGas("settle 1 sale, 1,000 fragments above", MAX_SALE_GAS, 0);
    }
}

/// @notice The same, and everybody has moved to another fragment, so that half of what is looked at is old ids.
contract ThousandMovesTest is WorstSaleTest {
    bytes private _sold;

    /// @dev Each is moved from the second lane of a fragment, from the lowest up, so that each is below the old id of the next.
    function setUp() external {
        _openDynamic(0);
        uint256 last = 0;
        for (uint256 i = 0; i <= MAX_REACH; ++i) {
            uint256 id = (i + 1) << 2;
            last = id | 1;
            bytes memory root = _distributor(id, 0, _walletOf(id));
            ledger.enrol(bytes.concat(root, _distributor(last, id, _walletOf(last))));
        }
        for (uint256 id = last; id != 5; id -= 4) {
            ledger.correctSponsor(id, _walletOf(id), id - 4, "moved");
            require(ledger.movedTo(id) != 0, "moved");
        }
        _sold = _sale(0, last, 10_000, 10_000);
    }

    function test_recordAndSettle() external {
        ledger.recordSales(_sold, 1, 0, 1);
        _keepGas("record and settle 1 sale at once, 1,000 moved above", MAX_SALE_GAS, 0);
    }
}

contract ThousandSalesTest is WorstSaleTest {
    uint256 private constant MAX_RETURN_GAS = 75_000;
    ChunkReversals[] private _chunks;

    function setUp() external {
        _openDynamic(14 days);
        ledger.enrol(_distributor(4, 0, _walletOf(4)));
        bytes memory sales;
        for (uint256 i = 0; i < 1000; ++i) sales = bytes.concat(sales, _sale(0, 4, 10_000 + i, 10_000));
        ledger.recordSales(sales, 1, 0, 1);
        _chunks.push(BatchModel.reversalsIn(sales, 31, _reversal(500, 10_500, 10_000)));
        vm.warp(START + 1 days);
    }

    /// @notice A return in the largest batch, with its transaction and calldata.
    function test_reverse() external {
        ChunkReversals[] memory chunks = _chunks;
        bytes memory call = abi.encodeCall(ILedgerCore.reverse, (1, 1, START, 1000, chunks));
        uint256 calldataGas = 0;
        for (uint256 i = 0; i < call.length; ++i) calldataGas += call[i] == 0 ? 4 : 16;
        ledger.reverse(1, 1, START, 1000, chunks);
        _keepGas("reverse 1 sale of 1,000", MAX_RETURN_GAS, calldataGas);
    }
}
