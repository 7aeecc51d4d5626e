import { foldText, type Symbols } from "./symbols.ts";
import { isMadeOf } from "./words.ts";

/** Words that a place of care, its software and its way of signing in suggest, up to eight letters. */
const WORK = `
  nhs nhsnet nhsuk care cares caring carer carers careid carehome health healthy smart smartcard card cards cis cis2
  spine trust ward wards nurse nurses nursing doctor doctors medic medics medical medicine clinic clinics clinical
  hospital surgery surgeon patient patients pharmacy pharma chemist dental dentist midwife matron sister porter
  theatre triage consult therapy therapist physio radiology xray blood bloods ambulance paramed rota shift shifts
  nights bleep scrubs hospice vaccine tablet tablets dose meds drugs icu itu hdu emis lorenzo cerner
  systmone systm1 login logon logmein letmein letmeon welcome enter access unlock unlocks unlocked locked admin
  manager staff office work worker working works team agent sponsor reader passcode pincode pin puk desk badge
  lanyard identity service user username helpdesk workday payroll council social stgeorge
`;

/** Words that add nothing to the one beside them. */
const FILLERS = "my the our love ilove for and you new";

/** CONTEXT words, and what people put beside any word. */
const CONTEXT_WORDS: readonly Symbols[] = fold(WORK);
const FILLER_WORDS: readonly Symbols[] = fold(FILLERS);

/** Words that do not make a holder's name beside them harder to guess. */
export const BESIDE_WORDS: readonly Symbols[] = [...CONTEXT_WORDS, ...FILLER_WORDS];

/** CONTEXT: nurse, nurse22, 2nhs24, mynhs, nhscare1, nur5e. */
export function isContext(symbols: Symbols): boolean {
  return isMadeOf(symbols, { wanted: CONTEXT_WORDS, beside: FILLER_WORDS });
}

function fold(words: string): readonly Symbols[] {
  return words.trim().split(/\s+/).map(foldText);
}
