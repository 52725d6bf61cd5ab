/*
 * The class takes part: somebody is a link and says what it passes on; hands are counted for the answers to
 * a question. Both belong to the lesson that is shown, and outlive a reload.
 */

import { Game, beTheLink, tallyText } from "./be.js";
import { keptUnder } from "./memory.js";
import { number } from "./text.js";
import { answerTo } from "./questions.js";
import { markVote, votesIn } from "./votes.js";

const FEWEST = 3; // answers that are worth a vote

export class Classroom {
  /** @param {import("./player.js").Player} player */
  constructor(player) {
    this.player = player;
    this.kept = keptUnder(`${player.key}-class`);
    /** @type {Game | undefined} */
    this.game = undefined;
    this.isMoving = false;
  }

  /** Whether a number is still to be said, so that none may be shown. */
  get isPlaying() {
    return this.game !== undefined && !this.game.over;
  }

  get isOpen() {
    return this.game !== undefined || this.player.page.isShown("votes");
  }

  /** What of the session's belongs to this lesson and sample. */
  get lesson() {
    return `${this.player.lessonKey} ${this.player.sample}`;
  }

  /* --- be the link --- */

  /** Play a part of this sample's lesson, where it was left; or stop that. */
  be() {
    const { player, lesson } = this;
    const { page, words, net, focus } = player;
    const wasOpen = this.game !== undefined;
    player.stopAsking();
    if (wasOpen) {
      player.takeFocus();
      player.show();
      return;
    }
    const turns = player.turns();
    page.text("found", turns.length ? "" : words.be.none);
    if (!turns.length) return;
    const focused = focus && net.names[Number(focus.slice(1))];
    const chosen = turns.find(({ part }) => part === focused) ?? turns[0];
    this.game = new Game(turns, chosen.part, player.model.get("beliefs"));
    const saved = this.kept.get().game;
    if (saved?.lesson === lesson) this.game.restore(saved);
    const fields = beTheLink(page.get("playing"), this.game, (verdict) => this.heard(verdict));
    page.show("be", true);
    player.opened = "";
    this.goOn();
    fields.focus();
  }

  /** @param {{belief?: string} | undefined} verdict */
  heard(verdict) {
    if (verdict?.belief) {
      const tally = this.kept.get().tally ?? { right: 0 };
      tally[verdict.belief] = (tally[verdict.belief] ?? 0) + 1;
      this.kept.put({ tally });
    }
    this.goOn();
  }

  /** The next one acts by itself: a clicker shows how it goes. */
  pass() {
    this.game?.pass();
    this.goOn();
  }

  /** Show what is done, and nothing that is still to be said. */
  goOn() {
    const { player, game, kept, lesson } = this;
    if (!game) return;
    kept.put({ game: { lesson, ...game.state } });
    const beliefs = player.model.get("beliefs");
    player.page.text("tally", tallyText(kept.get().tally ?? {}, beliefs));
    const { turns } = game;
    const next = game.over ? (turns[turns.length - 1].at ?? 0) + 1 : (turns[game.first].at ?? 1);
    this.isMoving = true;
    player.go([player.sample, next - 1], true);
    this.isMoving = false;
  }

  /* --- votes --- */

  /** Count the hands for the answers to the question; if none is asked that has several, ask one. */
  vote() {
    const { player } = this;
    const { page, words, lessonKey, sample } = player;
    if (page.isShown("votes")) {
      page.show("votes", false);
      player.takeFocus();
      return;
    }
    if (this.answers.length < FEWEST) player.predict({ ...words.ask, ...words.vote.ask });
    if (this.answers.length < FEWEST) player.predict();
    const { answers } = this;
    const question = player.asked?.gate.question;
    page.text("found", question && answers.length > 1 ? "" : words.vote.none);
    if (!question || answers.length < 2) return;
    this.game = undefined; // it goes on where it was left
    page.show("be", false);
    page.show("votes", true);
    player.opened = "";
    const fields = votesIn(page.get("votes"), `${lessonKey} ${sample} ${question}`, answers, this.kept);
    player.show();
    fields.focus();
  }

  /** What hands can go up for: of a number the right answer and those of the mistakes, as they grow. */
  get answers() {
    const { asked, words, view } = this.player;
    if (!asked) return [];
    const { kind, wrong } = asked.gate;
    if (kind !== "number") return words.options[kind];
    const values = [answerTo(asked.gate, view), ...(wrong ?? []).map(({ value }) => value)];
    return [...new Set(values.toSorted((a, b) => a - b).map((value) => number(value)))];
  }

  /** The question is answered: hands that were counted get a mark at what was right. @param {string} answer */
  reveal(answer) {
    markVote(this.player.page.get("votes"), answer);
  }

  /* --- both --- */

  /** Neither, from now on. */
  close() {
    if (this.isMoving) return;
    this.game = undefined;
    const { page, isAnswering } = this.player;
    page.show("be", false);
    page.show("votes", isAnswering && page.isShown("votes"));
  }
}
