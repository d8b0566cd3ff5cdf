// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { Habit } from "./TokenHabits.sol";
import { ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Money in and out, with wallets that the token's issuer has frozen among the payees.
abstract contract MoneyHandler is LedgerDriver {
    /// @dev Far below what a ledger can count.
    uint256 private constant MAX_UNITS = 1 << 46;

    bytes32 private constant WITHDRAW_TYPEHASH = keccak256(
        "WithdrawTo(uint256 id,address wallet,address to,uint256 nonce,uint256 deadline)"
    );

    function fund(uint256 seed) external acting(seed) {
        uint256 units =
            1 +
                _draw(
                    _chance(4)
                        ? 1 << 42
                        : _chance(4)
                            ? 2
                            : 1 << 36
                );
        if (free + reserved + owed + units <= MAX_UNITS) _fundFrom(_stranger(), units);
    }

    /// @notice Tokens that come without being funded are swept into the float by anyone.
    function sweep(uint256 seed) external acting(seed) {
        uint256 custody = free + reserved + owed;
        if (_chance(2) && custody < MAX_UNITS) _mint(address(ledger), address(ledger), (1 + _draw(1 << 30)) * unit);
        uint256 units = dollar.balanceOf(address(ledger)) / unit - custody;
        bytes memory refusal = units == 0 ? abi.encodeWithSelector(NothingReceived.selector) : bytes("");
        (bool done, bytes memory answer) = _attempt(_stranger(), abi.encodeCall(ILedgerCore.sweep, ()), refusal);
        if (!done) return;
        eq(abi.decode(answer, (uint256)), units, "swept");
        free += units;
        _enter(Journal.surplusSwept(head, units));
    }

    function withdraw(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        uint256 number = ownerOf[wallet];
        bytes memory refusal = _payRefusal(wallet);
        if (refusal.length == 0) refusal = _emptyRefusal(wallet, wallet);
        uint256 before = dollar.balanceOf(wallet);
        bytes memory call = abi.encodeCall(ILedgerCore.withdraw, (wallet));
        (bool done, bytes memory answer) = _attempt(_stranger(), call, refusal);
        if (!done) return;
        uint256 units = _bookPayout(number);
        eq(abi.decode(answer, (uint256)), units, "paid out");
        eq(dollar.balanceOf(wallet), before + _arriving(units * unit), "arrived");
        _enter(Journal.payout(head, distributors[number].id, wallet, units));
    }

    /// @notice Pays several at once: whoever is frozen, held, owed nothing or nobody is skipped, and all others have
    /// their money.
    function payOut(uint256 seed) external acting(seed) {
        address[] memory payees = new address[](1 + _draw(8));
        uint256[] memory before = new uint256[](payees.length);
        for (uint256 i = 0; i < payees.length; ++i) {
            payees[i] = _drawOwnedWallet();
            before[i] = dollar.balanceOf(payees[i]);
        }
        bytes memory call = abi.encodeCall(ILedgerCore.payOut, (payees));
        (bool done, bytes memory answer) = _attempt(_stranger(), call, "");
        if (!done) return;
        uint256 sum = 0;
        for (uint256 i = 0; i < payees.length; ++i) {
            Distributor storage distributor = distributors[ownerOf[payees[i]]];
            uint256 units = distributor.owed;
            bool isPaid =
                ownerOf[payees[i]] != 0 &&
                    units != 0 &&
                    distributor.heldUntil <= time &&
                    _tokenRefusal(payees[i]).length == 0;
            if (!isPaid) continue;
            sum += _bookPayout(ownerOf[payees[i]]);
            _enter(Journal.payout(head, distributor.id, payees[i], units));
            eq(dollar.balanceOf(payees[i]), before[i] + _arriving(units * unit), "arrived");
        }
        eq(abi.decode(answer, (uint256)), sum, "paid out in all");
    }

    /// @notice A payout elsewhere, as the wallet's owner has signed; now and then too late, or signed for another
    /// nonce.
    function withdrawTo(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        address to = _chance(4) ? _drawWallet() : _stranger();
        uint256 deadline = time + _draw(1 days);
        bool isReplay = _chance(8);
        bytes memory signature = _signatureOf(wallet, _orderOf(wallet, to, deadline, isReplay ? 1 : 0));
        if (_chance(8)) deadline = time - 1;
        bytes memory refusal = _payRefusal(wallet);
        if (refusal.length == 0 && deadline < time) {
            refusal = abi.encodeWithSelector(SignatureExpired.selector, deadline);
        } else if (refusal.length == 0 && isReplay) {
            refusal = abi.encodeWithSelector(WrongSignature.selector, wallet);
        } else if (refusal.length == 0) {
            refusal = _emptyRefusal(wallet, to);
        }
        uint256 before = dollar.balanceOf(to);
        bytes memory call = abi.encodeCall(ILedgerPowers.withdrawTo, (wallet, to, deadline, signature));
        (bool done, bytes memory answer) = _attempt(_stranger(), call, refusal);
        if (!done) return;
        uint256 units = _bookRedirected(wallet, to);
        eq(abi.decode(answer, (uint256)), units, "paid out elsewhere");
        eq(dollar.balanceOf(to), before + _arriving(units * unit), "arrived elsewhere");
    }

    /// @notice The token gets a bad habit, such as a frozen wallet, or loses it.
    function spoil(uint256 seed) external acting(seed) {
        _spoil(address(ledger), _drawOwnedWallet(), _chance(habit == Habit.Freezes ? 2 : 4));
    }

    function _fundFrom(address sender, uint256 units) internal {
        _mint(address(ledger), sender, units * unit);
        vm.prank(sender);
        dollar.approve(address(ledger), units * unit);
        uint256 received = _arriving(units * unit) / unit;
        bytes memory refusal = _tokenRefusal(address(ledger));
        if (refusal.length == 0 && received == 0) refusal = abi.encodeWithSelector(NothingReceived.selector);
        (bool done, bytes memory answer) = _attempt(sender, abi.encodeCall(ILedgerCore.fund, (units)), refusal);
        if (!done) return;
        eq(abi.decode(answer, (uint256)), received, "funded");
        free += received;
        _enter(Journal.floatFunded(head, sender, received));
    }

    /// @dev What the owner of `wallet` signs, for a nonce so much later than theirs.
    function _orderOf(address wallet, address to, uint256 deadline, uint256 later) private view returns (bytes32) {
        Distributor storage distributor = distributors[ownerOf[wallet]];
        return
            keccak256(abi.encode(WITHDRAW_TYPEHASH, distributor.id, wallet, to, distributor.nonce + later, deadline));
    }

    function _bookRedirected(address wallet, address to) private returns (uint256 units) {
        units = _bookPayout(ownerOf[wallet]);
        ++distributors[ownerOf[wallet]].nonce;
        _enter(Journal.payoutRedirected(head, distributors[ownerOf[wallet]].id, wallet, to, units));
    }

    function _payRefusal(address wallet) private view returns (bytes memory) {
        if (ownerOf[wallet] == 0) return abi.encodeWithSelector(UnknownWallet.selector, wallet);
        uint256 until = distributors[ownerOf[wallet]].heldUntil;
        return until > time ? abi.encodeWithSelector(PayoutHeld.selector, wallet, until) : bytes("");
    }

    function _emptyRefusal(address wallet, address to) private view returns (bytes memory) {
        if (distributors[ownerOf[wallet]].owed == 0) return abi.encodeWithSelector(NothingOwed.selector, wallet);
        return _tokenRefusal(to);
    }
}
