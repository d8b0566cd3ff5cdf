import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Chromium from npm is built for Linux on x64; elsewhere the installed Chrome is used. */
async function whichBrowser(): Promise<{ executablePath: string } | { channel: string }> {
  const isLinux = process.platform === 'linux' && process.arch === 'x64';
  return isLinux ? { executablePath: await chromium.executablePath() } : { channel: 'chrome' };
}

/** Starts the real browser that pages are tested in. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  return playwright.launch({
    ...(await whichBrowser()),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
