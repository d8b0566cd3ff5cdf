// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchModel } from "../BatchModel.sol";
import { LedgerTest } from "../LedgerTest.sol";
import { vm } from "../Vm.sol";
import { ChunkReversals, ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { COMPRESSION_DYNAMIC, MAX_REACH, Plan } from "../../../contracts/types/Plan.sol";

/// @notice The dearest things that can be asked of a ledger stay far below what a transaction can carry.
contract WorstSaleTest is LedgerTest {
    uint256 private constant MAX_SALE_GAS = 3_000_000;
    uint256 private constant MAX_RETURN_GAS = 75_000;
    uint256 private constant TRANSACTION_GAS = 21_000;
    uint256 private constant START = 1_800_000_000;
    string private constant GROUP = "CommissionLedger";

    /// @notice Reach 1,000, nobody above the seller counts, and each is in a fragment of their own.
    function test_aLineOfAThousandFragments() external {
        _openDynamic(14 days);
        uint256 seller = _enrolLine(MAX_REACH, false);
        _settleOne(seller, "settle 1 sale, 1,000 fragments above");
    }

    /// @notice The same, and everybody above has moved to another fragment, so that half of what is looked at is old ids.
    function test_aLineOfAThousandWhoHaveMoved() external {
        _openDynamic(0);
        uint256 seller = _enrolLine(MAX_REACH, true);
        bytes memory sale = _sale(0, seller, 10_000, 10_000);
        (uint256 batch, ) = ledger.recordSales(sale, 1, 0, 1);
        uint256 used = vm.snapshotGasLastCall(GROUP, "record and settle 1 sale at once, 1,000 moved above");
        require(used + TRANSACTION_GAS <= MAX_SALE_GAS, "the worst sale");
        (bool open, ) = ledger.batchOf(batch);
        require(!open, "settled");
    }

    /// @notice A return in the largest batch, with its transaction and calldata.
    function test_aReturnInABatchOfAThousand() external {
        _openDynamic(14 days);
        ledger.enrol(_distributor(4, 0, _walletOf(4)));
        bytes memory sales;
        for (uint256 i = 0; i < 1000; ++i) sales = bytes.concat(sales, _sale(0, 4, 10_000 + i, 10_000));
        ledger.recordSales(sales, 1, 0, 1);
        ChunkReversals[] memory chunks = new ChunkReversals[](1);
        chunks[0] = BatchModel.reversalsIn(sales, 31, _reversal(500, 10_500, 10_000));
        vm.warp(START + 1 days);
        ledger.reverse(1, 1, START, 1000, chunks);
        uint256 used = vm.snapshotGasLastCall(GROUP, "reverse 1 sale of 1,000");
        bytes memory call = abi.encodeCall(ILedgerCore.reverse, (1, 1, START, 1000, chunks));
        for (uint256 i = 0; i < call.length; ++i) used += call[i] == 0 ? 4 : 16;
        require(used + TRANSACTION_GAS <= MAX_RETURN_GAS, "a return");
    }

    function _openDynamic(uint32 returnWindow) private {
        vm.warp(START);
        uint16[] memory rates = new uint16[](11);
        for (uint256 level = 0; level < 11; ++level) rates[level] = 100;
        Plan memory plan = _plan(rates, [uint16(10_000), 5000, 2500]);
        (plan.compression, plan.reach) = (COMPRESSION_DYNAMIC, uint16(MAX_REACH));
        // Rank 0 is paid for its own sales alone, so that a walk finds nobody.
        plan.ratesBps = new uint16[][](2);
        plan.ratesBps[0] = new uint16[](1);
        plan.ratesBps[1] = rates;
        _openWith(true, returnWindow, plan);
        _fund(1 << 44);
    }

    /// @dev A line of distributors, each in the first lane of a fragment; or each moved there from the second lane of another,
    /// from the lowest up, so that each is below the old id of the next.
    function _enrolLine(uint256 above, bool moved) private returns (uint256 last) {
        for (uint256 i = 0; i <= above; ++i) {
            uint256 id = (i + 1) << 2;
            if (!moved) {
                ledger.enrol(_distributor(id, last, _walletOf(id)));
                last = id;
            } else {
                last = id | 1;
                bytes memory root = _distributor(id, 0, _walletOf(id));
                ledger.enrol(bytes.concat(root, _distributor(last, id, _walletOf(last))));
            }
        }
        for (uint256 id = last; moved && id != 5; id -= 4) {
            ledger.correctSponsor(id, _walletOf(id), id - 4, "moved");
            require(ledger.movedTo(id) != 0, "moved");
        }
    }

    function _settleOne(uint256 seller, string memory name) private {
        bytes memory sale = _sale(0, seller, 10_000, 10_000);
        ledger.recordSales(sale, 1, 0, 1);
        vm.warp(START + 14 days);
        ledger.settle(1, sale, 1, START, ALL);
        uint256 used = vm.snapshotGasLastCall(GROUP, name);
        require(used + TRANSACTION_GAS <= MAX_SALE_GAS, "the worst sale");
    }
}
