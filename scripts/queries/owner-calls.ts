import { concertId, firstOf, freeSeatId, type NamedCall, owner, scheduleId } from './calls.ts';

const schedule = `/admin/concerts/${concertId}/schedules/${scheduleId}`;
const as = (body?: unknown) => ({ caller: owner, ...(body === undefined ? {} : { body }) });

/** Seats, dates, rooms and the door. */
export async function callAsOwner(call: NamedCall): Promise<void> {
  const newSeats = { seats: [{ seatNum: 5_000, price: 1, block: 'New' }] };
  const prices = { prices: [{ block: 'New', price: 2 }] };
  const freeSeat = `${schedule}/seats/${freeSeatId + 500}`;

  await call('getInventory', 'GET', `/internal/concerts/${concertId}/inventory`);
  await call('listRooms', 'GET', '/internal/rooms');
  await call('changeRoom', 'PUT', `/internal/rooms/${concertId}`, as({ cord: 'pause' }));
  await call('listAllSchedules', 'GET', `/admin/concerts/${concertId}/schedules`, as());
  await call('changeSchedule', 'PATCH', schedule, as({ totalSeat: 3_000 }));
  await call('createSeats', 'POST', `${schedule}/seats`, as(newSeats));
  await call('changeSeat', 'PATCH', freeSeat, as({ price: 900 }));
  await call('changePrices', 'POST', `${schedule}/seats/prices`, as(prices));
  await call('setHouseSeats', 'POST', `${schedule}/seats/house`, as({ block: 'New', house: true }));
  await call('getReport', 'GET', `/admin/concerts/${concertId}/report`, as());
  await call('listParkedEvents', 'GET', '/admin/events/parked', as());
}

/** The holder of a ticket comes in, then the date is called off. */
export async function callAtTheEnd(call: NamedCall, code: unknown): Promise<void> {
  await call('checkIn', 'POST', '/admin/check-in', as({ code }));
  await call('cancelSchedule', 'POST', `${schedule}/cancel`, as());
  await call('getCancellation', 'GET', `${schedule}/cancel`, as());
}

/** @returns the id of a webhook that hears of payments */
export async function callWebhooks(call: NamedCall, url: string): Promise<string> {
  const events = ['payment.completed'];
  const made = await call('createWebhook', 'POST', '/admin/webhooks', as({ url, events }));
  await call('listWebhooks', 'GET', '/admin/webhooks', as());
  return String(made['webhookId']);
}

/** After events were delivered to it. */
export async function callWebhookLog(call: NamedCall, webhookId: string): Promise<void> {
  const path = `/admin/webhooks/${webhookId}`;
  const log = await call('listDeliveries', 'GET', `${path}/deliveries`, as());
  const { deliveryId } = firstOf(log, 'items');
  await call('redeliver', 'POST', `${path}/deliveries/${deliveryId}/redeliver`, as());
  await call('changeWebhook', 'PATCH', path, as({ status: 'DISABLED' }));
  await call('deleteWebhook', 'DELETE', path, as());
}
