import { commissionLedgerAbi, manifestRoot, storefrontAbi } from '@plumbline/protocol';
import { expect } from 'chai';
import {
  type Address,
  createWalletClient,
  type Hex,
  hashStruct,
  http,
  keccak256,
  parseEventLogs,
  parseSignature,
  publicActions,
  stringToHex,
  zeroAddress,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { type Anvil, startAnvil } from '../../scripts/stack/anvil.ts';
import { deployLocal } from '../../scripts/stack/deploy.ts';
import { testDollarAbi } from '../support/test-dollar.ts';

const HOUR = 3_600;
const SELLER = 4n;
const PRICE = 200_000_000n;
const FAR_FUTURE = 2n ** 40n;

const QUOTE_TYPES = {
  Quote: [
    { name: 'product', type: 'bytes32' },
    { name: 'seller', type: 'uint256' },
    { name: 'buyerClass', type: 'uint256' },
    { name: 'priceCents', type: 'uint256' },
    { name: 'volumeCents', type: 'uint256' },
    { name: 'marginCents', type: 'uint256' },
    { name: 'buyer', type: 'address' },
    { name: 'expiry', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
} as const;
const AUTHORIZATION_TYPES = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

describe('A storefront on the local chain', function () {
  this.timeout(60_000);
  let anvil: Anvil;

  before(async () => {
    anvil = await startAnvil();
  });
  after(async () => anvil.stop());

  it('sells to a buyer without ether, and pays seller, commissions and company out of the price', async () => {
    const [company, seller, buyer] = anvil.accounts.map(({ privateKey }) =>
      privateKeyToAccount(privateKey as Hex),
    );
    if (!company || !seller || !buyer) throw new Error('the local chain gave no accounts');
    const deployment = await deployLocal({
      rpcUrl: anvil.rpcUrl,
      privateKey: anvil.accounts[0]?.privateKey ?? '',
      request: { returnWindow: HOUR },
      storefront: true,
    });
    const chain = createWalletClient({
      account: company,
      chain: foundry,
      transport: http(anvil.rpcUrl),
      pollingInterval: 50,
    }).extend(publicActions);
    const ledger = { address: deployment.ledger as Address, abi: commissionLedgerAbi } as const;
    const storefront = { address: deployment.storefront as Address, abi: storefrontAbi } as const;
    const token = { address: deployment.token as Address, abi: testDollarAbi } as const;
    const mined = (hash: Hex) => chain.waitForTransactionReceipt({ hash });

    const distributor: Hex = `0x00000004${'00000000'}${seller.address.slice(2)}`;
    await mined(await chain.writeContract({ ...ledger, functionName: 'enrol', args: [distributor] }));
    await mined(await chain.writeContract({ ...token, functionName: 'mint', args: [buyer.address, PRICE] }));

    // The company signs an offer, the buyer a payment for it.
    const quote = {
      product: keccak256(stringToHex('product')),
      seller: SELLER,
      buyerClass: 0n,
      priceCents: 20_000n,
      volumeCents: 10_000n,
      marginCents: 5_000n,
      buyer: zeroAddress,
      expiry: FAR_FUTURE,
      salt: keccak256(stringToHex('salt')),
    };
    const { chainId } = deployment;
    const nonce = hashStruct({ types: QUOTE_TYPES, primaryType: 'Quote', data: quote });
    const signature = await company.signTypedData({
      domain: { name: 'Plumbline Storefront', version: '1', chainId, verifyingContract: storefront.address },
      types: QUOTE_TYPES,
      primaryType: 'Quote',
      message: quote,
    });
    const times = { validAfter: 0n, validBefore: FAR_FUTURE };
    const paid = parseSignature(
      await buyer.signTypedData({
        domain: { name: 'Test Dollar', version: '1', chainId, verifyingContract: token.address },
        types: AUTHORIZATION_TYPES,
        primaryType: 'ReceiveWithAuthorization',
        message: { from: buyer.address, to: storefront.address, value: PRICE, ...times, nonce },
      }),
    );
    const authorization = { buyer: buyer.address, ...times, v: 27 + paid.yParity, r: paid.r, s: paid.s };
    const bought = await mined(
      await chain.writeContract({
        ...storefront,
        functionName: 'buyWithAuthorization',
        args: [quote, { quoter: company.address, signature }, authorization],
      }),
    );
    const [recorded] = parseEventLogs({ abi: ledger.abi, logs: bought.logs, eventName: 'BatchRecorded' });
    expect(recorded?.args.manifestRoot).to.equal(manifestRoot([nonce]));
    expect(recorded?.args.recorder.toLowerCase()).to.equal(storefront.address);

    await anvil.rpc('evm_increaseTime', [HOUR]);
    await mined(await chain.writeContract({ ...storefront, functionName: 'complete', args: [nonce] }));
    await mined(
      await chain.writeContract({
        ...storefront,
        functionName: 'withdrawMargin',
        args: [SELLER, seller.address],
      }),
    );
    // The usual plan can pay 32 % of 100.00; the float has them back.
    expect(await chain.readContract({ ...storefront, functionName: 'proceeds' })).to.equal(118_000_000n);
    const received = { ...token, functionName: 'balanceOf', args: [seller.address] } as const;
    expect(await chain.readContract(received)).to.equal(50_000_000n);
    const [, free, reserved] = await chain.readContract({ ...ledger, functionName: 'solvency' });
    expect([free, reserved]).to.deep.equal([10n ** 14n, 32_000_000n]);
  });
});
