/*
 * The entry: a host calls render with a model and an element; what comes back takes it away again.
 * Of the model the player uses get, on, off and send.
 */

import { listen } from "./controls.js";
import { Player } from "./player.js";
import { isPresenter, presenterIn } from "./presenter.js";

/** @param {{model: Model, el: HTMLElement}} host */
function render({ model, el }) {
  if (model.get("page") && isPresenter()) return presenterIn(el);
  const root = document.createElement("div");
  root.className = "lp-root";
  root.tabIndex = 0;
  root.innerHTML = model.get("shell");
  const isFramed = window.parent !== window; // a sandboxed frame cannot print
  if (isFramed) root.querySelector("[data-act=print]")?.remove();
  el.append(root);
  const player = new Player(model, root);
  Object.assign(root, { player });
  const listening = new AbortController();
  listen(player, listening.signal);
  const watcher = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = player.page.get("stage");
    const off = [clientWidth - player.width, clientHeight - player.height];
    if (clientWidth && Math.max(...off.map(Math.abs)) > 2) player.build();
  });
  watcher.observe(player.page.get("stage"));
  /** @type {Record<string, (message: any) => void>} */
  const heard = {
    "change:trace": () => player.reload(),
    "msg:custom": (message) => player.page.text("news", message.news),
  };
  for (const [event, hear] of Object.entries(heard)) model.on(event, hear);
  return () => {
    listening.abort();
    watcher.disconnect();
    player.stop();
    player.presenter.close();
    for (const [event, hear] of Object.entries(heard)) model.off(event, hear);
    root.remove();
  };
}

export default { render };
