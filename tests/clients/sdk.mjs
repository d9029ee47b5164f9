// A visitor looks for a time and keeps it, with @calcom/sdk as published. Reads its question from standard input.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { Cal } = createRequire(`${process.env.CLIENTS_FOLDER}/`)("@calcom/sdk");
const { baseUrl, key, eventTypeId, startTime, endTime } = JSON.parse(readFileSync(0, "utf8"));
const cal = new Cal("no-client", { accessToken: key }, { baseUrl });

const refused = async (promise) => {
  try {
    return { unexpected: await promise };
  } catch (error) {
    return { name: error.constructor.name, status: error.statusCode ?? null, message: error.message };
  }
};
const firstOf = ({ slots }) => Object.values(slots)[0][0].time;
const plus = (time, minutes) => new Date(new Date(time).getTime() + minutes * 60_000).toISOString();

const question = { eventTypeId, startTime, endTime };
const before = await cal.slots.getAvailableSlots(question);
const slot = { eventTypeId, slotUtcStartDate: firstOf(before), slotUtcEndDate: plus(firstOf(before), 30) };
const reservation = await cal.slots.reserveSlot(slot);
const after = await cal.slots.getAvailableSlots(question);
const unknown = await refused(cal.slots.reserveSlot({ ...slot, eventTypeId: 999_999_999 }));

console.log(JSON.stringify({ before, reservation, after, unknown }));
