// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerTest } from "../LedgerTest.sol";
import { vm } from "../Vm.sol";
import { ChangeBooks } from "./ChangeBooks.sol";
import { Habit, IDollar, TokenHabits } from "./TokenHabits.sol";
import { ICommissionLedgerErrors } from "../../../contracts/interfaces/ICommissionLedgerErrors.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { SigningWallet } from "../../../contracts/mocks/SigningWallet.sol";
import { LedgerRequest, RecorderGrant, RoleGrant } from "../../../contracts/interfaces/ILedgerFactory.sol";
import { Plan } from "../../../contracts/types/Plan.sol";
import { MAX_COUNT_CAP, MAX_UNIT_CAP } from "../../../contracts/types/RecorderWord.sol";

/// @notice What a ledger under test is created with.
struct Form {
    bool compact;
    uint32 returnWindow;
    Habit habit;
    uint8 decimals;
    /// How many distributors stand in one line before anything else happens.
    uint256 line;
}

/// @notice Opens a ledger with its books, and carries out what the handlers have drawn: every call is either expected
/// to succeed, or to be refused with the very error that was worked out before.
/// @dev It keeps the time itself, because the compiler may read the block's time once for a whole call.
abstract contract LedgerDriver is LedgerTest, ChangeBooks, TokenHabits, ICommissionLedgerErrors {
    uint256 internal constant WALLETS = 64;
    uint256 private constant FIRST_KEY = 0xD15712B070;
    uint256 internal constant REGISTRAR_KEY = 0x4E6157;
    uint32 internal constant PLAN_NOTICE = 1 days;
    uint256 internal constant RECORDER_KEY = 0x4EC04D;
    uint256 internal constant GUARDIAN_KEY = 0x60A4D;

    uint256 public immutable unit;
    uint32 internal immutable returnWindow;
    uint256 internal immutable delay;
    uint256 internal immutable maxIds;

    uint256 public time = 1_800_000_000;
    bool internal isGuardian = true;
    /// When the calls can be made that were announced, by their hash.
    mapping(bytes32 act => uint256) internal actFrom;

    address[] internal wallets;
    mapping(address wallet => uint256 key) private _keyOf;
    bytes32 private _domain;
    /// So that the same calls do something else in every form of ledger.
    bytes32 private immutable _salt;
    uint256 private _entropy;

    /// How often each action of the handler was carried out, and refused as it should be.
    mapping(bytes4 action => uint256) public performed;
    mapping(bytes4 action => uint256) public refused;
    /// Owed and paid of each distributor at the end of the last call, and how often that was less than before.
    mapping(uint256 number => uint256) private _settledOf;
    uint256 public falls;

    constructor(Form memory form) TokenHabits(form.habit) {
        vm.warp(time);
        dollar = IDollar(_deploy(_tokenName(), abi.encode(form.decimals)));
        _salt = keccak256(abi.encode(form));
        unit = 10 ** (form.decimals - 6);
        returnWindow = form.returnWindow;
        maxIds = form.line + 40;
        distributors.push();
        delay = form.returnWindow == 0 ? 0 : 1 days;
        _openLedger(form);
        _makeWallets();
        dollar.approve(address(ledger), type(uint256).max);
    }

    /// @dev The handler is admin, ranker, compliance, guardian and the first recorder; there are another recorder, guardian and
    /// registrar beside it.
    function _openLedger(Form memory form) private {
        Plan memory plan = _plan(new uint16[](4), [uint16(10_000), 5000, 2500]);
        (plan.ratesBps[0][0], plan.ratesBps[0][1], plan.ratesBps[0][2], plan.ratesBps[0][3]) = (2000, 1000, 500, 1);
        LedgerRequest memory request = _request(address(dollar), form.compact, form.returnWindow, plan);
        request.unit = uint96(unit);
        request.roles = new RoleGrant[](5);
        request.roles[0] = RoleGrant(keccak256("RANKER_ROLE"), address(this));
        request.roles[1] = RoleGrant(keccak256("COMPLIANCE_ROLE"), address(this));
        request.roles[2] = RoleGrant(keccak256("GUARDIAN_ROLE"), address(this));
        request.roles[3] = RoleGrant(keccak256("GUARDIAN_ROLE"), vm.addr(GUARDIAN_KEY));
        request.roles[4] = RoleGrant(keccak256("REGISTRAR_ROLE"), vm.addr(REGISTRAR_KEY));
        request.recorders = new RecorderGrant[](2);
        request.recorders[0] = RecorderGrant(address(this), MAX_UNIT_CAP, MAX_COUNT_CAP);
        request.recorders[1] = RecorderGrant(vm.addr(RECORDER_KEY), MAX_UNIT_CAP, MAX_COUNT_CAP);
        _create(request);
        _domain = _domainOf("Plumbline CommissionLedger", address(ledger));
        _enter(Journal.opened(head, keccak256(abi.encode(block.chainid, ledger, ledger.terms()))));
        _enter(Journal.roleChanged(head, 0, address(this), true));
        _enter(Journal.adminDelay(head, 1 days, time));
        _bookPlan(plan, time);
        for (uint256 i = 0; i < 5; ++i) {
            _enter(Journal.roleChanged(head, request.roles[i].role, request.roles[i].account, true));
        }
        for (uint256 i = 0; i < 2; ++i) _bookRecorder(request.recorders[i].key, MAX_UNIT_CAP, MAX_COUNT_CAP);
    }

    /// @dev Caps of a recorder, or a new one.
    function _bookRecorder(address key, uint256 cap, uint256 countCap) internal {
        uint256 index = _recorderOf(key);
        if (index == recorders.length) recorders.push(BookedRecorder(key, address(0), 0, cap, countCap));
        (recorders[index].cap, recorders[index].countCap) = (cap, countCap);
        _enter(Journal.recorderSet(head, index + 1, key, cap, countCap));
    }

    /// @dev Index of the recorder with `key`, or how many there are.
    function _recorderOf(address key) internal view returns (uint256 index) {
        while (index < recorders.length && recorders[index].key != key) ++index;
    }

    /// @dev Announces a call of the admin and waits until it can be made.
    function _announceAndWait(bytes memory call) internal {
        if (delay == 0) return;
        ledger.announce(call);
        _bookAct(call);
        vm.warp(time = actFrom[keccak256(call)]);
    }

    function _bookAct(bytes memory call) internal {
        bytes32 act = keccak256(call);
        actFrom[act] = time + delay;
        _enter(Journal.actAnnounced(head, act, time + delay));
    }

    /// @dev Why a call that takes an announcement is refused; empty if it is not.
    function _actRefusal(bytes memory call) internal view returns (bytes memory) {
        bytes32 act = keccak256(call);
        uint256 from = actFrom[act];
        if (delay == 0) return "";
        if (from == 0) return abi.encodeWithSelector(ActNotAnnounced.selector, act);
        if (time < from) return abi.encodeWithSelector(ActTooEarly.selector, act, from);
        return time > from + delay ? abi.encodeWithSelector(ActVoid.selector, act, from + delay) : bytes("");
    }

    /// @dev Around every call: some time passes, and afterwards nobody's settled money may have become less.
    modifier acting(uint256 seed) {
        _entropy = uint256(keccak256(abi.encode(_salt, seed)));
        time += _draw(6 hours);
        vm.warp(time);
        _;
        for (uint256 number = 1; number < distributors.length; ++number) {
            (, uint256 owedNow, , ) = ledger.accountOf(distributors[number].id);
            uint256 settled = owedNow + distributors[number].paid;
            if (settled < _settledOf[number]) ++falls;
            _settledOf[number] = settled;
        }
    }

    /// @dev The first is a contract.
    function _makeWallets() private {
        for (uint256 i = 0; i < WALLETS; ++i) {
            address account = vm.addr(FIRST_KEY + i);
            wallets.push(i == 0 ? address(new SigningWallet(account)) : account);
            _keyOf[wallets[i]] = FIRST_KEY + i;
        }
    }

    /// @dev Calls `target` as `sender`. An empty `refusal` means that the call must succeed.
    function _attemptAt(
        address target,
        address sender,
        bytes memory call,
        bytes memory refusal
    ) internal returns (bool done, bytes memory answer) {
        vm.prank(sender);
        (done, answer) = target.call(call);
        if (refusal.length == 0) {
            if (!done) _throw(answer);
            ++performed[msg.sig];
        } else {
            require(!done, "done although it had to be refused");
            if (keccak256(answer) != keccak256(refusal)) _throw(answer);
            ++refused[msg.sig];
        }
    }

    function _attempt(
        address sender,
        bytes memory call,
        bytes memory refusal
    ) internal returns (bool done, bytes memory answer) {
        return _attemptAt(address(ledger), sender, call, refusal);
    }

    /// @dev The handler's own calls, as admin, recorder and all the rest.
    function _attempt(bytes memory call, bytes memory refusal) internal returns (bool done, bytes memory answer) {
        return _attempt(address(this), call, refusal);
    }

    function _throw(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @dev The next random number below `limit`.
    function _draw(uint256 limit) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return (_entropy >> 8) % limit;
    }

    function _chance(uint256 oneIn) internal returns (bool) {
        return _draw(oneIn) == 0;
    }

    function _drawWord() internal returns (bytes32) {
        return bytes32(_draw(type(uint256).max));
    }

    /// @dev Anybody at all.
    function _stranger() internal returns (address) {
        return address(uint160(1 + _draw(1 << 40)));
    }

    /// @dev The key of a recorder that is no contract.
    function _drawRecorder() internal returns (address key) {
        do key = recorders[_draw(recorders.length)].key; while (key != address(this) && key.code.length != 0);
    }

    function _drawId() internal returns (uint256) {
        return ids[_draw(ids.length)];
    }

    function _drawDistributor() internal returns (uint256) {
        return 1 + _draw(distributors.length - 1);
    }

    function _drawWallet() internal returns (address) {
        return wallets[_draw(WALLETS)];
    }

    /// @dev A wallet that is nobody's, or zero if there is none.
    function _drawFreeWallet() internal returns (address) {
        uint256 start = _draw(WALLETS);
        for (uint256 i = 0; i < WALLETS; ++i) {
            address wallet = wallets[(start + i) % WALLETS];
            if (ownerOf[wallet] == 0) return wallet;
        }
        return address(0);
    }

    /// @dev The wallet of somebody, mostly; else any.
    function _drawOwnedWallet() internal returns (address wallet) {
        wallet = distributors[_drawDistributor()].wallet;
        return wallet == address(0) || _chance(8) ? _drawWallet() : wallet;
    }

    /// @dev What `wallet` signs over the struct whose hash is given.
    function _signatureOf(address wallet, bytes32 structHash) internal view returns (bytes memory) {
        return _signWith(_keyOf[wallet], _domain, structHash);
    }

    function _signForLedger(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        return _signWith(key, _domain, structHash);
    }

    function _signWith(uint256 key, bytes32 domain, bytes32 structHash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _domainOf(string memory name, address verifier) internal view returns (bytes32) {
        bytes32 domainType = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        return keccak256(abi.encode(domainType, keccak256(bytes(name)), keccak256("1"), block.chainid, verifier));
    }

    /// @dev Why `wallet` cannot become somebody's; empty if it can.
    function _takenRefusal(address wallet) internal view returns (bytes memory) {
        if (ownerOf[wallet] == 0) return "";
        return abi.encodeWithSelector(WalletTaken.selector, wallet, distributors[ownerOf[wallet]].id);
    }
}
