/** An invariant as a question to the database: every row of the answer is a violation. */
export interface Check {
  name: string;
  /** The invariant in a sentence. */
  says: string;
  sql: string;
}
