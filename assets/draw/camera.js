// A photo from here and now. Where a browser gives a page the camera it is live; else a phone is asked to take a photo.

import { closeBeside, openDialog } from "../shared/dialog.js";
import { $ } from "../shared/dom.js";
import { createLatest } from "../shared/server.js";
import { fillTexts, t } from "../shared/texts.js";

// Not in the page's own HTML, which holds what is seen at once.
const DIALOG = `
  <video id="camera-video" playsinline muted data-label="camera_picture"></video>
  <p id="camera-note" role="status"></p>
  <div class="row">
    <button type="button" id="camera-shoot" class="primary" data-text="camera_shoot"></button>
    <button type="button" id="camera-instead" data-text="camera_instead"></button>
    <button type="button" id="camera-close" data-text="camera_close"></button>
  </div>
`;
const LONGEST = 1024;

// onPhoto(file) of each photo; isWanted() says whether one may come.
export function createCamera({ isWanted, onPhoto }) {
  const dialog = $("#camera-dialog");
  dialog.innerHTML = DIALOG;
  fillTexts(dialog);
  const video = $("#camera-video");
  const begin = createLatest();

  async function open() {
    if (!isWanted()) return;
    if (!navigator.mediaDevices?.getUserMedia) return $("#camera-file").click();
    const isCurrent = begin();
    tell(t("camera_waiting"), false);
    video.hidden = false;
    openDialog(dialog);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!isCurrent() || !dialog.open) return stop(stream);
      video.srcObject = stream;
      await video.play();
      if (isCurrent()) tell(t("camera_hint"), true);
    } catch {
      if (!isCurrent()) return;
      tell(t("camera_none"), false);
      video.hidden = true;
    }
  }

  function tell(text, canShoot) {
    $("#camera-note").textContent = text;
    $("#camera-shoot").disabled = !canShoot;
  }

  function shoot() {
    const { videoWidth, videoHeight } = video;
    const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
    const canvas = Object.assign(document.createElement("canvas"), { width: videoWidth * scale, height: videoHeight * scale });
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    dialog.close();
    canvas.toBlob(onPhoto, "image/jpeg", 0.92);
  }

  function stop(stream) {
    stream?.getTracks().forEach((track) => track.stop());
  }

  $("#camera").addEventListener("click", open);
  $("#camera-shoot").addEventListener("click", shoot);
  $("#camera-instead").addEventListener("click", () => {
    dialog.close();
    $("#camera-file").click();
  });
  $("#camera-close").addEventListener("click", () => dialog.close());
  closeBeside(dialog, () => dialog.close());
  dialog.addEventListener("close", () => {
    begin(); // a camera that is still being asked for comes too late
    stop(video.srcObject);
    video.srcObject = null;
  });
}
