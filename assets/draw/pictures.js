// Pictures from elsewhere: opened, taken, pasted or dropped; the server makes 28x28 of them, and of what a frame holds.

import { $, isShown } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { createLatest, describeState, inTime, stateOf } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { createCamera } from "./camera.js";
import { createDrops } from "./drops.js";
import { middleFrame, surround } from "./frame.js";
import { notify, showHealth } from "./notice.js";
import { createPhoto } from "./photo.js";
import { shrinkPicture } from "./shrink.js";

const MAX_FILE_BYTES = 20e6;

// isBlocked() says whether no picture is wanted now; onRest() is called when a frame is let go.
export function createPictures({ ink, pad, isBlocked, onRest }) {
  const begin = createLatest();
  const live = createLive({
    send: ({ picture, frame }) => send(picture.file, frame ?? {}), nextQuestion, onAnswer, onState: showHealth,
  });
  const photo = createPhoto({ onFrame: want, onFind: () => want(null), onRest });
  let shownUrl;
  let wanted; // the frame that the visitor wants and nothing is known of yet, null for one that is to be found

  async function read(file) {
    if (!file || isBlocked()) return;
    const isCurrent = begin();
    const { generation } = ink;
    // A later picture or a stroke drawn meanwhile is what the visitor wants.
    const isLate = () => !isCurrent() || generation !== ink.generation || pad.isPenDown;
    notify(t("picture_reading"));
    const small = await shrinkPicture(file);
    if (isLate()) return notify("");
    if (small.file.size > MAX_FILE_BYTES) return notify(t("picture_too_large"));
    const answer = await inTime(send(small.file, small.isShown ? {} : { preview: 1 }));
    const picture = (answer?.ok || answer?.isPicture) && await describePicture(small.file, answer);
    if (isLate()) return notify("");
    // Beside what is said of a picture that cannot be read no other digit may stand; undo brings it back.
    if (picture) ink.putPicture(picture, imageOf(answer));
    else if (stateOf(answer) === "error") ink.clear();
    notify(describeState(answer));
    if (picture) photo.bringIntoView();
  }

  function want(frame) {
    wanted = frame;
    live.request();
  }

  function nextQuestion() {
    return ink.picture && wanted !== undefined ? { picture: ink.picture, frame: wanted } : null;
  }

  function onAnswer(answer, { picture, frame }) {
    if (ink.picture?.url !== picture.url) return;
    if (wanted === frame) wanted = undefined;
    ink.amendPicture({
      ...ink.picture,
      frame: frame ?? (answer.ok ? surround(answer.frame) : ink.picture.frame),
      steps: answer.steps ?? [],
      number: numberOf(answer),
      isByHand: Boolean(frame),
    }, imageOf(answer));
    if (!answer.ok) notify(tellError(answer));
  }

  const isWanted = () => !isBlocked();
  createDrops({ isWanted, onFile: read, onLink: () => notify(t("picture_link")) });
  createCamera({ isWanted, onPhoto: read });
  $("#picture").addEventListener("click", () => $("#picture-file").click());
  for (const input of [$("#picture-file"), $("#camera-file")]) {
    input.addEventListener("change", () => {
      read(input.files[0]);
      input.value = "";
    });
  }
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (!isShown($("#sketch")) || !file) return;
    event.preventDefault();
    read(file);
  });

  return {
    // Shows the picture of the drawing as it is now.
    show() {
      const { picture } = ink;
      if (picture?.url !== shownUrl) wanted = undefined;
      shownUrl = picture?.url;
      photo.show(picture, wanted ?? picture?.frame);
    },
    // The pad holds another of a number's digits.
    choose(place) {
      const { number } = ink.picture;
      ink.amendPicture({ ...ink.picture, number: { ...number, chosen: place } }, number.digits[place].image);
    },
    get isHeld() { return photo.isHeld; },
  };
}

// A number, of which the first digit lies on the pad; the image on the pad, null where nothing was found.
const numberOf = ({ number }) => number && { ...number, chosen: 0 };
const imageOf = ({ number, image = null }) => number?.digits[0].image ?? image;

// The picture as the page can show it and as it is asked about from now on.
async function describePicture(sent, answer) {
  const { preview, frame, steps = [] } = answer;
  const file = preview ? await (await fetch(preview)).blob() : sent;
  const url = URL.createObjectURL(file);
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  const aspect = image.naturalWidth / image.naturalHeight;
  const ends = aspect < 1 ? [aspect, 1] : [1, 1 / aspect];
  return { file, url, aspect, frame: frame ? surround(frame) : middleFrame(ends), steps, number: numberOf(answer), isByHand: false };
}

// Undefined on any failure, as the functions of the server give it.
async function send(file, query) {
  const address = new URL("picture", document.baseURI);
  Object.entries(query).forEach(([name, value]) => address.searchParams.set(name, value));
  try {
    return await (await fetch(address, { method: "POST", body: file })).json();
  } catch {
    return undefined;
  }
}
