/** The sheet of one order: what is on its way back, and the one way on. */
import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import type {Api} from '@shopify/ui-extensions/customer-account.order.action.render';

import {Step} from './Step';
import {linkToOrder, tellOrder, type OrderReturn} from './house';

declare const shopify: Api;

type Shown = {kind: 'waiting' | 'missing' | 'away'} | {kind: 'ready'; url: string; returns: OrderReturn[]};

export default async (): Promise<void> => {
  render(<Sheet />, document.body);
};

function Sheet() {
  const [shown, show] = useState<Shown>({kind: 'waiting'});
  const words = shopify.i18n.translate;
  const look = () => {
    show({kind: 'waiting'});
    void find().then(show);
  };
  useEffect(look, []);
  const running = shown.kind === 'ready' ? shown.returns : [];
  return (
    <s-customer-account-action heading={words('heading')}>
      <s-stack direction="block" gap="base">
        {shown.kind === 'waiting' && <s-skeleton-paragraph />}
        {shown.kind === 'ready' && running.length === 0 && <s-paragraph>{words('lead')}</s-paragraph>}
        {running.map((one) => (
          <Step key={one.return} told={one} />
        ))}
        {shown.kind === 'missing' && <s-paragraph>{words('missing')}</s-paragraph>}
        {shown.kind === 'away' && <s-banner tone="info">{words('away')}</s-banner>}
      </s-stack>
      {shown.kind === 'ready' && (
        <s-button slot="primary-action" variant="primary" href={shown.url}>
          {words(running.length ? 'steps' : 'begin')}
        </s-button>
      )}
      {shown.kind === 'away' && (
        <s-button slot="primary-action" variant="primary" onClick={look}>
          {words('again')}
        </s-button>
      )}
      <s-button slot="secondary-actions" onClick={() => shopify.close()}>
        {words('close')}
      </s-button>
    </s-customer-account-action>
  );
}

/** What is told of the order; a link is asked for only where nothing is on its way yet. */
async function find(): Promise<Shown> {
  const language = shopify.localization.language.value.isoCode;
  const told = await tellOrder(shopify.sessionToken, shopify.orderId, language);
  if (told.kind !== 'told') return told;
  if (told.told.url) return {kind: 'ready', url: told.told.url, returns: told.told.returns};
  const link = await linkToOrder(shopify.sessionToken, shopify.orderId);
  return link.kind === 'told' ? {kind: 'ready', url: link.told.url, returns: []} : link;
}
