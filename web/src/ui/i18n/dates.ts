// Times as people say them, in the language chosen.
import type { Language, Time } from '../../model/types';
import type { Translate } from './translate';

const day_ms = 86_400_000;

export function startOfDay(at: Time): Time {
  return new Date(at).setHours(0, 0, 0, 0);
}

export function sameDay(a: Time, b: Time): boolean {
  return startOfDay(a) === startOfDay(b);
}

/** Whole calendar days from `at` to `now`; summer time may make a day 23 or 25 hours long. */
export function daysAgo(at: Time, now: Time): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / day_ms);
}

const cache = new Map<string, Intl.DateTimeFormat>();
function format(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + name;
  let made = cache.get(key);
  if (!made) cache.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made;
}

export function clock(language: Language, at: Time): string {
  return format(language, 'clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

export function full(language: Language, at: Time): string {
  return format(language, 'full', { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }).format(at);
}

/** The separator between days. */
export function dayName(language: Language, t: Translate, at: Time, now: Time): string {
  const ago = daysAgo(at, now);
  if (ago === 0) return t('date.today');
  if (ago === 1) return t('date.yesterday');
  if (ago > 1 && ago < 7) return format(language, 'week', { weekday: 'long' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? format(language, 'day', { month: 'long', day: 'numeric', weekday: 'short' }).format(at)
    : format(language, 'year', { year: 'numeric', month: 'long', day: 'numeric' }).format(at);
}

/** As short as it goes, for the list of conversations. */
export function shortTime(language: Language, t: Translate, at: Time, now: Time): string {
  const ago = daysAgo(at, now);
  if (ago <= 0) return clock(language, at);
  if (ago === 1) return t('date.yesterday');
  if (ago < 7) return format(language, 'weekShort', { weekday: 'short' }).format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear()
    ? format(language, 'short', { month: 'short', day: 'numeric' }).format(at)
    : format(language, 'shortYear', { year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** "3 minutes ago", for what is recent; the date for what is not. */
export function ago(language: Language, at: Time, now: Time): string {
  const minutes = Math.round((now - at) / 60_000);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (minutes < 60) return relative.format(-Math.max(minutes, 0), 'minute');
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), 'hour');
  if (minutes < 7 * 24 * 60) return relative.format(-Math.round(minutes / 1440), 'day');
  return format(language, 'date', { dateStyle: 'medium' }).format(at);
}

/** A day as vCards write it (1995-06-12, 19950612) in words; what is written in another way stays as it is. */
export function dayInWords(language: Language, written: string): string {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?$/.exec(written.trim()) ?? [];
  const at = new Date(Number(year), Number(month) - 1, Number(day));
  return at.getMonth() === Number(month) - 1 ? format(language, 'dayInWords', { dateStyle: 'long' }).format(at) : written;
}

/** YYYY-MM-DD in local time, as <input type=date> wants it. */
export function dateInput(at: Time): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
}
