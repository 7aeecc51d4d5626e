import { SecretsError } from "../errors.ts";
import { Pkcs11Error } from "./return-codes.ts";

/** Numbers go by value; bytes and words as the pointer to them, which the call reads or writes. */
export type Argument = number | bigint | Uint8Array | BigUint64Array | null;

/** A PKCS#11 module [PKCS11], loaded. Every call runs off the event loop. */
export interface NativePkcs11 {
  /** Rejects with {@link Pkcs11Error} when the function does not return CKR_OK. */
  call(name: FunctionName, ...args: readonly Argument[]): Promise<void>;
  /** Where these bytes lie, for structures that point to them. Who holds the address keeps the bytes. */
  addressOf(bytes: Uint8Array | BigUint64Array): bigint;
}

const N = "uint64_t";
const P = "void *";

/** What is called of CK_FUNCTION_LIST [PKCS11 §3.6]: its place there, and what it takes. */
// biome-ignore format: one line per function, as in the C header
const FUNCTIONS = {
  C_Initialize:        { place: 0,  takes: [P] },
  C_Finalize:          { place: 1,  takes: [P] },
  C_GetSlotList:       { place: 4,  takes: ["uint8_t", P, P] },
  C_GetTokenInfo:      { place: 6,  takes: [N, P] },
  C_OpenSession:       { place: 12, takes: [N, N, P, P, P] },
  C_CloseSession:      { place: 13, takes: [N] },
  C_Login:             { place: 18, takes: [N, N, P, N] },
  C_CreateObject:      { place: 20, takes: [N, P, N, P] },
  C_GetAttributeValue: { place: 24, takes: [N, N, P, N] },
  C_FindObjectsInit:   { place: 26, takes: [N, P, N] },
  C_FindObjects:       { place: 27, takes: [N, P, N, P] },
  C_FindObjectsFinal:  { place: 28, takes: [N] },
  C_SignInit:          { place: 42, takes: [N, P, N] },
  C_Sign:              { place: 43, takes: [N, P, N, P, P] },
  C_GenerateKey:       { place: 58, takes: [N, P, P, N, P] },
} as const;

export type FunctionName = keyof typeof FUNCTIONS;

const FUNCTION_COUNT = 68;

/** A token over the network may never answer: whoever waits is told so, though its thread stays taken. */
const CALL_LIMIT_MS = 10_000;

/**
 * Loads the module. Only Unix with 64-bit words: elsewhere PKCS#11 packs its structures otherwise.
 *
 * @throws {SecretsError} `secrets/unavailable`
 */
export async function loadPkcs11(path: string): Promise<NativePkcs11> {
  if (process.platform === "win32")
    throw new SecretsError("secrets/unavailable", "PKCS#11 is not supported on Windows.");
  try {
    const { default: koffi } = await import("koffi");
    const functions = bind(koffi, path);
    const callWithinLimit = limited();
    return {
      call: (name, ...args) =>
        callWithinLimit(name, () => started(functions[name], { name, args })),
      addressOf: (bytes) => koffi.address(bytes),
    };
  } catch (cause) {
    throw new SecretsError(
      "secrets/unavailable",
      `The PKCS#11 module ${path} cannot be loaded. Is it installed, and for this kind of machine?`,
      { cause },
    );
  }
}

type Koffi = typeof import("koffi")["default"];
type Callable = ReturnType<ReturnType<Koffi["load"]>["func"]>;

/** By CK_FUNCTION_LIST, the one symbol a module must export: `CK_VERSION`, padding, then pointers. */
function bind(koffi: Koffi, path: string): Readonly<Record<FunctionName, Callable>> {
  const library = koffi.load(path);
  loaded.add(library);
  const getFunctionList = library.func("C_GetFunctionList", N, [P]);
  const list = new BigUint64Array(1);
  getFunctionList(list);
  const places = koffi.array(N, FUNCTION_COUNT + 1);
  const pointers: readonly (number | bigint)[] = koffi.decode(list[0], places);
  const bound = (name: FunctionName): Callable => {
    const { place, takes } = FUNCTIONS[name];
    return koffi.decode(BigInt(pointers[1 + place] ?? 0), koffi.proto(N, [...takes]));
  };
  // biome-ignore format: one line per function
  return {
    C_Initialize:        bound("C_Initialize"),
    C_Finalize:          bound("C_Finalize"),
    C_GetSlotList:       bound("C_GetSlotList"),
    C_GetTokenInfo:      bound("C_GetTokenInfo"),
    C_OpenSession:       bound("C_OpenSession"),
    C_CloseSession:      bound("C_CloseSession"),
    C_Login:             bound("C_Login"),
    C_CreateObject:      bound("C_CreateObject"),
    C_GetAttributeValue: bound("C_GetAttributeValue"),
    C_FindObjectsInit:   bound("C_FindObjectsInit"),
    C_FindObjects:       bound("C_FindObjects"),
    C_FindObjectsFinal:  bound("C_FindObjectsFinal"),
    C_SignInit:          bound("C_SignInit"),
    C_Sign:              bound("C_Sign"),
    C_GenerateKey:       bound("C_GenerateKey"),
  };
}

/** What is reached by pointer does not hold its library: once collected, it would be unloaded beneath our calls. */
const loaded = new Set<ReturnType<Koffi["load"]>>();

interface Call {
  readonly name: FunctionName;
  readonly args: readonly Argument[];
}

/** Runs one function on a thread of the pool. */
function started(callable: Callable, { name, args }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    kept.add(args);
    callable.async(...args, (error: unknown, returnCode: unknown) => {
      kept.delete(args);
      if (error !== null) reject(error);
      else if (Number(returnCode) === 0) resolve();
      else reject(new Pkcs11Error(Number(returnCode), name));
    });
  });
}

/** Native code reads and writes these: the garbage collector must not take them meanwhile. */
const kept = new Set<readonly Argument[]>();

/**
 * Whoever waits too long is told so, and until that call answers no other is made: each would take one more of
 * libuv's four threads.
 */
function limited(): (name: FunctionName, call: () => Promise<void>) => Promise<void> {
  let silent = 0;
  return (name, call) =>
    new Promise((resolve, reject) => {
      const give = () =>
        reject(new SecretsError("secrets/unavailable", `The token does not answer (${name}).`));
      if (silent > 0) return give();
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        silent += 1;
        give();
      }, CALL_LIMIT_MS);
      call()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          if (late) silent -= 1;
        });
    });
}
