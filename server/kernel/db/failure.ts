/** Why a center cannot start or go on, as the one sentence its operator reads. Never carries a value of a row or a secret. */
export class CenterFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CenterFailure';
    this.code = code;
  }
}
