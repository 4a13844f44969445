/** One return: where it stands, and what comes next with its day, in our server's words. */
import type {OrderReturn} from './house';

export function Step({told}: {told: OrderReturn}) {
  return (
    <s-stack direction="block" gap="small">
      <s-heading>{told.heading}</s-heading>
      {told.pieces.length > 0 && <s-text color="subdued">{told.pieces.join(', ')}</s-text>}
      <s-paragraph>
        <s-text type="strong">{told.step.title}</s-text> {told.step.words}
      </s-paragraph>
    </s-stack>
  );
}
