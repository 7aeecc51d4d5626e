// The agent
export { AGENT_VERSION, type Agent, type AgentParts, startAgent } from "./app.ts";
export { type AgentConfig, readAgentConfig } from "./config.ts";
export { AgentError, type AgentErrorCode } from "./errors.ts";
export { AGENT_EXIT, type AgentProcess, enrolAgent, runAgent } from "./main.ts";
// The readers of this PC
export { pcscReaders } from "./readers/pcsc-readers.ts";
export {
  type ReaderDriver,
  ReaderError,
  type ReaderErrorCode,
  type ReaderSlot,
  type ReadersState,
  type SlotState,
} from "./readers/readers.ts";
export { type VirtualReaderDriver, virtualReaders } from "./readers/virtual-readers.ts";
export { linkToVpcd, type VpcdLink, type VpcdLinkOptions } from "./virtual/vpcd-link.ts";
