// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Wallets: claimed, changed, recovered, and held.
abstract contract WalletHandler is LedgerDriver {
    uint256 private constant CLAIMED = 1;
    uint256 private constant CHANGED = 2;
    uint256 private constant RECOVERED = 3;
    uint256 private constant RECOVERY_DELAY = 14 days;
    uint256 private constant MAX_HOLD = 30 days;
    uint256 private constant HOLD_GAP = 7 days;
    uint256 private constant FORGER_KEY = 0xF0463;

    bytes32 private constant CLAIM_TYPEHASH = keccak256("ClaimVoucher(uint256 id,address wallet,uint256 deadline)");
    bytes32 private constant CONSENT_TYPEHASH = keccak256(
        "WalletConsent(uint256 id,address from,address to,uint256 nonce,uint256 deadline)"
    );

    /// @notice Somebody enrolled without a wallet claims one with a registrar's voucher, which is sometimes another's.
    function claimWallet(uint256 seed) external acting(seed) {
        uint256 number = _drawUnclaimed();
        Distributor storage distributor = distributors[number];
        address wallet = _chance(8) ? _drawWallet() : _drawFreeWallet();
        if (wallet == address(0)) return;
        uint256 deadline = time + _draw(1 days);
        bool isForged = _chance(8);
        bytes memory signature = _signForLedger(
            isForged ? FORGER_KEY : REGISTRAR_KEY,
            keccak256(abi.encode(CLAIM_TYPEHASH, distributor.id, wallet, deadline))
        );
        address registrar = vm.addr(isForged && _chance(2) ? FORGER_KEY : REGISTRAR_KEY);
        bytes memory refusal =
            distributor.wallet != address(0)
                ? abi.encodeWithSelector(NothingToClaim.selector, distributor.id)
                : registrar == vm.addr(FORGER_KEY)
                    ? abi.encodeWithSelector(NotRegistrar.selector, registrar)
                    : _takenRefusal(wallet);
        if (refusal.length == 0 && isForged) {
            refusal = abi.encodeWithSelector(WrongSignature.selector, registrar);
        }
        bytes memory call = abi.encodeCall(
            ILedgerPowers.claimWallet,
            (distributor.id, wallet, deadline, registrar, signature)
        );
        (bool done, ) = _attempt(_stranger(), call, refusal);
        if (done) _setWallet(number, wallet, CLAIMED);
    }

    /// @notice Somebody goes over to another wallet, which agrees.
    function changeWallet(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        address to = _chance(8) ? _drawWallet() : _drawFreeWallet();
        if (to == address(0)) return;
        uint256 number = ownerOf[wallet];
        Distributor storage distributor = distributors[number];
        uint256 deadline = time + _draw(1 days);
        bytes memory signature = _signatureOf(
            to,
            keccak256(abi.encode(CONSENT_TYPEHASH, distributor.id, wallet, to, distributor.nonce, deadline))
        );
        bytes memory refusal = number == 0 ? abi.encodeWithSelector(UnknownWallet.selector, wallet) : _takenRefusal(to);
        bytes memory call = abi.encodeCall(ILedgerPowers.changeWallet, (to, deadline, signature));
        (bool done, ) = _attempt(wallet, call, refusal);
        if (!done) return;
        ++distributor.nonce;
        _setWallet(number, to, CHANGED);
    }

    /// @notice The company offers to replace a wallet, and does so when the time has come.
    function recover(uint256 seed) external acting(seed) {
        address wallet = _drawRecovery();
        uint256 number = ownerOf[wallet];
        Distributor storage distributor = distributors[number];
        if (number == 0 || distributor.recoverableFrom == 0) {
            if (_chance(2)) _propose(wallet);
            else _attempt(abi.encodeCall(ILedgerPowers.recoverWallet, (wallet)), _error(NoRecovery.selector, wallet));
            return;
        }
        if (_chance(8)) return _propose(wallet);
        if (time < distributor.recoverableFrom && _chance(2)) vm.warp(time = distributor.recoverableFrom);
        bytes memory refusal =
            time < distributor.recoverableFrom
                ? abi.encodeWithSelector(RecoveryTooEarly.selector, wallet, distributor.recoverableFrom)
                : _takenRefusal(distributor.newWallet);
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.recoverWallet, (wallet)), refusal);
        if (!done) return;
        ++distributor.nonce;
        _setWallet(number, distributor.newWallet, RECOVERED);
    }

    /// @notice The owner says no, or the company thinks better of it.
    function cancelRecovery(uint256 seed) external acting(seed) {
        if (!_chance(3)) return;
        address wallet = _drawRecovery();
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bytes memory refusal = distributor.recoverableFrom == 0 ? _error(NoRecovery.selector, wallet) : bytes("");
        bool byOwner = ownerOf[wallet] == 0 || _chance(2);
        (bool done, ) = byOwner
            ? _attempt(wallet, abi.encodeCall(ILedgerPowers.cancelRecovery, ()), refusal)
            : _attempt(abi.encodeCall(ILedgerPowers.proposeRecovery, (wallet, address(0))), refusal);
        if (!done) return;
        (distributor.newWallet, distributor.recoverableFrom) = (address(0), 0);
        _enter(Journal.recoverySet(head, distributor.id, wallet, address(0), 0));
    }

    /// @notice Compliance holds a wallet's payouts, shortens a hold, or asks for more than it may.
    function hold(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bool isOn = distributor.heldUntil > time;
        uint256 latest = isOn ? distributor.heldUntil : time + MAX_HOLD;
        uint256 until = _chance(8) ? latest + _draw(2) : time + _draw(MAX_HOLD);
        bytes32 reason = _drawWord();
        bytes memory refusal =
            until <= time || until > latest
                ? abi.encodeWithSelector(HoldOutOfRange.selector, until, latest)
                : bytes("");
        uint256 possibleFrom = distributor.heldUntil + HOLD_GAP;
        if (distributor.heldUntil != 0 && !isOn && time < possibleFrom) {
            refusal = abi.encodeWithSelector(HoldTooSoon.selector, wallet, possibleFrom);
        }
        if (ownerOf[wallet] == 0) refusal = _error(UnknownWallet.selector, wallet);
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.hold, (wallet, until, reason)), refusal);
        if (done) _setHold(distributor, until, reason);
    }

    function releaseHold(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        for (uint256 i = 0; i < 8 && distributors[ownerOf[wallet]].heldUntil <= time; ++i) wallet = _drawOwnedWallet();
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bytes32 reason = _drawWord();
        bytes memory refusal =
            ownerOf[wallet] == 0
                ? _error(UnknownWallet.selector, wallet)
                : distributor.heldUntil <= time
                    ? _error(NotHeld.selector, wallet)
                    : bytes("");
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.releaseHold, (wallet, reason)), refusal);
        if (done) _setHold(distributor, time, reason);
    }

    function _propose(address wallet) private {
        Distributor storage distributor = distributors[ownerOf[wallet]];
        address to = _chance(8) ? _drawWallet() : _drawFreeWallet();
        if (to == address(0)) return;
        bytes memory refusal =
            ownerOf[wallet] == 0
                ? _error(UnknownWallet.selector, wallet)
                : distributor.recoverableFrom != 0
                    ? abi.encodeWithSelector(RecoveryPending.selector, wallet, distributor.recoverableFrom)
                    : _takenRefusal(to);
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.proposeRecovery, (wallet, to)), refusal);
        if (!done) return;
        (distributor.newWallet, distributor.recoverableFrom) = (to, time + RECOVERY_DELAY);
        _enter(Journal.recoverySet(head, distributor.id, wallet, to, distributor.recoverableFrom));
    }

    function _setWallet(uint256 number, address to, uint256 how) private {
        address from = distributors[number].wallet;
        _bookWallet(number, to);
        _enter(Journal.walletSet(head, distributors[number].id, from, to, how));
    }

    function _setHold(Distributor storage distributor, uint256 until, bytes32 reason) private {
        distributor.heldUntil = until;
        _enter(Journal.holdSet(head, distributor.id, until, reason));
    }

    /// @dev Somebody without a wallet, if a few draws find one.
    function _drawUnclaimed() private returns (uint256 number) {
        number = _drawDistributor();
        for (uint256 i = 0; i < 6 && distributors[number].wallet != address(0); ++i) number = _drawDistributor();
    }

    /// @dev A wallet with a recovery under way, if a few draws find one.
    function _drawRecovery() private returns (address wallet) {
        wallet = _drawOwnedWallet();
        for (uint256 i = 0; i < 6 && distributors[ownerOf[wallet]].recoverableFrom == 0; ++i)
            wallet = _drawOwnedWallet();
    }

    function _error(bytes4 selector, address wallet) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, wallet);
    }
}
