/*
 * The page of a lesson: questions with votes, be the link, and a tally that survives a reload. Game, typed
 * and shortNumber come from be.js, which is joined before it.
 */

const lesson = JSON.parse(document.getElementById("lesson-data").textContent);

/** What the session remembers; a sandboxed frame has none. */
const memory = {
  key: `lernpy-lesson-${lesson.number}`,
  get() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  },
  put(part) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ ...this.get(), ...part }));
    } catch {
      // the page works without
    }
  },
};

const tally = memory.get().tally ?? { right: 0 };

function count(name) {
  tally[name] = (tally[name] ?? 0) + 1;
  memory.put({ tally });
  showTally();
}

function showTally() {
  const named = Object.entries(tally).filter(([, times]) => times);
  const words = named.map(([name, times]) => `${times} × ${nameOf(name)}`);
  document.getElementById("tally").textContent = words.join(" · ") || "nothing answered yet";
}

const nameOf = (name) => (lesson.beliefs[name] ? `${name} ${lesson.beliefs[name].belief}` : name);

/* ---- questions ---- */

function verdictOn(question, said) {
  const isWord = typeof question.answer === "string";
  const guess = isWord ? said : typed(said);
  if (isWord ? !said : isNaN(guess)) return undefined;
  const equal = (value, near) => (isWord ? value === guess : Math.abs(value - guess) <= near);
  if (equal(question.answer, question.near)) return { right: true, text: `Yes. ${question.why}` };
  const wrong = question.wrong.find(({ value, near }) => equal(value, near));
  if (!wrong) return { right: false, name: "other", text: "No; none of the known wrong answers." };
  const { belief, reply } = lesson.beliefs[wrong.belief];
  return { right: false, name: wrong.belief, text: `No. ${reply} (${wrong.belief}: ${belief})` };
}

function listen(question) {
  const form = document.getElementById(`q-${question.name}`);
  const reply = form.querySelector("output");
  const answered = memory.get()[question.name];
  if (answered) reply.textContent = answered;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = String(new FormData(form).get("answer") ?? "").trim();
    const verdict = verdictOn(question, said);
    reply.textContent = verdict?.text ?? "An answer first, please; a guess will do.";
    reply.className = verdict ? (verdict.right ? "right" : "wrong") : "";
    if (!verdict) return;
    count(verdict.right ? "right" : verdict.name);
    memory.put({ [question.name]: verdict.text });
  });
  for (const box of form.querySelectorAll(".vote input")) {
    box.value = memory.get()[`vote ${box.name}`] ?? "";
    box.addEventListener("input", () => memory.put({ [`vote ${box.name}`]: box.value }));
  }
}

/* ---- be the link ---- */

function play() {
  const form = document.getElementById("be");
  const [reply, list] = [form.querySelector("output"), document.getElementById("be-done")];
  const { role: select, part, number } = form.elements;
  const saved = memory.get().be;
  let game = new Game(lesson.turns, saved?.role ?? select.value, lesson.beliefs);
  if (saved) game.restore(saved);
  select.value = game.role;
  const show = () => {
    const lines = [...game.done].map((index) => game.turns[index]);
    list.replaceChildren(
      ...lines.map(({ phase, part, word, value }) => {
        const line = document.createElement("li");
        line.textContent = `${phase}: ${part} ${word} ${shortNumber(value)}`;
        return line;
      }),
    );
    if (game.over) reply.textContent += " All have acted: now all weights move at once.";
    memory.put({ be: game.state });
  };
  select.addEventListener("change", () => {
    game = new Game(lesson.turns, select.value, lesson.beliefs);
    reply.textContent = "";
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const before = { ...game.tally };
    const verdict = game.say(part.value, number.value);
    reply.textContent = verdict.text;
    reply.className = verdict.right ? "right" : "wrong";
    const missed = Object.keys(game.tally).find((name) => game.tally[name] !== before[name]);
    if (verdict.right || missed) count(verdict.right ? "right" : missed);
    if (verdict.right) [part.value, number.value] = ["", ""];
    (verdict.right ? part : number).focus();
    show();
  });
  show();
}

/* ---- keys ---- */

function onKey(event) {
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "b") document.getElementById("be").elements.part.focus();
  else if (key === "v") document.body.classList.toggle("voting");
  else if (key === "n") document.body.classList.toggle("noting");
  else if (key === "p") document.querySelector("form input").focus();
  else return;
  event.preventDefault();
}

lesson.questions.forEach(listen);
if (lesson.turns.length) play();
document.addEventListener("keydown", onKey);
document.getElementById("reset").addEventListener("click", () => {
  try {
    sessionStorage.removeItem(memory.key);
  } catch {
    // nothing was kept
  }
  location.reload();
});
showTally();
