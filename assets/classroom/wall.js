export async function createScreen(root, address) {
  root.textContent = `wall ${address}`;
  return { wake() {}, close() {} };
}
