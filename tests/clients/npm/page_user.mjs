// What one does in a chat on a page, whoever's client it is. Each client's own class says where things are: `line` (where one
// writes), `message(text)` (a locator), and `act(text, "edit" | "reply" | "withdraw")`, which begins that with a message.
export class PageUser {
  constructor(page, complaints = []) {
    this.page = page;
    this.complaints = complaints;
  }

  async say(text) {
    await this.line.fill(text);
    await this.line.press("Enter");
    await this.message(text).waitFor();
  }

  async sees(text) {
    await this.message(text).waitFor();
  }

  /** In the message with `text`: what matches `selector` and has these words. */
  async seesIn(text, selector, words = "") {
    await this.message(text).locator(selector).filter({ hasText: words }).first().waitFor();
  }

  async edit(text, better) {
    await this.act(text, "edit");
    await this.say(better);
  }

  async reply(text, answer) {
    await this.act(text, "reply");
    await this.say(answer);
  }
}
