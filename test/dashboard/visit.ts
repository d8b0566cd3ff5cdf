import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';

/** A page in a browser, and everything about it that nobody should have to see. */
export interface Visit {
  page: Page;
  /** Errors on the console, thrown errors and broken rules of the content security policy. */
  complaints: string[];
  /** Hosts that were asked for anything. */
  hosts: Set<string>;
}

/** Opens a page at `url`. */
export async function visit(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Visit> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  return { page, complaints, hosts };
}

/** Waits for the verification to end, and returns its verdict and the checks that did not simply agree. */
export async function verdictOf(page: Page): Promise<{ verdict: string; checks: Record<string, string> }> {
  const verdict = page.locator('[data-verdict]:not([data-verdict="running"])');
  await verdict.waitFor();
  const rows = await page.locator('[data-check]').all();
  const checks: Record<string, string> = {};
  for (const row of rows) {
    const state = await row.getAttribute('data-state');
    if (state !== 'agrees') checks[(await row.getAttribute('data-check')) ?? ''] = state ?? '';
  }
  expect(rows).to.have.length(11);
  return { verdict: (await verdict.getAttribute('data-verdict')) ?? '', checks };
}

/** Texts whose contrast with what is behind them is below WCAG's 4.5:1, as `ratio text`. */
export function listFaintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
        const share = value / 255;
        return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element: Element): string => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if ((channels(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
      }
      return 'rgb(255, 255, 255)';
    };
    const faint: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim())
        .join('');
      if (!text || !element.checkVisibility({ opacityProperty: true }) || element.closest(':disabled'))
        continue;
      const [one, other] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${text}`);
    }
    return faint;
  });
}
