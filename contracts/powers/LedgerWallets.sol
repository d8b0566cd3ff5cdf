// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import { LedgerRoles } from "./LedgerRoles.sol";
import { LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Recovery } from "../ledger/LedgerBase.sol";
import { Journal } from "../libraries/Journal.sol";
import { Fragment, fragmentOf, laneOf } from "../types/Fragment.sol";
import { Totals } from "../types/Totals.sol";
import { WalletWord, newWalletWord } from "../types/WalletWord.sol";

/// @title LedgerWallets
/// @notice Where distributors are paid: claimed later, changed by the owner, recovered in public, or elsewhere this
/// once. And the one way in which the company takes money out.
abstract contract LedgerWallets is LedgerRoles, EIP712 {
    using SafeERC20 for IERC20;

    uint256 internal constant RECOVERY_DELAY = 14 days;

    uint256 private constant CLAIMED = 1;
    uint256 private constant CHANGED = 2;
    uint256 private constant RECOVERED = 3;

    bytes32 private constant CLAIM_TYPEHASH = keccak256("ClaimVoucher(uint256 id,address wallet,uint256 deadline)");
    bytes32 private constant CONSENT_TYPEHASH = keccak256(
        "WalletConsent(uint256 id,address from,address to,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant WITHDRAW_TYPEHASH = keccak256(
        "WithdrawTo(uint256 id,address wallet,address to,uint256 nonce,uint256 deadline)"
    );

    /// @inheritdoc ILedgerPowers
    function claimWallet(
        uint256 id,
        address wallet,
        uint256 deadline,
        address registrar,
        bytes calldata signature
    ) external {
        uint256 enrolledAt = _unclaimed[id];
        if (enrolledAt == 0) revert NothingToClaim(id);
        if (!hasRole(REGISTRAR_ROLE, registrar)) revert NotRegistrar(registrar);
        _checkWallet(wallet, _terms().token);
        _checkSignature(registrar, deadline, keccak256(abi.encode(CLAIM_TYPEHASH, id, wallet, deadline)), signature);
        delete _unclaimed[id];
        _setWallet(newWalletWord(id, enrolledAt), address(0), wallet, CLAIMED);
    }

    /// @inheritdoc ILedgerPowers
    function changeWallet(address newWallet, uint256 deadline, bytes calldata signature) external {
        WalletWord word = _wordOf(msg.sender);
        _checkWallet(newWallet, _terms().token);
        bytes32 consent = keccak256(
            abi.encode(CONSENT_TYPEHASH, word.id(), msg.sender, newWallet, word.nonce(), deadline)
        );
        _checkSignature(newWallet, deadline, consent, signature);
        delete _recoveries[msg.sender];
        _setWallet(word.withNextNonce(), msg.sender, newWallet, CHANGED);
    }

    /// @inheritdoc ILedgerPowers
    function proposeRecovery(address wallet, address newWallet) external onlyRole(DEFAULT_ADMIN_ROLE) {
        WalletWord word = _wordOf(wallet);
        uint256 pending = _recoveries[wallet].executableFrom;
        if (newWallet == address(0)) {
            if (pending == 0) revert NoRecovery(wallet);
            delete _recoveries[wallet];
            return _enterRecovery(word.id(), wallet, address(0), 0);
        }
        if (pending != 0) revert RecoveryPending(wallet, pending);
        _checkWallet(newWallet, _terms().token);
        uint256 executableFrom = block.timestamp + RECOVERY_DELAY;
        _recoveries[wallet] = Recovery(newWallet, uint40(executableFrom));
        _enterRecovery(word.id(), wallet, newWallet, executableFrom);
    }

    /// @inheritdoc ILedgerPowers
    function cancelRecovery() external {
        if (_recoveries[msg.sender].executableFrom == 0) revert NoRecovery(msg.sender);
        delete _recoveries[msg.sender];
        _enterRecovery(_wordOf(msg.sender).id(), msg.sender, address(0), 0);
    }

    /// @inheritdoc ILedgerPowers
    function recoverWallet(address wallet) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Recovery memory recovery = _recoveries[wallet];
        if (recovery.executableFrom == 0) revert NoRecovery(wallet);
        if (block.timestamp < recovery.executableFrom) revert RecoveryTooEarly(wallet, recovery.executableFrom);
        _checkWallet(recovery.newWallet, _terms().token);
        delete _recoveries[wallet];
        _setWallet(_wordOf(wallet).withNextNonce(), wallet, recovery.newWallet, RECOVERED);
    }

    /// @inheritdoc ILedgerPowers
    function withdrawTo(
        address wallet,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint256 units) {
        WalletWord word = _wordOf(wallet);
        if (word.heldUntil() > block.timestamp) revert PayoutHeld(wallet, word.heldUntil());
        LedgerTerms memory fixedTerms = _terms();
        _checkPayable(to, fixedTerms.token);
        uint256 id = word.id();
        bytes32 order = keccak256(abi.encode(WITHDRAW_TYPEHASH, id, wallet, to, word.nonce(), deadline));
        _checkSignature(wallet, deadline, order, signature);
        Fragment fragment = _fragments[fragmentOf(id)];
        units = fragment.balanceOf(laneOf(id));
        if (units == 0) revert NothingOwed(wallet);

        _wallets[wallet] = word.withNextNonce();
        _fragments[fragmentOf(id)] = fragment.debitAll(laneOf(id));
        bytes32 newHead = Journal.payoutRedirected(_head, id, wallet, to, units);
        _commitGuarded(newHead, _totals.disburse(units), 1);
        emit PayoutRedirected(id, wallet, to, units, newHead);
        IERC20(fixedTerms.token).safeTransfer(to, units * fixedTerms.unit);
    }

    /// @inheritdoc ILedgerPowers
    function withdrawFloat(uint256 units, address to) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        if (units == 0) revert ZeroUnits();
        _useAct();
        LedgerTerms memory fixedTerms = _terms();
        _checkPayable(to, fixedTerms.token);
        Totals totals = _totals;
        if (units > totals.float()) revert FloatExceeded(totals.float(), units);
        bytes32 newHead = Journal.floatWithdrawn(_head, to, units);
        _commitGuarded(newHead, totals.take(units), 1);
        emit FloatWithdrawn(to, units, newHead);
        IERC20(fixedTerms.token).safeTransfer(to, units * fixedTerms.unit);
    }

    /// @inheritdoc ILedgerPowers
    function walletOf(
        address wallet
    ) external view returns (uint256 id, uint256 enrolledAt, uint256 heldUntil, uint256 nonce) {
        WalletWord word = _wallets[wallet];
        (id, ) = _accountOf(word);
        return (id, word.enrolledAt(), word.heldUntil(), word.nonce());
    }

    /// @inheritdoc ILedgerPowers
    function unclaimedSince(uint256 id) external view returns (uint256) {
        return _unclaimed[id];
    }

    /// @inheritdoc ILedgerPowers
    function recoveryOf(address wallet) external view returns (address newWallet, uint256 executableFrom) {
        Recovery memory recovery = _recoveries[wallet];
        return (recovery.newWallet, recovery.executableFrom);
    }

    function _setWallet(WalletWord word, address from, address to, uint256 how) private {
        if (from != address(0)) _wallets[from] = WalletWord.wrap(0);
        _wallets[to] = word;
        bytes32 newHead = Journal.walletSet(_head, word.id(), from, to, how);
        _commit(newHead, _totals, 1);
        emit WalletSet(word.id(), from, to, how, newHead);
    }

    function _enterRecovery(uint256 id, address from, address to, uint256 executableFrom) private {
        bytes32 newHead = Journal.recoverySet(_head, id, from, to, executableFrom);
        _commit(newHead, _totals, 1);
        emit RecoverySet(id, from, to, executableFrom, newHead);
    }

    function _checkSignature(
        address signer,
        uint256 deadline,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        bytes32 digest = _hashTypedDataV4(structHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) revert WrongSignature(signer);
    }
}
