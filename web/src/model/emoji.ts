const emoji = /^(?:\p{Regional_Indicator}{2}|[\d#*]\uFE0F?\u20E3|\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Extended_Pictographic})(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?|[\u{E0020}-\u{E007F}])*$/u;
/** Longer ones than this are none (the longest of the standard, a family of four with skin tones, has 41). */
const EMOJI_CHARS_MAX = 48;

/** What is drawn as a single emoji, nothing else beside it (UTS 51). */
export const isEmoji = (text: string): boolean => text.length <= EMOJI_CHARS_MAX && emoji.test(text);
