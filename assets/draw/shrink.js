// A picture is made small before it travels: the server looks at no more than 512 pixels on the longer side.

const LONGEST = 1024;
const SMALL_BYTES = 300_000;
const LARGEST_BYTES = 100e6; // what is larger is a film
const JPEG_QUALITY = 0.92;
const HEAD_BYTES = 4096;
const MOVING = /^GIF8|^....ftypavis|acTL|ANIM/s;

// Gives { file, isShown }. What the browser cannot decode goes as it is, and then it cannot show it either; of an
// animation the server chooses the frame.
export async function shrinkPicture(file) {
  const asItIs = { file, isShown: false };
  if (file.size > LARGEST_BYTES || await isAnimated(file)) return asItIs;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    if (Math.max(bitmap.width, bitmap.height) <= LONGEST && file.size <= SMALL_BYTES) return { file, isShown: true };
    const small = await scaleDown(bitmap);
    bitmap.close();
    return small ? { file: small, isShown: true } : asItIs;
  } catch {
    return asItIs;
  }
}

async function isAnimated(file) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return MOVING.test(String.fromCharCode(...head));
}

async function scaleDown(bitmap) {
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!tellsTruth(context)) return null;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const isOpaque = data.every((value, index) => index % 4 < 3 || value === 255);
  return new Promise((resolve) => canvas.toBlob(resolve, isOpaque ? "image/jpeg" : "image/png", JPEG_QUALITY));
}

// A browser that hides what it is may give other pixels than were painted.
function tellsTruth(context) {
  context.fillStyle = "#123456";
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  context.clearRect(0, 0, 1, 1);
  return red === 0x12 && green === 0x34 && blue === 0x56;
}
