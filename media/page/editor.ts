/** The editor as its page has it: what is told to it, and what it keeps over a reload of the window. */
export interface Editor<Kept, Message> {
  postMessage(message: Message): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Kept): void;
}

declare function acquireVsCodeApi<Kept, Message>(): Editor<Kept, Message>;

/** To be called once: the editor hands itself out only once. */
export function acquireEditor<Kept, Message>(): Editor<Kept, Message> {
  return acquireVsCodeApi<Kept, Message>();
}
