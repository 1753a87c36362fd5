import type { AppState, Language, Settings } from './types';

export const initialSettings = (language: Language): Settings => ({
  theme: 'system', language, enterSends: true, sounds: true, notifications: false, notificationPreview: true,
  sendReceipts: true, sendRead: true, sendTyping: true, nudges: true, bubbles: true,
});

/** Before the engine has said anything. */
export const initialState = (language: Language, settings: Settings = initialSettings(language)): AppState => ({
  line: { state: 'signed-out' },
  self: null,
  contacts: {},
  requests: [],
  people: {},
  conversations: {},
  windows: {},
  devices: null,
  blocked: [],
  settings,
  server: { domain: '', registration: false, devices: false, upload: false, search: false },
});
