export { cardFromTranscript, type TranscriptCard } from "./transcript.ts";
