export async function createScreen(root, address) {
  root.textContent = `test ${address}`;
  return { wake() {}, close() {} };
}
