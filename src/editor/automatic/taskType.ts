/** The type of the task that takes a snapshot, as in `tasks.json`. */
export const taskType = 'snapstage';
