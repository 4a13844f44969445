/** Beside a return on the order's own page: its next step with the day, the page with all of them, and who would talk. */
import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import type {Api} from '@shopify/ui-extensions/customer-account.order-status.return-details.render-after';

import {Step} from './Step';
import {numberOf, tellOrder, type OrderReturn} from './house';

declare const shopify: Api;

type Shown = {told: OrderReturn; url: string};

export default async (): Promise<void> => {
  render(<Details />, document.body);
};

/** Nothing at all for a return that is not ours to tell of: Shopify's own part of the page says what it knows. */
function Details() {
  const [shown, show] = useState<Shown | null>(null);
  const words = shopify.i18n.translate;
  useEffect(() => {
    void find().then(show);
  }, []);
  if (shown === null) return null;
  const {told, url} = shown;
  return (
    <s-section>
      <Step told={told} />
      <s-stack direction="inline" gap="base">
        <s-button href={url}>{words('steps')}</s-button>
        {told.advisor && (
          <s-button variant="secondary" href={url}>
            {words('talk', {advisor: told.advisor})}
          </s-button>
        )}
      </s-stack>
    </s-section>
  );
}

async function find(): Promise<Shown | null> {
  const order = shopify.order.value?.id;
  if (!order) return null;
  const answer = await tellOrder(shopify.sessionToken, order, shopify.localization.language.value.isoCode);
  if (answer.kind !== 'told' || !answer.told.url) return null;
  const told = answer.told.returns.find((one) => one.return === numberOf(shopify.returnId));
  return told ? {told, url: answer.told.url} : null;
}
