import type { Look } from "./portrait.ts";

/** Names of roles as the pages show them. */
export type DemoRole =
  | "RA Manager"
  | "Advanced RA Agent"
  | "RA Agent"
  | "RA Sponsor"
  | "ID Checker"
  | "Smartcard Administrator"
  | "Privacy Officer";

export interface DemoOrganisation {
  /** Shaped like an ODS code; none of these was ever given out. */
  readonly code: string;
  readonly name: string;
  /** The organisation whose registration authority it belongs to, if another's. */
  readonly parentCode?: string;
}

/** One smartcard. Days count from the first start of the demo, so that nothing grows stale. */
export interface DemoCard {
  /** Eight digits, printed on the back. */
  readonly serial: string;
  readonly life: "active" | "issued_locked" | "cancelled";
  /** What the chip takes. */
  readonly passcodeRule: "alphanumeric-4-8" | "digits-6-8";
  readonly pukChangeable: boolean;
  /** What the holder would type. Fits the chip and the site's policy, and is shown on the card tray. */
  readonly passcode: string;
  /** 3 on a fresh card, 0 on a locked one. */
  readonly passcodeTriesLeft: 0 | 1 | 2 | 3;
  readonly issuedDaysAgo: number;
  /** Less than nothing when expired. */
  readonly expiresInDays: number;
}

export interface DemoPerson {
  /** The 12-digit number the service calls UUID. */
  readonly careId: string;
  readonly title?: string;
  readonly givenNames: string;
  readonly familyName: string;
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly email: string;
  readonly phone: string;
  readonly jobTitle: string;
  readonly organisationCode: string;
  readonly status: "open" | "closed";
  /** None for people who only hold a card. */
  readonly roles: readonly DemoRole[];
  readonly look: Look;
  readonly cards: readonly DemoCard[];
}

export const DEMO_ORGANISATIONS: readonly DemoOrganisation[] = [
  { code: "ZRT1", name: "Riverside Teaching Trust" },
  { code: "ZFC2", name: "Fairhaven Community Trust" },
  { code: "ZHS301", name: "Harbour Street Surgery", parentCode: "ZRT1" },
  { code: "ZEL40", name: "Elm Lane Pharmacy", parentCode: "ZRT1" },
  { code: "ZMH55", name: "Meadow House Care Home", parentCode: "ZFC2" },
];

/** A card in everyday use: letters and digits, issued last year, good for two more. */
function card(serial: string, passcode: string, differences: Partial<DemoCard> = {}): DemoCard {
  return {
    serial,
    life: "active",
    passcodeRule: "alphanumeric-4-8",
    pukChangeable: true,
    passcode,
    passcodeTriesLeft: 3,
    issuedDaysAgo: 390,
    expiresInDays: 705,
    ...differences,
  };
}

const DIGITS_ONLY = { passcodeRule: "digits-6-8" } as const;
const LOCKED = { passcodeTriesLeft: 0 } as const;
const EXPIRED = { issuedDaysAgo: 1170, expiresInDays: -75 } as const;
const CANCELLED = { life: "cancelled" } as const;
const ISSUED_LOCKED = {
  life: "issued_locked",
  ...LOCKED,
  issuedDaysAgo: 4,
  expiresInDays: 1091,
} as const;

/** The people behind the desk, every role among them, and some whose own card refuses them. */
// biome-ignore format: one person, a few lines
const OPERATORS: readonly DemoPerson[] = [
  { careId: "555020417733", title: "Mr", givenNames: "Sam", familyName: "Carter", dateOfBirth: "1990-11-08",
    email: "sam.carter@riverside-teaching.example", phone: "07700 900101", jobTitle: "Registration authority agent",
    organisationCode: "ZRT1", status: "open", roles: ["RA Agent"],
    look: { skin: "light", hair: "parted", hairColour: "chestnut", clothes: "shirt", clothesColour: "sky", beard: "stubble" },
    cards: [
      card("98210046", "q4vz8m"),
      card("94320017", "a5c7e9", { ...LOCKED, issuedDaysAgo: 1020, expiresInDays: 75 }),
    ] },
  { careId: "555031862905", title: "Ms", givenNames: "Priya", familyName: "Raman", dateOfBirth: "1979-02-21",
    email: "priya.raman@riverside-teaching.example", phone: "07700 900102", jobTitle: "Registration authority manager",
    organisationCode: "ZRT1", status: "open", roles: ["RA Manager"],
    look: { skin: "brown", hair: "long", hairColour: "black", clothes: "jacket", clothesColour: "plum" },
    cards: [card("98210113", "583926", DIGITS_ONLY)] },
  { careId: "555047390186", title: "Mr", givenNames: "Tomasz", familyName: "Zielinski", dateOfBirth: "1985-07-30",
    email: "tomasz.zielinski@riverside-teaching.example", phone: "07700 900103", jobTitle: "Senior registration authority agent",
    organisationCode: "ZRT1", status: "open", roles: ["Advanced RA Agent"],
    look: { skin: "porcelain", hair: "receding", hairColour: "blond", clothes: "jumper", clothesColour: "green", glasses: true },
    cards: [card("98210287", "h7tw2k")] },
  { careId: "555058124479", title: "Mrs", givenNames: "Grace", familyName: "Adeyemi", dateOfBirth: "1972-05-14",
    email: "grace.adeyemi@harbour-street.example", phone: "07700 900104", jobTitle: "Practice manager",
    organisationCode: "ZHS301", status: "open", roles: ["RA Sponsor"],
    look: { skin: "deep", hair: "bun", hairColour: "black", clothes: "jacket", clothesColour: "navy", glasses: true },
    cards: [card("98210355", "m3xk9d")] },
  { careId: "555069037218", title: "Ms", givenNames: "Leila", familyName: "Haddad", dateOfBirth: "1994-09-02",
    email: "leila.haddad@riverside-teaching.example", phone: "07700 900105", jobTitle: "Recruitment officer",
    organisationCode: "ZRT1", status: "open", roles: ["ID Checker"],
    look: { skin: "olive", hair: "headscarf", hairColour: "brown", clothes: "jumper", clothesColour: "grey", fabric: "plum" },
    cards: [card("98210429", "9r4n7b")] },
  { careId: "555073581640", title: "Mr", givenNames: "Owen", familyName: "Pritchard", dateOfBirth: "1966-12-19",
    email: "owen.pritchard@elm-lane.example", phone: "07700 900106", jobTitle: "Pharmacy manager",
    organisationCode: "ZEL40", status: "open", roles: ["Smartcard Administrator"],
    look: { skin: "light", hair: "bald", hairColour: "grey", clothes: "shirt", clothesColour: "white", beard: "moustache", lines: true },
    cards: [card("98210561", "720495", DIGITS_ONLY)] },
  { careId: "555084620951", title: "Ms", givenNames: "Mei Lin", familyName: "Chen", dateOfBirth: "1988-03-27",
    email: "meilin.chen@fairhaven-community.example", phone: "07700 900107", jobTitle: "Registration authority agent",
    organisationCode: "ZFC2", status: "open", roles: ["RA Agent"],
    look: { skin: "porcelain", hair: "bob", hairColour: "black", clothes: "jumper", clothesColour: "rust" },
    cards: [card("98210638", "w6pf3t")] },
  { careId: "555091745362", title: "Mr", givenNames: "Kwame", familyName: "Boateng", dateOfBirth: "1983-10-11",
    email: "kwame.boateng@meadow-house.example", phone: "07700 900108", jobTitle: "Deputy home manager",
    organisationCode: "ZMH55", status: "open", roles: ["RA Sponsor", "ID Checker"],
    look: { skin: "deep", hair: "short", hairColour: "black", clothes: "shirt", clothesColour: "teal", beard: "full" },
    cards: [card("98210704", "k8d5v2")] },
  { careId: "555095517283", title: "Ms", givenNames: "Harriet", familyName: "Lowe", dateOfBirth: "1976-08-21",
    email: "harriet.lowe@riverside-teaching.example", phone: "07700 900112", jobTitle: "Information governance lead",
    organisationCode: "ZRT1", status: "open", roles: ["Privacy Officer"],
    look: { skin: "light", hair: "bob", hairColour: "chestnut", clothes: "jacket", clothesColour: "green", glasses: true },
    cards: [card("98211095", "y3n7c5")] },
  { careId: "555102938457", title: "Mr", givenNames: "Callum", familyName: "Fraser", dateOfBirth: "1992-01-05",
    email: "callum.fraser@riverside-teaching.example", phone: "07700 900109", jobTitle: "Registration authority agent",
    organisationCode: "ZRT1", status: "open", roles: ["RA Agent"],
    look: { skin: "porcelain", hair: "curly", hairColour: "red", clothes: "jumper", clothesColour: "navy" },
    cards: [card("98210872", "t5hz8c", LOCKED)] },
  { careId: "555113406728", title: "Ms", givenNames: "Ingrid", familyName: "Solberg", dateOfBirth: "1969-08-23",
    email: "ingrid.solberg@fairhaven-community.example", phone: "07700 900110", jobTitle: "Ward services manager",
    organisationCode: "ZFC2", status: "open", roles: ["RA Sponsor"],
    look: { skin: "porcelain", hair: "bob", hairColour: "grey", clothes: "shirt", clothesColour: "plum", glasses: true, lines: true },
    cards: [card("98210930", "b7k3x9", EXPIRED)] },
  { careId: "555124879036", title: "Mrs", givenNames: "Nadia", familyName: "Rahman", dateOfBirth: "1981-04-16",
    email: "nadia.rahman@harbour-street.example", phone: "07700 900111", jobTitle: "Reception lead",
    organisationCode: "ZHS301", status: "open", roles: ["Smartcard Administrator"],
    look: { skin: "tan", hair: "long", hairColour: "brown", clothes: "jumper", clothesColour: "teal" },
    cards: [card("98211028", "v2m6q8", CANCELLED)] },
];

/** The people who come to the desk, one for every state a card can be in. */
// biome-ignore format: one person, a few lines
const HOLDERS: readonly DemoPerson[] = [
  { careId: "555083916274", title: "Ms", givenNames: "Maria", familyName: "Okafor", dateOfBirth: "1984-03-17",
    email: "maria.okafor@riverside-teaching.example", phone: "07700 900142", jobTitle: "Staff nurse",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "brown", hair: "afro", hairColour: "black", clothes: "scrubs", clothesColour: "sky" },
    cards: [card("98261750", "x4w9k2", LOCKED)] },
  { careId: "555135027894", title: "Dr", givenNames: "James", familyName: "Whitfield", dateOfBirth: "1963-06-29",
    email: "james.whitfield@riverside-teaching.example", phone: "07700 900143", jobTitle: "Consultant anaesthetist",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "light", hair: "receding", hairColour: "white", clothes: "jacket", clothesColour: "grey", glasses: true, lines: true },
    cards: [
      card("90417725", "p3f8", { issuedDaysAgo: 2300, expiresInDays: -1205 }),
      card("94650218", "d6r2z7", { ...CANCELLED, issuedDaysAgo: 1250, expiresInDays: -155 }),
      card("98261817", "n8g4t6", { ...LOCKED, issuedDaysAgo: 160, expiresInDays: 935 }),
    ] },
  { careId: "555146380251", title: "Mr", givenNames: "Gurpreet", familyName: "Sandhu", dateOfBirth: "1977-11-24",
    email: "gurpreet.sandhu@elm-lane.example", phone: "07700 900144", jobTitle: "Pharmacist",
    organisationCode: "ZEL40", status: "open", roles: [],
    look: { skin: "tan", hair: "turban", hairColour: "black", clothes: "shirt", clothesColour: "white", fabric: "navy", beard: "full" },
    cards: [card("98261932", "609374", { ...DIGITS_ONLY, ...LOCKED })] },
  { careId: "555157492603", title: "Miss", givenNames: "Aoife", familyName: "Brennan", dateOfBirth: "1998-02-12",
    email: "aoife.brennan@riverside-teaching.example", phone: "07700 900145", jobTitle: "Physiotherapist",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "porcelain", hair: "long", hairColour: "red", clothes: "scrubs", clothesColour: "white" },
    cards: [card("98262044", "f9t3w7")] },
  { careId: "555168713940", title: "Dr", givenNames: "Hiroshi", familyName: "Tanaka", dateOfBirth: "1975-09-18",
    email: "hiroshi.tanaka@harbour-street.example", phone: "07700 900146", jobTitle: "General practitioner",
    organisationCode: "ZHS301", status: "open", roles: [],
    look: { skin: "light", hair: "short", hairColour: "black", clothes: "shirt", clothesColour: "sky", glasses: true },
    cards: [card("98262159", "r7c4y9", EXPIRED)] },
  { careId: "555179260485", title: "Mrs", givenNames: "Fatima", familyName: "Al-Sayed", dateOfBirth: "1986-05-03",
    email: "fatima.alsayed@riverside-teaching.example", phone: "07700 900147", jobTitle: "Midwife",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "olive", hair: "headscarf", hairColour: "brown", clothes: "scrubs", clothesColour: "teal", fabric: "sky" },
    cards: [card("98262276", "z5n8h3", CANCELLED)] },
  { careId: "555180547396", title: "Mr", givenNames: "Mateus", familyName: "Oliveira", dateOfBirth: "2000-08-07",
    email: "mateus.oliveira@meadow-house.example", phone: "07700 900148", jobTitle: "Care assistant",
    organisationCode: "ZMH55", status: "open", roles: [],
    look: { skin: "tan", hair: "curly", hairColour: "brown", clothes: "scrubs", clothesColour: "green" },
    cards: [card("98262301", "g3v7p5", ISSUED_LOCKED)] },
  { careId: "555191638502", title: "Ms", givenNames: "Chloe", familyName: "Marchetti", dateOfBirth: "1991-12-01",
    email: "chloe.marchetti@fairhaven-community.example", phone: "07700 900149", jobTitle: "Occupational therapist",
    organisationCode: "ZFC2", status: "open", roles: [],
    look: { skin: "light", hair: "bun", hairColour: "brown", clothes: "scrubs", clothesColour: "plum" },
    cards: [card("98262447", "481750", { ...DIGITS_ONLY, passcodeTriesLeft: 1 })] },
  { careId: "555202719684", title: "Mr", givenNames: "Emeka", familyName: "Nwosu", dateOfBirth: "1989-07-22",
    email: "emeka.nwosu@riverside-teaching.example", phone: "07700 900150", jobTitle: "Radiographer",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "deep", hair: "bald", hairColour: "black", clothes: "scrubs", clothesColour: "navy", beard: "full" },
    cards: [card("98262518", "395172", { ...DIGITS_ONLY, ...LOCKED, pukChangeable: false })] },
  { careId: "555213804957", title: "Mrs", givenNames: "Anneke", familyName: "de Vries", dateOfBirth: "1968-01-26",
    email: "anneke.devries@meadow-house.example", phone: "07700 900151", jobTitle: "Senior care worker",
    organisationCode: "ZMH55", status: "open", roles: [],
    look: { skin: "porcelain", hair: "bob", hairColour: "white", clothes: "jumper", clothesColour: "rust", lines: true },
    cards: [card("98262683", "c8w5m2", { issuedDaysAgo: 1047, expiresInDays: 48 })] },
  { careId: "555224951073", title: "Dr", givenNames: "Sunita", familyName: "Deshpande", dateOfBirth: "1982-10-09",
    email: "sunita.deshpande@harbour-street.example", phone: "07700 900152", jobTitle: "General practitioner",
    organisationCode: "ZHS301", status: "open", roles: [],
    look: { skin: "tan", hair: "bob", hairColour: "black", clothes: "jacket", clothesColour: "teal", glasses: true },
    cards: [
      card("94651337", "k2x7", { issuedDaysAgo: 1020, expiresInDays: 75 }),
      card("98262790", "y6d9v4", { ...LOCKED, issuedDaysAgo: 12, expiresInDays: 1083 }),
    ] },
  { careId: "555235068419", title: "Mr", givenNames: "Dafydd", familyName: "Llewellyn", dateOfBirth: "1959-03-06",
    email: "dafydd.llewellyn@elm-lane.example", phone: "07700 900153", jobTitle: "Dispenser",
    organisationCode: "ZEL40", status: "open", roles: [],
    look: { skin: "light", hair: "short", hairColour: "grey", clothes: "jumper", clothesColour: "plum", beard: "full", lines: true },
    cards: [card("98262864", "s4h7q9", { ...EXPIRED, ...LOCKED, expiresInDays: -1 })] },
  { careId: "555246193705", title: "Ms", givenNames: "Zainab", familyName: "Yusuf", dateOfBirth: "1996-06-15",
    email: "zainab.yusuf@riverside-teaching.example", phone: "07700 900154", jobTitle: "Healthcare assistant",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "deep", hair: "headscarf", hairColour: "black", clothes: "scrubs", clothesColour: "sky", fabric: "rust" },
    cards: [card("98262925", "846039", { ...DIGITS_ONLY, ...ISSUED_LOCKED })] },
  { careId: "555257304816", title: "Mr", givenNames: "Luka", familyName: "Petrovic", dateOfBirth: "1987-04-28",
    email: "luka.petrovic@fairhaven-community.example", phone: "07700 900155", jobTitle: "Paramedic",
    organisationCode: "ZFC2", status: "open", roles: [],
    look: { skin: "olive", hair: "short", hairColour: "chestnut", clothes: "scrubs", clothesColour: "green", beard: "stubble" },
    cards: [card("98263017", "j9f4t8")] },
  { careId: "555268417920", title: "Mx", givenNames: "Robin", familyName: "Ashworth", dateOfBirth: "1993-09-13",
    email: "robin.ashworth@riverside-teaching.example", phone: "07700 900156", jobTitle: "Biomedical scientist",
    organisationCode: "ZRT1", status: "open", roles: [],
    look: { skin: "light", hair: "curly", hairColour: "blond", clothes: "jacket", clothesColour: "green", glasses: true },
    cards: [card("98263142", "517284", DIGITS_ONLY)] },
  { careId: "555279528031", title: "Mrs", givenNames: "Thi Hanh", familyName: "Nguyen", dateOfBirth: "1970-11-30",
    email: "hanh.nguyen@elm-lane.example", phone: "07700 900157", jobTitle: "Pharmacy technician",
    organisationCode: "ZEL40", status: "closed", roles: [],
    look: { skin: "olive", hair: "bun", hairColour: "black", clothes: "shirt", clothesColour: "rust", lines: true },
    cards: [card("98263209", "w3k8r5")] },
];

/** Everybody in the demo. All of them are invented. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [...OPERATORS, ...HOLDERS];
