// A pupil's page: joins a room at once, shows what the class does, and sends what is drawn and answered.

import { emit, on } from "../shared/bus.js";
import { loadStyle } from "../shared/part.js";
import { loadTexts, t, tellError } from "../shared/texts.js";
import { createFrame } from "./device_frame.js";
import { createLesson } from "./device_lesson.js";
import { createMenu } from "./device_menu.js";
import { createAnswers, createSender } from "./device_sender.js";
import { createSession } from "./device_session.js";
import { createStore, readCode } from "./device_store.js";

export async function createScreen(root, address) {
  await Promise.all([loadTexts("class_device", "class_lesson", "animals"), loadStyle("classroom/device")]);
  return openDevice(root, readCode(address.get("code") ?? ""));
}

// Each round and each pupil has a pad of its own: what was begun there is found again, and nothing else.
function createPadLoan(code) {
  let lent = "";
  return (news) => {
    const { activity, pupil } = news ?? {};
    const name = ["class", code, activity?.round, pupil?.id].filter(Boolean).join("-");
    const model = activity?.settings.level ?? "";
    if (lent === `${name} ${model}`) return;
    lent = `${name} ${model}`;
    emit("pad-lent", { name, model });
  };
}

// What a device knows besides the server's snapshot and its store.
const createState = () => ({
  door: null, // { name, ... } of what is shown instead of the lesson
  wanted: null, // the animal that is asked for
  isGoingOn: false, // as another animal, until the teacher has answered
  more: null, // { key, size, until }: a further round, and how many drawings there will be after it
  question: {}, // { key, number } of the question that is shown
  arrived: [], // drawings that the snapshot may not have yet
  isReady: false, // there is enough ink to be read
  away: "", // why the server is not heard, see device_sender.js
  said: "", // what the server refused, until the pupil goes on
  sent: "",
  round: null,
});

function createDoorActions({ session, state, say, show, onDoor, listAnimals }) {
  return {
    enter: session.enter,
    listAnimals,
    async rejoin() {
      state.isGoingOn = true;
      say(await session.rejoin());
    },
    async askBack(pupil) {
      const problem = await session.askBack(pupil);
      if (!problem) Object.assign(state, { wanted: pupil, isGoingOn: false });
      say(problem);
    },
    goOn() {
      state.isGoingOn = true;
      show();
    },
    cancel: () => (session.news ? onDoor(null) : session.enter()),
  };
}

function openDevice(root, code) {
  const state = createState();
  let isOver = false;
  const store = createStore(code);
  const lendPad = createPadLoan(code);
  const show = () => isOver || lesson.show();

  function say(text) {
    state.said = text;
    show();
  }

  const onRefused = (answer) => say(tellError(answer));
  const sender = createSender(store, { onChange: show, onSent: noteSent, onRefused });
  const answers = createAnswers(store, { onChange: show, onRefused });
  const session = createSession(code, store, { onNews, onAway, onDoor });
  const listAnimals = async () => say(await session.listAnimals());
  const frame = createFrame(root, { onSend: send, onMenu: () => menu.open() });
  // An answer belongs to whoever has the device when it arrives.
  const passOn = (pupil) => (answers.areWaiting ? t("device_no_connection") : session.passOn(pupil));
  const menu = createMenu(root, { passOn, leave: session.leave, listAnimals });
  const doorActions = createDoorActions({ session, state, say, show, onDoor, listAnimals });
  const lesson = createLesson({ frame, store, session, sender, answers, state, menu, doorActions });

  function onNews(news) {
    const { round } = news.activity;
    if (round !== state.round) Object.assign(state, { round, sent: "" });
    menu.update(news);
    lendPad(news);
    if (!news.is_waiting) {
      const isRefused = state.wanted && state.wanted.id !== news.pupil?.id;
      if (isRefused) state.said = t("device_not_let_in");
      Object.assign(state, { wanted: null, isGoingOn: false });
    }
    sender.send();
    show();
  }

  function onAway(why) {
    if (state.away === (why || "")) return;
    state.away = why || "";
    show();
  }

  function onDoor(name, told) {
    state.door = name ? { name, ...told } : null;
    state.said = "";
    if (["ended", "left"].includes(name)) {
      menu.close();
      emit("pad-emptied");
    }
    show();
  }

  function noteSent({ number, round, pupil, label }, reading) {
    state.arrived.push({ number, round, pupil, label });
    state.sent = !reading ? t("device_sent")
      : t(reading.is_digit ? "device_sent_read" : "device_sent_unread", { digit: reading.digit });
    session.look();
  }

  // The drawing has its number before it is sent, and the pad is free for the next.
  function send() {
    let drawn = null;
    emit("ink-wanted", (ink) => { drawn = ink; });
    state.said = "";
    state.sent = t("device_empty");
    if (drawn?.canBeRead && session.news?.pupil) {
      const { activity: { round }, pupil } = session.news;
      const strokes = drawn.strokes.map((stroke) => stroke.map(([x, y]) => [x, y])); // when it was drawn stays here
      store.add({ round, pupil: pupil.id, label: lesson.readTask(session.news).digit, strokes });
      state.sent = "";
      emit("pad-emptied");
      sender.send();
    }
    show();
  }

  on("ink-changed", (isReady) => {
    if (state.isReady === isReady) return;
    state.isReady = isReady;
    if (isReady) state.sent = "";
    show();
  });
  lendPad(null);
  session.open();
  show();
  return {
    wake: session.look,
    close() {
      isOver = true;
      for (const part of [session, sender, answers, menu, frame]) part.close();
      emit("pad-lent", null);
    },
  };
}
