/** Whether an issue is one of a repository. */
export const isOf = (repository: string, id: string): boolean =>
  id.toLowerCase().startsWith(`${repository.toLowerCase()}#`);
