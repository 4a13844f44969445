/** The button in an order's menu. It has no address, so the order's sheet (Action.tsx) opens. */
import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import type {Api} from '@shopify/ui-extensions/customer-account.order.action.menu-item.render';

declare const shopify: Api;

export default async (): Promise<void> => {
  render(<s-button>{shopify.i18n.translate('menu')}</s-button>, document.body);
};
