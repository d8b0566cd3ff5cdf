// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerFactory } from "../../contracts/LedgerFactory.sol";
import { ICommissionLedger } from "../../contracts/interfaces/ICommissionLedger.sol";
import { LedgerRequest } from "../../contracts/interfaces/ILedgerFactory.sol";
import { vm } from "./Vm.sol";
import { TestDollar } from "../../contracts/mocks/TestDollar.sol";
import { Plan } from "../../contracts/types/Plan.sol";

/// @notice A ledger whose admin and recorder is the test itself.
abstract contract LedgerTest {
    uint256 internal constant ALL = type(uint256).max;

    ICommissionLedger internal ledger;
    TestDollar internal token;

    function _open(bool compact, uint32 returnWindow, uint16[] memory rates) internal {
        token = new TestDollar(6);
        _create(address(token), compact, returnWindow, 7 days, _plan(rates, [uint16(10_000), 5000, 2500]));
        ledger.setRecorder(address(this), type(uint64).max);
        token.approve(address(ledger), type(uint256).max);
    }

    function _create(address token_, bool compact, uint32 returnWindow, uint32 planNotice, Plan memory plan) internal {
        address powers = _deploy("LedgerPowers", "");
        LedgerFactory factory = new LedgerFactory(_deploy("CommissionLedger", abi.encode(powers)));
        LedgerRequest memory request = LedgerRequest({
            token: token_,
            returnWindow: returnWindow,
            planNotice: planNotice,
            capPeriod: 1 days,
            compact: compact,
            admin: address(this),
            adminDelay: 1 days,
            plan: plan
        });
        ledger = ICommissionLedger(factory.createLedger(request, 0));
    }

    /// @dev From the compiled artifact: with `new`, the compiler would compile the ledger again for every test
    /// contract.
    function _deploy(string memory name, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = bytes.concat(vm.getCode(name), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        require(deployed != address(0), name);
    }

    function _fund(uint256 units) internal {
        token.mint(address(this), units);
        ledger.fund(units);
    }

    function _plan(uint16[] memory rates, uint16[3] memory weights) internal pure returns (Plan memory plan) {
        plan.ceilingBps = 10_000;
        plan.weightsBps = weights;
        plan.ratesBps = new uint16[][](1);
        plan.ratesBps[0] = rates;
    }

    function _distributor(uint256 id, uint256 sponsor, address wallet) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32(id), uint32(sponsor), wallet);
    }

    function _sale(uint256 class, uint256 seller, uint256 price, uint256 volume) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32((class << 26) | seller), uint32(price), uint32(volume));
    }

    function _walletOf(uint256 id) internal pure returns (address) {
        return address(uint160(0xD15712B0700000000000000000000000) + uint160(id));
    }
}
