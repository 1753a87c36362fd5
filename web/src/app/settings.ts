// Settings of this browser. Those that follow the user come from the engine as well, and win when they do.
import { initialSettings } from '../model/initial';
import type { Settings } from '../model/types';
import { detectLanguage } from '../ui/i18n/detect';

const KEY = 'rookery-settings';

export const browserSettings = {
  read(): Settings {
    const standard = initialSettings(detectLanguage());
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
      if (typeof kept !== 'object' || kept === null) return standard;
      // Only what is known, and of the kind it was.
      const known = Object.entries(kept).filter(([key, value]) => typeof value === typeof standard[key as keyof Settings]);
      return { ...standard, ...(Object.fromEntries(known) as Partial<Settings>) };
    } catch {
      return standard;
    }
  },
  write(settings: Settings): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(settings));
    } catch {
      // A browser that keeps nothing: they last as long as the page.
    }
  },
  /** Another page of this browser has changed them. */
  changed(hear: () => void): void {
    window.addEventListener('storage', ({ key, newValue }) => { if (key === KEY && newValue) hear(); });
  },
};

const HERE = 'rookery-signed-in';

/** Whether somebody was signed in here the last time: decides, before the engine can know, what is shown first. */
export const signedInHere = {
  read(): boolean {
    try {
      return localStorage.getItem(HERE) !== null;
    } catch {
      return true;
    }
  },
  write(there: boolean): void {
    try {
      if (there) localStorage.setItem(HERE, '1');
      else localStorage.removeItem(HERE);
    } catch {
      // As above.
    }
  },
};
