export type NodesErrorCode = "nodes/message_invalid";

/** What one node would tell the others is no message. Only a mistake of ours brings this. */
export class NodesError extends Error {
  override readonly name = "NodesError";
  readonly code: NodesErrorCode;

  constructor(code: NodesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
