/** What the extension asks of our own server, and the forms of its answers (shopify_app/pages/extension/orders.py). */
import {HOUSE} from './address';

export type OrderReturn = {
  /** Its number at Shopify. */
  return: string;
  pieces: string[];
  state: string;
  heading: string;
  step: {title: string; words: string};
  /** Who would talk, where a time may be chosen. */
  advisor: string | null;
};

export type OrderTold = {returns: OrderReturn[]; url: string | null};

/** `missing`: the order is not the client's, or not shown. `away`: nobody answered; it may be tried again. */
export type Answer<T> = {kind: 'told'; told: T} | {kind: 'missing'} | {kind: 'away'};

type Token = {get(): Promise<string>};

export function numberOf(gid: string): string {
  return gid.split('?')[0]!.split('/').pop()!;
}

export function tellOrder(token: Token, orderGid: string, language: string): Promise<Answer<OrderTold>> {
  return ask(token, 'GET', `/orders/${numberOf(orderGid)}?lang=${encodeURIComponent(language)}`);
}

export function linkToOrder(token: Token, orderGid: string): Promise<Answer<{url: string}>> {
  return ask(token, 'POST', `/orders/${numberOf(orderGid)}/link`);
}

async function ask<T>(token: Token, method: 'GET' | 'POST', path: string): Promise<Answer<T>> {
  try {
    const response = await fetch(`${HOUSE}/extension/returns${path}`, {
      method,
      headers: {Authorization: `Bearer ${await token.get()}`},
    });
    if (response.status === 404 || response.status === 401) return {kind: 'missing'};
    if (!response.ok) return {kind: 'away'};
    return {kind: 'told', told: (await response.json()) as T};
  } catch {
    return {kind: 'away'};
  }
}
