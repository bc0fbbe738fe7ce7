/** Times as people read them. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const longDate = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

/** A message's ts as a date. */
export const dateOf = (ts) => new Date(Number(ts) * 1000);

/** 14:05 */
export const timeOf = (ts) => clock.format(dateOf(ts));

/** 2:05, where there is little room */
export const briefTimeOf = (ts) => clock.format(dateOf(ts)).replace(/\s*[AP]M$/i, "");

/** The full date and time, for a tooltip. */
export const exactTimeOf = (ts) => exact.format(dateOf(ts));

/** Today, Yesterday, or the date. */
export function dayName(date) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? longDay : longDate).format(date);
}

/** When something was, briefly: the time today, else the day with the time. */
export function whenOf(ts) {
  const date = dateOf(ts);
  const day = dayName(date);
  return day === "Today"
    ? `today at ${clock.format(date)}`
    : `${day.replace("Yesterday", "yesterday")} at ${clock.format(date)}`;
}

const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  day_divider_pretty: { weekday: "long", month: "long", day: "numeric" },
};

/** Slack's date format (`{date_short} at {time}`) for epoch seconds. */
export function slackDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  return format.replace(/\{(\w+)\}/g, (all, name) => {
    if (name === "ago") return ago(date);
    const pretty = name.endsWith("_pretty") && name !== "day_divider_pretty";
    const day = dayName(date);
    if (pretty && (day === "Today" || day === "Yesterday")) return day.toLowerCase();
    const options = FORMATS[pretty ? name.slice(0, -"_pretty".length) : name];
    return options ? new Intl.DateTimeFormat(undefined, options).format(date) : all;
  });
}

function ago(date) {
  const minutes = Math.round((date - Date.now()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? relative.format(hours, "hour") : relative.format(Math.round(hours / 24), "day");
}
