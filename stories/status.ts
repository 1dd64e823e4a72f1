import { expect, waitFor } from 'storybook/test';

type Status = 'pending' | 'streaming' | 'done' | 'failed' | 'stopped';

/** Waits until each panel of the story has reached `status`, so that what is checked and photographed does not move. */
export async function settled(canvas: HTMLElement, status: Status): Promise<void> {
  await waitFor(() => {
    const panels = [...canvas.querySelectorAll<HTMLElement>('[data-stream-panel]')];
    expect(panels.length).toBeGreaterThan(0);
    expect(panels.map((panel) => panel.dataset['status'])).toEqual(panels.map(() => status));
  });
}

/** Waits until the first panel shows exactly this text. */
export async function shows(canvas: HTMLElement, text: string): Promise<void> {
  await waitFor(() => expect(canvas.querySelector('[data-stream-body]')?.textContent).toBe(text));
}
