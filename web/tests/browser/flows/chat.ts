// One-to-one chat: both ways, and everything one can do with a message.
import { flow } from '../lib/runner';

flow('chat: both ways, and how far each message has come', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.openChat(ben);
  await ann.say('are you there?');
  await ann.expectDelivery('are you there?', 'delivered');
  await ben.row(ann.name).click();
  await ben.expectMessage('are you there?');
  await ann.expectDelivery('are you there?', 'read');
  await ben.say('yes, I am');
  await ann.expectMessage('yes, I am');
  await ben.expectDelivery('yes, I am', 'read');
});
