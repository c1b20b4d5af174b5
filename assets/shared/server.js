// What all questions to the server share. A function of the server never rejects: it gives undefined on any failure, and
// nothing at all when the server hangs.

export const SILENCE = 2000;
export const GIVE_UP = 10000;
export const RETRY = 1000;

// The functions of all parts that have begun, by name.
export const server = {};

export function connect(functions) {
  Object.assign(server, functions);
}

export const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function retryLater(action) {
  clearTimeout(action.timer);
  action.timer = setTimeout(action, RETRY);
}
