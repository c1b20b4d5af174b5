export async function createScreen(root, address) {
  root.textContent = `device ${address}`;
  return { wake() {}, close() {} };
}
