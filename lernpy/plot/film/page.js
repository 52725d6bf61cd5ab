"use strict";
(function () {
  const frames = JSON.parse(document.getElementById("frames").textContent);
  const pause = Number(document.body.dataset.pause);
  const get = (id) => document.getElementById(id);
  const slider = get("slider");
  let at = 0;
  let timer = null;

  function show(index) {
    at = Math.max(0, Math.min(frames.length - 1, index));
    get("picture").src = "data:image/png;base64," + frames[at];
    slider.value = at;
    get("count").textContent = `${at + 1} of ${frames.length}`;
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    get("play").textContent = "play";
  }
  function next() {
    if (at === frames.length - 1) stop();
    else show(at + 1);
  }
  function play() {
    if (timer) return stop();
    if (at === frames.length - 1) show(0);
    get("play").textContent = "pause";
    timer = setInterval(next, pause);
  }
  function go(index) {
    stop();
    show(index);
  }
  function pressed(event) {
    const keys = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1 };
    if (event.key in keys) go(keys[event.key]);
    else if (event.key === " " && event.target.tagName !== "BUTTON") play();
    else return;
    event.preventDefault();
  }

  slider.max = frames.length - 1;
  slider.oninput = () => go(Number(slider.value));
  get("first").onclick = () => go(0);
  get("back").onclick = () => go(at - 1);
  get("on").onclick = () => go(at + 1);
  get("last").onclick = () => go(frames.length - 1);
  get("play").onclick = play;
  document.addEventListener("keydown", pressed);
  show(0);
})();
