/** Everything that keeps the agent from starting or going on, by stable code. */
export type AgentErrorCode =
  | "config/wrong"
  | "enrolment/no_code"
  | "enrolment/refused"
  | "enrolment/no_server"
  | "device_key/loose_permissions"
  | "device_key/unreadable"
  | "journal/unusable"
  | "http/port_taken"
  | "http/not_listening";

/** The message is for the person at the desk; nothing secret and nothing personal is in it. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
