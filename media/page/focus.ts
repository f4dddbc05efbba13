/** What had the focus is drawn anew: its successor gets it. */
export function keepingFocus(draw: () => void): void {
  const focused = document.activeElement;
  const name =
    focused instanceof HTMLInputElement ? `input[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]` : undefined;
  const key = focused?.getAttribute('data-key');
  draw();
  if (focused?.isConnected === true) return;
  const wanted = name ?? (key === null || key === undefined ? undefined : `[data-key="${CSS.escape(key)}"]`);
  if (wanted !== undefined) document.querySelector<HTMLElement>(wanted)?.focus({ preventScroll: true });
}
