// What a device shows of the lesson: the server's snapshot, and what was chosen and drawn here since.

import { t } from "../shared/texts.js";
import { DOORS } from "./device_door.js";
import { chooseView, findTask } from "./device_task.js";
import { buildView } from "./device_views.js";

const keyOf = (news, ...parts) => [...parts, news.pupil?.id].join(" ");

// frame, store, session, sender and answers are the device's; `state` is what is known of it besides, see device.js.
export function createLesson({ frame, store, session, sender, answers, state, menu, doorActions }) {
  const look = (news) => {
    const { activity: { round } } = news;
    const given = (...parts) => answers.find(keyOf(news, ...parts));
    return {
      ...news,
      is_waiting: news.is_waiting && !state.isGoingOn,
      guess: given("guess", round) ?? news.guess,
      answers: news.answers?.map((answer, question) => given("question", round, question) ?? answer),
      to_vote: news.to_vote.map((drawing) => ({ ...drawing, vote: given("vote", drawing.id) ?? drawing.vote })),
    };
  };

  const readTask = (news) => findTask(news, [...store.read().queue, ...state.arrived]);

  function showDoor({ name, ...told }) {
    const { news } = session;
    frame.setTask("", "");
    frame.setView(name, "", JSON.stringify([name, told, news?.pupil, state.wanted]), () => (
      DOORS[name]({ ...told, news, wanted: state.wanted, act: doorActions })));
  }

  function drawMore(size) {
    const { news } = session;
    state.more = { key: keyOf(news, news.activity.round), size, until: readTask(news).num + size };
    state.sent = "";
    show();
  }

  function listActions({ activity: { name, round }, asked, ...news }) {
    const give = (parts, call, question) => {
      state.said = "";
      answers.give(keyOf(news, ...parts), call, question);
    };
    return {
      ask(number) {
        state.question = { key: keyOf(news, round), number };
        show();
      },
      guess: (answer) => give(["guess", round], "guess", { round, answer }),
      vote: (drawing, answer) => give(["vote", drawing], "vote", { drawing, answer }),
      answer: (question, answer) => give(["question", round, question], "answer_question", { round, question, answer }),
      pass: menu.openPass,
      drawMore: () => drawMore(name === "our_handwriting" ? asked.length : 1),
      stopMore: () => drawMore(0),
    };
  }

  function showTask({ activity, drawings }, { digit, done, total, num }, more) {
    const [number, all] = more ? [more.size - more.until + num + 1, more.size] : [done + 1, total];
    const progress = activity.name === "fool_it" ? "" : t("device_progress", { number, total: all });
    frame.setTask(t(digit === 8 ? "device_draw_8" : "device_draw", { digit }), progress);
    frame.setFresh(!state.isReady && !num && !drawings.length);
    frame.setReady(state.isReady);
    const { length } = store.read().queue;
    const why = length ? sender.away || state.away : "";
    const waiting = t(length === 1 ? "device_queued_one" : "device_queued", { num: length });
    if (why) frame.setSent(why === "busy" ? t("device_busy") : waiting);
    else frame.setSent(length ? t("device_sending") : state.sent);
  }

  function showView(name, news, more) {
    const { activity, pupil, drawings, guess, answers: answered, to_vote: toVote, half } = news;
    const key = keyOf(news, activity.round);
    const question = state.question.key === key ? state.question.number : 0;
    const isGuessWaiting = answers.isWaiting(keyOf(news, "guess", activity.round));
    const told = [name, pupil, activity.name, drawings, Boolean(more)];
    if (name !== "draw") told.push(activity, guess, answered, toVote, half, question, isGuessWaiting);
    frame.setView(name, activity.name, JSON.stringify(told), () => buildView(name, {
      news, question, isGuessWaiting, isMore: Boolean(more), act: listActions(news),
    }));
  }

  function show() {
    frame.setLine(state.away ? t(state.away === "busy" ? "device_busy" : "device_away") : state.said);
    frame.setName(session.news?.pupil ?? null);
    frame.setPaused(Boolean(session.news?.room.is_paused));
    if (state.door || !session.news) return showDoor(state.door ?? { name: "joining" });
    const news = look(session.news);
    const task = readTask(news);
    const { key, until } = state.more ?? {};
    const more = key === keyOf(news, news.activity.round) && task.num < until ? state.more : null;
    const name = chooseView(news, task, Boolean(more));
    if (name in DOORS) return showDoor({ name });
    if (name === "draw") showTask(news, task, more);
    else frame.setTask("", "");
    return showView(name, news, more);
  }

  return { show, readTask };
}
