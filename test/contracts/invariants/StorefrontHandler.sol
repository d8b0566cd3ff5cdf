// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";

import { CLOSED } from "../CommissionModel.sol";
import { eq, vm } from "../Vm.sol";
import { ChangesHandler } from "./ChangesHandler.sol";
import { Habit } from "./TokenHabits.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { IStorefront, OrderState, Quote, QuoteSignature } from "../../../contracts/interfaces/IStorefront.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { MAX_COUNT_CAP, MAX_UNIT_CAP } from "../../../contracts/types/RecorderWord.sol";

/// @notice Purchases at a storefront of the ledger: paid, given back, completed, and what comes of the price.
/// @dev There is one where the token at most freezes wallets; what other tokens do to a storefront is in
/// test/contracts/Storefront.books.test.ts.
abstract contract StorefrontHandler is ChangesHandler {
    struct BookedOrder {
        bytes32 quote;
        address buyer;
        uint256 seller;
        /// Index in `batches`.
        uint256 batch;
        uint256 price;
        uint256 margin;
        uint256 reserved;
        OrderState state;
        bool takenBack;
    }

    uint256 private constant QUOTER_KEY = 0x40073;
    uint256 private constant UNITS_PER_CENT = 10_000;
    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 product,uint256 seller,uint256 buyerClass,uint256 priceCents,uint256 volumeCents,uint256 marginCents,address buyer,uint256 expiry,bytes32 salt)"
    );

    IStorefront public storefront;
    BookedOrder[] internal orders;
    mapping(uint256 seller => uint256 units) internal margins;
    uint256 internal proceeds;

    function _openStorefront() internal {
        if (habit != Habit.Freezes) return;
        storefront = IStorefront(_deploy("Storefront", abi.encode(ledger)));
        bytes memory call = abi.encodeCall(
            ILedgerPowers.setRecorder,
            (address(storefront), MAX_UNIT_CAP, MAX_COUNT_CAP)
        );
        _announceAndWait(call);
        ledger.setRecorder(address(storefront), MAX_UNIT_CAP, MAX_COUNT_CAP);
        delete actFrom[keccak256(call)];
        _bookRecorder(address(storefront), MAX_UNIT_CAP, MAX_COUNT_CAP);
        bytes32 role = keccak256("QUOTER_ROLE");
        _announceAndWait(abi.encodeCall(IAccessControl.grantRole, (role, vm.addr(QUOTER_KEY))));
        ledger.grantRole(role, vm.addr(QUOTER_KEY));
        _enter(Journal.roleChanged(head, role, vm.addr(QUOTER_KEY), true));
    }

    /// @notice Somebody buys; sometimes for a price that the commissions could outgrow.
    function buy(uint256 seed) external acting(seed) {
        _buy();
    }

    function _buy() private {
        if (habit != Habit.Freezes) return;
        Quote memory quote = _drawQuote();
        address buyer = _drawWallet();
        if (_tokenRefusal(buyer).length != 0) return;
        if (_chance(4)) quote.buyer = _chance(4) ? _drawWallet() : buyer;
        Sale[] memory sales = new Sale[](1);
        sales[0] = Sale(quote.buyerClass, quote.seller, quote.priceCents, quote.volumeCents);
        dollar.mint(buyer, quote.priceCents * UNITS_PER_CENT * unit);
        vm.prank(buyer);
        dollar.approve(address(storefront), quote.priceCents * UNITS_PER_CENT * unit);
        bytes32 structHash = keccak256(abi.encode(QUOTE_TYPEHASH, quote));
        bytes32 domain = _domainOf("Plumbline Storefront", address(storefront));
        QuoteSignature memory signed = QuoteSignature(vm.addr(QUOTER_KEY), _signWith(QUOTER_KEY, domain, structHash));
        bytes memory refusal = _buyRefusal(quote, buyer, _reservedFor(_planAt(time), sales));
        (bool done, bytes memory answer) = _attemptAt(
            address(storefront),
            buyer,
            abi.encodeCall(IStorefront.buy, (quote, signed)),
            refusal
        );
        if (!done) return;
        require(abi.decode(answer, (bytes32)) == structHash, "hash of a quote");
        _bookOrder(structHash, buyer, quote, sales);
    }

    /// @notice The buyer gives an order back, perhaps when it is too late. What is not taken back in the ledger is,
    /// later.
    function returnOrder(uint256 seed) external acting(seed) {
        // Often of a fresh order, so that many are inside their window.
        if (_chance(2)) _buy();
        if (orders.length == 0) return;
        uint256 index = _drawOrder();
        BookedOrder storage order = orders[index];
        if (order.state == OrderState.Returned && _chance(2)) return _takeBackReturned(order);
        address sender = _chance(8) ? _drawWallet() : order.buyer;
        bytes memory call = abi.encodeCall(IStorefront.returnOrder, (order.quote));
        uint256 before = dollar.balanceOf(order.buyer);
        // The storefront may have used up its allowance.
        bool isAllowed = _freeingRefusal(address(storefront), order.reserved).length == 0;
        (bool done, ) = _attemptAt(address(storefront), sender, call, _giveBackRefusal(order, sender));
        if (!done) return;
        eq(dollar.balanceOf(order.buyer), before + order.price * unit, "refund");
        order.state = OrderState.Returned;
        if (isAllowed) _bookTakenBack(order);
    }

    /// @notice An order is completed, perhaps too early.
    function complete(uint256 seed) external acting(seed) {
        if (orders.length == 0) return;
        BookedOrder storage order = orders[_drawOrder()];
        uint256 endsAt = batches[order.batch].recordedAt + returnWindow;
        if (time < endsAt && _chance(2)) vm.warp(time = endsAt);
        bytes memory refusal =
            order.state != OrderState.Paid
                ? _stateError(order, OrderState.Paid)
                : time < endsAt
                    ? abi.encodeWithSelector(IStorefront.ReturnWindowOpen.selector, order.quote, endsAt)
                    : bytes("");
        bytes memory call = abi.encodeCall(IStorefront.complete, (order.quote));
        (bool done, ) = _attemptAt(address(storefront), _stranger(), call, refusal);
        if (!done) return;
        order.state = OrderState.Completed;
        margins[order.seller] += order.margin;
        proceeds += order.price - order.margin - order.reserved;
        if (order.reserved == 0) return;
        free += order.reserved;
        _enter(Journal.floatFunded(head, address(storefront), order.reserved));
    }

    /// @notice A seller's margin goes to their wallet, under whatever id they have now; or is asked for by another.
    function withdrawMargin(uint256 seed) external acting(seed) {
        if (orders.length == 0) return;
        uint256 seller = orders[_drawOrder()].seller;
        address wallet = distributors[numberOf[seller]].wallet;
        if (_chance(8) || wallet == address(0)) wallet = _drawWallet();
        uint256 until = distributors[ownerOf[wallet]].heldUntil;
        uint256 units = margins[seller];
        bytes memory refusal =
            ownerOf[wallet] != numberOf[seller]
                ? abi.encodeWithSelector(IStorefront.WalletMismatch.selector, seller, wallet)
                : until > time
                    ? abi.encodeWithSelector(IStorefront.PayoutHeld.selector, wallet, until)
                    : units == 0
                        ? abi.encodeWithSelector(IStorefront.NothingSetAside.selector)
                        : _tokenRefusal(wallet);
        bytes memory call = abi.encodeCall(IStorefront.withdrawMargin, (seller, wallet));
        uint256 before = dollar.balanceOf(wallet);
        (bool done, ) = _attemptAt(address(storefront), _stranger(), call, refusal);
        if (!done) return;
        eq(dollar.balanceOf(wallet), before + units * unit, "margin");
        margins[seller] = 0;
    }

    /// @notice The company takes what is its own.
    function withdrawProceeds(uint256 seed) external acting(seed) {
        if (habit != Habit.Freezes) return;
        address sender = _chance(8) ? _stranger() : address(this);
        address to = _stranger();
        bytes memory refusal =
            sender != address(this)
                ? abi.encodeWithSelector(IStorefront.NotAdmin.selector, sender)
                : proceeds == 0
                    ? abi.encodeWithSelector(IStorefront.NothingSetAside.selector)
                    : bytes("");
        bytes memory call = abi.encodeCall(IStorefront.withdrawProceeds, (to));
        uint256 before = dollar.balanceOf(to);
        (bool done, ) = _attemptAt(address(storefront), sender, call, refusal);
        if (!done) return;
        eq(dollar.balanceOf(to), before + proceeds * unit, "proceeds");
        proceeds = 0;
    }

    /// @notice The storefront has the tokens of all that it has promised, and every order is where it was left.
    function checkStorefront() external view {
        if (habit != Habit.Freezes) return;
        uint256 openSum = 0;
        uint256 marginSum = 0;
        for (uint256 i = 0; i < orders.length; ++i) {
            BookedOrder storage order = orders[i];
            if (order.state == OrderState.Paid) openSum += order.price;
            require(storefront.orderOf(order.quote).state == order.state, "state of an order");
            require(storefront.orderOf(order.quote).takenBack == order.takenBack, "taken back");
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            eq(storefront.marginOf(ids[i]), margins[ids[i]], "margin of a seller");
            marginSum += margins[ids[i]];
        }
        (uint256 held, uint256 open, uint256 kept, uint256 rest) = storefront.solvency();
        eq(open, openSum, "open orders");
        eq(kept, marginSum, "margins");
        eq(rest, proceeds, "proceeds");
        eq(held, open + kept + rest, "held by the storefront");
        eq(dollar.balanceOf(address(storefront)), held * unit, "tokens of the storefront");
    }

    /// @notice The orders that are neither returned nor completed, for trials: quotes, buyers, prices, when their
    /// window ends.
    function openOrders()
        external
        view
        returns (bytes32[] memory quotes, address[] memory buyers, uint256[2][] memory pricesAndEnds)
    {
        uint256 count = 0;
        for (uint256 i = 0; i < orders.length; ++i) if (orders[i].state == OrderState.Paid) ++count;
        (quotes, buyers, pricesAndEnds) = (new bytes32[](count), new address[](count), new uint256[2][](count));
        for (uint256 i = orders.length; i != 0; --i) {
            BookedOrder storage order = orders[i - 1];
            if (order.state != OrderState.Paid) continue;
            (quotes[--count], buyers[count]) = (order.quote, order.buyer);
            pricesAndEnds[count] = [order.price, batches[order.batch].recordedAt + returnWindow];
        }
    }

    function _takeBackReturned(BookedOrder storage order) private {
        bytes memory call = abi.encodeCall(IStorefront.takeBack, (order.quote));
        bytes memory refusal =
            order.takenBack
                ? abi.encodeWithSelector(IStorefront.AlreadyTakenBack.selector, order.quote)
                : _returnRefusal(batches[order.batch]);
        if (refusal.length == 0) refusal = _freeingRefusal(address(storefront), order.reserved);
        (bool done, ) = _attemptAt(address(storefront), _stranger(), call, refusal);
        if (done) _bookTakenBack(order);
    }

    function _bookTakenBack(BookedOrder storage order) private {
        Sale storage sale = batches[order.batch].sales[0];
        order.takenBack = true;
        _bookTaken(batches[order.batch], Taken(0, sale.price, sale.volume));
    }

    function _bookOrder(bytes32 hash, address buyer, Quote memory quote, Sale[] memory sales) private {
        uint256 set = _reservedFor(_planAt(time), sales);
        bytes32 leaf = keccak256(abi.encode(keccak256(abi.encodePacked(uint32(0), hash))));
        _bookBatch(_recorderOf(address(storefront)), sales, leaf);
        orders.push(
            BookedOrder({
                quote: hash,
                buyer: buyer,
                seller: quote.seller,
                batch: batches.length - 1,
                price: quote.priceCents * UNITS_PER_CENT,
                margin: quote.marginCents * UNITS_PER_CENT,
                reserved: set,
                state: OrderState.Paid,
                takenBack: false
            })
        );
    }

    /// @dev One of the last few, mostly.
    function _drawOrder() private returns (uint256) {
        uint256 recent = orders.length < 4 || _chance(4) ? orders.length : 4;
        return orders.length - 1 - _draw(recent);
    }

    function _drawQuote() private returns (Quote memory quote) {
        quote.seller = _drawId();
        quote.buyerClass = _draw(3);
        quote.priceCents = 1 + _draw(1_000_000);
        quote.volumeCents = _draw(quote.priceCents + 1) / (1 + _draw(3));
        quote.marginCents = _draw(quote.priceCents + 1) / (1 + _draw(4));
        quote.expiry = _chance(16) ? time - 1 : time + _draw(1 days);
        quote.salt = _drawWord();
    }

    function _buyRefusal(Quote memory quote, address buyer, uint256 set) private view returns (bytes memory) {
        if (quote.expiry < time) return abi.encodeWithSelector(IStorefront.QuoteExpired.selector, quote.expiry);
        if (quote.buyer != address(0) && quote.buyer != buyer) {
            return abi.encodeWithSelector(IStorefront.WrongBuyer.selector, buyer, quote.buyer);
        }
        Distributor storage distributor = distributors[numberOf[quote.seller]];
        if (distributor.id == quote.seller && distributor.status == CLOSED) {
            return abi.encodeWithSelector(IStorefront.SellerGone.selector, quote.seller);
        }
        if (paused) return abi.encodeWithSelector(RecordingPaused.selector);
        bytes memory refusal = _reserveRefusal(address(storefront), 1, set);
        if (refusal.length != 0) return refusal;
        uint256 price = quote.priceCents * UNITS_PER_CENT;
        uint256 margin = quote.marginCents * UNITS_PER_CENT;
        return
            margin + set > price
                ? abi.encodeWithSelector(IStorefront.PriceTooLow.selector, price, margin, set)
                : _tokenRefusal(address(storefront));
    }

    function _giveBackRefusal(BookedOrder storage order, address sender) private view returns (bytes memory) {
        if (order.state != OrderState.Paid) return _stateError(order, OrderState.Paid);
        if (sender != order.buyer) return abi.encodeWithSelector(IStorefront.NotBuyer.selector, sender, order.buyer);
        uint256 endsAt = batches[order.batch].recordedAt + returnWindow;
        if (time >= endsAt) return abi.encodeWithSelector(IStorefront.ReturnWindowOver.selector, order.quote, endsAt);
        return _tokenRefusal(order.buyer);
    }

    function _stateError(BookedOrder storage order, OrderState needed) private view returns (bytes memory) {
        return abi.encodeWithSelector(IStorefront.UnexpectedState.selector, order.quote, order.state, needed);
    }
}
