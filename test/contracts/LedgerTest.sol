// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerFactory } from "../../contracts/LedgerFactory.sol";
import { ICommissionLedger } from "../../contracts/interfaces/ICommissionLedger.sol";
import { LedgerRequest, RecorderGrant, RoleGrant } from "../../contracts/interfaces/ILedgerFactory.sol";
import { vm } from "./Vm.sol";
import { TestDollar } from "../../contracts/mocks/TestDollar.sol";
import { MIN_REACH, Plan } from "../../contracts/types/Plan.sol";
import { MAX_COUNT_CAP, MAX_UNIT_CAP } from "../../contracts/types/RecorderWord.sol";

/// @notice A ledger whose admin and first recorder is the test itself.
abstract contract LedgerTest {
    uint256 internal constant ALL = type(uint256).max;

    ICommissionLedger internal ledger;
    TestDollar internal token;

    function _open(bool compact, uint32 returnWindow, uint16[] memory rates) internal {
        _openWith(compact, returnWindow, _plan(rates, [uint16(10_000), 5000, 2500]));
    }

    function _openWith(bool compact, uint32 returnWindow, Plan memory plan) internal {
        token = new TestDollar(6);
        LedgerRequest memory request = _request(address(token), compact, returnWindow, plan);
        request.planNotice = 7 days;
        _create(request);
        token.approve(address(ledger), type(uint256).max);
    }

    /// @dev Without a return window nothing waits for anything.
    function _request(
        address token_,
        bool compact,
        uint32 returnWindow,
        Plan memory plan
    ) internal view returns (LedgerRequest memory) {
        RecorderGrant[] memory recorders = new RecorderGrant[](1);
        recorders[0] = RecorderGrant(address(this), MAX_UNIT_CAP, MAX_COUNT_CAP);
        return
            LedgerRequest({
                token: token_,
                unit: 1,
                returnWindow: returnWindow,
                planNotice: 1 days,
                capPeriod: 1 days,
                compact: compact,
                admin: address(this),
                adminDelay: 1 days,
                delay: returnWindow == 0 ? 0 : 1 days,
                plan: plan,
                roles: new RoleGrant[](0),
                recorders: recorders
            });
    }

    function _create(LedgerRequest memory request) internal {
        address powers = _deploy("LedgerPowers", "");
        address changes = _deploy("LedgerChanges", "");
        LedgerFactory factory = new LedgerFactory(_deploy("CommissionLedger", abi.encode(powers, changes)));
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
        plan.reach = uint16(MIN_REACH);
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

    function _reversal(uint256 index, uint256 price, uint256 volume) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32(index), uint32(price), uint32(volume));
    }

    function _walletOf(uint256 id) internal pure returns (address) {
        return address(uint160(0xD15712B0700000000000000000000000) + uint160(id));
    }
}
