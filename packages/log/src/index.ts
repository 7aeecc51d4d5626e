export {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
} from "./checkpoint.ts";
export { LogError, type LogErrorCode } from "./errors.ts";
export {
  formatNote,
  formatVerifierKey,
  type Note,
  type NoteCrypto,
  type NoteSignature,
  openNote,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifierKey,
} from "./note.ts";
export {
  type ConsistencyClaim,
  consistencyRanges,
  type InclusionClaim,
  inclusionRanges,
  isConsistent,
  isIncluded,
  type TreeHead,
} from "./proofs.ts";
export {
  appendLeaf,
  coverOf,
  EMPTY,
  type Frontier,
  type Hash,
  type LeafRange,
  leafHash,
  type NodePlace,
  nodeHash,
  rangeHash,
  rootOf,
  type TreeNode,
} from "./tree.ts";
