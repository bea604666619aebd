/** An error as a log line has it. */
export interface LoggedError {
  type: string;
  message: string;
  code?: unknown;
  stack?: string;
  cause?: LoggedError | string;
}

const causesMax = 4;

/** `JSON.parse` quotes what it was given, which may be a body with a password. */
const mayQuote = (error: Error): boolean => error instanceof SyntaxError;

/**
 * What an error is, where and why. Nothing that a library hangs on its errors besides: the
 * arguments of a Redis command have tokens in them, and statements have values.
 */
export function logError(error: unknown, depth = 0): LoggedError | string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : typeof error;
  const { name, message, stack = '', cause } = error;
  const frames = stack.indexOf('\n    at ');
  return {
    type: name,
    message: mayQuote(error) ? 'not shown' : message,
    ...('code' in error ? { code: error.code } : {}),
    // Its first lines are the message once more.
    ...(frames < 0 ? {} : { stack: stack.slice(frames + 1) }),
    ...(cause === undefined || depth >= causesMax ? {} : { cause: logError(cause, depth + 1) }),
  };
}
