// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerTest } from "../LedgerTest.sol";
import { bound, eq, vm } from "../Vm.sol";
import { LedgerBooks } from "./LedgerBooks.sol";

/// @notice Drives a ledger with random calls, keeps its own books, and compares after each call.
/// @dev It is in this file because the runner can only call contracts of the files that it is given. It keeps the time
/// itself, because the compiler may read the block's time once for a whole call.
contract LedgerHandler is LedgerTest, LedgerBooks {
    uint256 private constant MOST_PEOPLE = 40;
    uint256 private constant MOST_PLANS = 20;
    uint256 private constant MOST_UNITS = 1 << 44;

    uint32 private immutable _returnWindow;
    uint256 private _time = 1_800_000_000;

    constructor(bool compact, uint32 returnWindow) {
        _returnWindow = returnWindow;
        vm.warp(_time);
        uint16[] memory rates = new uint16[](4);
        (rates[0], rates[1], rates[2], rates[3]) = (2000, 1000, 500, 1);
        _open(compact, returnWindow, rates);
        _bookPlan(_time, rates, [uint256(10_000), 5000, 2500]);
        // Opening, the admin's role and delay, the plan and the recorder.
        entries = 5;
        ledger.enrol(_person(4, 0, _walletOf(4)));
        _bookPerson(4, 0, true);
        _fund(1 << 34);
        free = 1 << 34;
        ++entries;
    }

    /// @dev Every call: at the handler's time; exactly the booked entries; another head if any; balances as booked.
    modifier compared() {
        vm.warp(_time);
        bytes32 head = ledger.head();
        uint256 before = entries;
        _;
        eq(ledger.entryCount(), entries, "entries");
        require((ledger.head() != head) == (entries != before), "the head changes with every entry and only then");
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 id = ids[i];
            (uint256 sponsor, uint256 units, , ) = ledger.accountOf(id);
            eq(sponsor, sponsorOf[id], "sponsor");
            eq(units, owedTo[id], "owed by the books");
            eq(units, creditedTo[id] - paidTo[id], "credited less paid");
        }
    }

    function enrol(uint256 seed, bool wallet) external compared {
        if (ids.length >= MOST_PEOPLE) return;
        uint256 number = 1 + (seed % (lanes.length + 1));
        uint256 sponsor;
        uint256 lane = number <= lanes.length ? lanes[number - 1] : 4;
        if (lane < 4) {
            sponsor = (number << 2) | ((seed >> 32) % lane);
        } else {
            (number, lane) = (lanes.length + 1, 0);
            // One in nine is a root.
            sponsor = (seed >> 64) % 9 == 0 ? 0 : ids[(seed >> 96) % ids.length];
        }
        uint256 id = (number << 2) | lane;
        (uint256 held, uint256 free_, uint256 reserved_, uint256 owed_) = ledger.solvency();
        ledger.enrol(_person(id, sponsor, wallet ? _walletOf(id) : address(0)));
        _bookPerson(id, sponsor, wallet);
        (uint256 heldNow, uint256 freeNow, uint256 reservedNow, uint256 owedNow) = ledger.solvency();
        require(held == heldNow && free_ == freeNow && reserved_ == reservedNow && owed_ == owedNow, "enrolment pays");
        eq(owedTo[id], 0, "owed to somebody new");
        _checkNoCycle();
    }

    function record(uint256 seed, uint256 count) external compared {
        count = bound(count, 1, 6);
        uint256 plan = _planAt(_time);
        Sale[] memory sales = new Sale[](count);
        bytes memory records;
        uint256 set = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            // Any lane of a fragment in use, empty ones too.
            uint256 seller = ((1 + ((random >> 64) % lanes.length)) << 2) | ((random >> 32) & 3);
            uint256 price = 1 + ((random >> 96) % 1_000_000);
            sales[i] = Sale(random % 3, seller, price, (random >> 160) % (price + 1));
            records = bytes.concat(records, _sale(sales[i].class, seller, price, sales[i].volume));
            set += _reservedFor(plan, sales[i]);
        }
        uint256 sequence = batches.length + 1;
        try ledger.recordSales(sequence, records, bytes32(seed)) {
            require(set <= free, "recorded without cover");
        } catch {
            require(set > free, "refused although covered");
            return;
        }
        free -= set;
        reserved += set;
        ++entries;
        BookedBatch storage batch = batches.push();
        (batch.plan, batch.recordedAt, batch.records) = (plan, _time, records);
        for (uint256 i = 0; i < count; ++i) batch.sales.push(sales[i]);
        if (_returnWindow != 0) return;
        for (uint256 i = 0; i < count; ++i) _bookSettled(plan, sales[i]);
        batch.settled = count;
        ++entries;
    }

    function takeBack(uint256 seed, uint256 price, uint256 volume) external compared {
        if (batches.length == 0) return;
        uint256 number = 1 + (seed % batches.length);
        BookedBatch storage batch = batches[number - 1];
        uint256 index = (seed >> 64) % batch.sales.length;
        Sale memory sale = batch.sales[index];
        // Up to one more than there is, so that some are refused.
        price = bound(price, 0, sale.price + 1);
        volume = bound(volume, 0, sale.volume + 1);
        bool inRange = price != 0 && price <= sale.price && volume <= sale.volume;
        bool allowed =
            inRange && sale.volume - volume <= sale.price - price && _time < batch.recordedAt + _returnWindow;
        bytes memory packed = abi.encodePacked(uint32(index), uint32(price), uint32(volume));
        try ledger.reverse(number, batch.plan, batch.recordedAt, batch.records, batch.reversals, packed) {
            require(allowed, "reversed what cannot be");
        } catch {
            require(!allowed, "refused what can be reversed");
            return;
        }
        uint256 before = _reservedFor(batch.plan, sale);
        batch.sales[index].price -= price;
        batch.sales[index].volume -= volume;
        uint256 freed = before - _reservedFor(batch.plan, batch.sales[index]);
        reserved -= freed;
        free += freed;
        batch.reversals = bytes.concat(batch.reversals, packed);
        ++entries;
    }

    function settle(uint256 seed, uint256 until, bool wait) external compared {
        if (batches.length == 0) return;
        uint256 number = 1 + (seed % batches.length);
        BookedBatch storage batch = batches[number - 1];
        uint256 count = batch.sales.length;
        uint256 due = batch.recordedAt + _returnWindow;
        if (wait && _time < due) vm.warp(_time = due);
        until = bound(until, 0, count + 1);
        uint256 end = until > count ? count : until;
        bool allowed = _time >= due && end > batch.settled;
        // Anyone may settle.
        vm.prank(address(uint160(seed)));
        try ledger.settle(number, batch.plan, batch.recordedAt, batch.records, batch.reversals, until) {
            require(allowed, "settled what cannot be");
        } catch {
            require(!allowed, "refused what can be settled");
            return;
        }
        for (uint256 i = batch.settled; i < end; ++i) _bookSettled(batch.plan, batch.sales[i]);
        batch.settled = end;
        ++entries;
    }

    function withdraw(uint256 seed) external compared {
        uint256 id = ids[seed % ids.length];
        address wallet = _walletOf(id);
        uint256 before = token.balanceOf(wallet);
        bool allowed = hasWallet[id] && owedTo[id] != 0;
        vm.prank(address(uint160(seed)));
        try ledger.withdraw(wallet) returns (uint256 units) {
            require(allowed, "paid what is not owed");
            eq(units, _bookPayout(id), "paid out");
            eq(token.balanceOf(wallet), before + units, "arrived");
        } catch {
            require(!allowed, "refused what is owed");
        }
    }

    function fund(uint256 units) external compared {
        units = bound(units, 1, 1 << 36);
        if (free + reserved + owed + units > MOST_UNITS) return;
        _fund(units);
        free += units;
        ++entries;
    }

    function jump(uint256 seconds_) external compared {
        _time += bound(seconds_, 1, 10 days);
        vm.warp(_time);
        eq(ledger.currentPlan(), _planAt(_time), "plan in force");
    }

    function announce(uint256 seed, uint256 levels) external compared {
        if (plans.length >= MOST_PLANS) return;
        uint16[] memory rates = new uint16[](bound(levels, 1, 11));
        for (uint256 i = 0; i < rates.length; ++i) rates[i] = uint16(uint256(keccak256(abi.encode(seed, i))) % 900);
        uint16[3] memory weights = [
            uint16(seed % 10_001),
            uint16((seed >> 64) % 10_001),
            uint16((seed >> 128) % 10_001)
        ];
        eq(ledger.announcePlan(_plan(rates, weights)), plans.length + 1, "version");
        _bookPlan(_time + 7 days, rates, [uint256(weights[0]), weights[1], weights[2]]);
    }

    /// @notice What must hold at any time, from the ledger's own views.
    function check() external view {
        (uint256 held, uint256 free_, uint256 reserved_, uint256 owed_) = ledger.solvency();
        eq(held, free_ + reserved_ + owed_, "held");
        eq(held, token.balanceOf(address(ledger)), "tokens held");
        eq(free_, free, "float");
        eq(reserved_, reserved, "reserved");
        eq(owed_, owed, "owed");
        uint256 sum = 0;
        uint256[] memory words = ledger.fragmentsOf(0, lanes.length + 2);
        for (uint256 i = 0; i < words.length; ++i) {
            for (uint256 lane = 0; lane < 4; ++lane) sum += (words[i] >> (56 * lane)) & ((1 << 50) - 1);
        }
        eq(sum, owed, "sum of all balances");
        eq(words[0] | words[lanes.length + 1], 0, "fragments not in use");
        (uint256 recorded, uint256 fragments, uint256 announced) = ledger.counts();
        eq(recorded, batches.length, "batches");
        eq(fragments, lanes.length, "fragments");
        eq(announced, plans.length, "plans");
        for (uint256 i = 0; i < batches.length; ++i) {
            (bool open, uint256 settled) = ledger.batchOf(i + 1);
            bool isOpen = batches[i].settled < batches[i].sales.length;
            require(open == isOpen, "open batch");
            eq(settled, isOpen ? batches[i].settled : 0, "settled of a batch");
        }
    }

    /// @dev Every line of sponsors ends.
    function _checkNoCycle() private view {
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 steps = 0;
            for (uint256 id = ids[i]; id != 0; (id, , , ) = ledger.accountOf(id)) {
                require(++steps <= ids.length, "a line of sponsors without end");
            }
        }
    }
}

/// @notice Whatever is called in whatever order, the ledger agrees with the handler's books and stays solvent.
abstract contract LedgerInvariants {
    LedgerHandler internal handler;

    /// @dev The test runner asks this for whom to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_booksAndLedgerAgree() external view {
        handler.check();
    }
}

contract ReadableLedgerInvariants is LedgerInvariants {
    function setUp() external {
        handler = new LedgerHandler(false, 14 days);
    }
}

contract CompactLedgerInvariants is LedgerInvariants {
    function setUp() external {
        handler = new LedgerHandler(true, 14 days);
    }
}

contract LedgerWithoutWindowInvariants is LedgerInvariants {
    function setUp() external {
        handler = new LedgerHandler(false, 0);
    }
}
