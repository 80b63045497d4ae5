/** Under which subject the history keeps the bypass of one skillset; null: of the contact center as a whole. */
export function bypassSubject(skillset: string | null): string {
  return skillset === null ? 'contact_center' : `skillsets/${skillset}`;
}
