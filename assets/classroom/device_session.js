// A device in a room: how it joins, hears, and goes. The server holds the state; the device has a token.

import { later } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { askClass, follow } from "./client.js";

const RETRY = 1000;
const PATIENCE = 6000;

const tellProblem = (answer) => (answer ? tellError(answer) : t("device_no_connection"));

// onNews(news) of each snapshot, onAway(why) as of a sender or nothing, onDoor(name, told) when something else than the lesson is shown: see
// device_door.js. What pupils do gives what went wrong, or an empty text.
export function createSession(code, store, { onNews, onAway, onDoor }) {
  let follower = null;
  let news = null;
  let isOver = false;
  const listeners = new Set();

  // With a token of its own the device may ask again and still is one animal.
  async function enter() {
    onDoor("joining");
    store.change({});
    for (;;) {
      const answer = await askClass("join", { code, device: store.read().token });
      if (isOver) return;
      onAway(answer ? answer.isBusy && "busy" : "away");
      if (answer?.ok) return beIn(answer.device);
      if (answer && !answer.isBusy) return refuse(answer);
      await later(RETRY);
      if (isOver) return;
    }
  }

  function refuse(answer) {
    if (!answer.isGone) return onDoor("refused", { message: tellError(answer) });
    store.forget();
    return onDoor("wrong", { message: tellError(answer) });
  }

  function beIn(token) {
    store.change({ token, isIn: true });
    start();
    onDoor(null);
  }

  function start() {
    follower?.close();
    follower = follow("show_device", { device: store.read().token }, {
      onNews: hear,
      onState: (state) => onAway(state === "away" && "away"),
      onGone: () => stop("ended"),
    });
  }

  function hear(answer) {
    news = answer;
    store.catchUp(news.last_number);
    onNews(news);
    for (const take of listeners) take();
  }

  // Nothing of the room is kept.
  function stop(door) {
    follower?.close();
    follower = null;
    news = null;
    store.forget();
    onDoor(door);
  }

  async function waitUntil(isTrue) {
    const end = Date.now() + PATIENCE;
    while (!isTrue() && Date.now() < end) {
      follower?.look();
      let take;
      await Promise.race([new Promise((resolve) => { take = resolve; listeners.add(take); }), later(300)]);
      listeners.delete(take);
    }
    return isTrue();
  }

  return {
    get news() { return news; },
    enter,
    open() {
      if (!code) return onDoor("wrong", { message: "" });
      return store.read().isIn ? start() : enter();
    },
    look() { follower?.look(); },
    close() {
      isOver = true;
      follower?.close();
    },
    ...createWishes({
      code, store, readNews: () => news, waitUntil, beIn, onDoor, leave: () => stop("left"),
    }),
  };
}

// What pupils ask for themselves.
function createWishes({ code, store, readNews, waitUntil, beIn, onDoor, leave }) {
  const ask = (name, question) => askClass(name, { ...question, device: store.read().token });

  return {
    async passOn(pupil) {
      const before = readNews()?.pupil?.id;
      const answer = await ask("pass_on", { pupil });
      if (answer?.error) return tellError(answer);
      const isDone = await waitUntil(() => ![undefined, before].includes(readNews()?.pupil?.id));
      return isDone ? "" : t("device_no_connection");
    },

    async leave() {
      if (!await waitUntil(() => !store.read().queue.length)) return t("device_leave_queue");
      const answer = await ask("leave");
      if (!answer?.ok) return tellProblem(answer);
      leave();
      return "";
    },

    async listAnimals() {
      const answer = await ask("list_pupils", { code });
      if (!answer?.ok) return tellProblem(answer);
      const own = (readNews()?.pupils ?? []).map(({ id }) => id);
      onDoor("animals", { pupils: answer.pupils.filter(({ id }) => !own.includes(id)) });
      return "";
    },

    async askBack(pupil) {
      const answer = await ask("ask_back", { code, pupil: pupil.id });
      if (!answer?.ok) return tellProblem(answer);
      beIn(answer.device);
      return "";
    },

    async rejoin() {
      store.change({}); // the same token each time, so that there is one animal
      const answer = await ask("join", { code });
      if (!answer?.ok) return tellProblem(answer);
      beIn(answer.device);
      return await waitUntil(() => readNews()?.pupil) ? "" : t("device_no_connection");
    },
  };
}
