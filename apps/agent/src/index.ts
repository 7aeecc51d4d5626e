// The readers of this PC

// The agent
export { AGENT_VERSION, type Agent, type AgentParts, startAgent } from "./app.ts";
export { type AgentConfig, readAgentConfig } from "./config.ts";
export { AgentError, type AgentErrorCode } from "./errors.ts";
export { AGENT_EXIT, type AgentProcess, runAgent } from "./main.ts";
export {
  type ReaderDriver,
  ReaderError,
  type ReaderErrorCode,
  type ReaderSlot,
  type ReadersState,
  type SlotState,
} from "./readers/readers.ts";
