export async function createScreen(root, address) {
  root.textContent = `teacher ${address}`;
  return { wake() {}, close() {} };
}
