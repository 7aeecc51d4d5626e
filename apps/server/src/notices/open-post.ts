import { readFile } from "node:fs/promises";
import type { Post } from "@lanyard/identity";
import type { Config } from "../config.ts";
import { refuseLoose } from "../secrets/loose.ts";
import { smtpPost } from "./smtp-post.ts";

/**
 * The post of these settings; `undefined` where no mail server is set, so that mails wait.
 *
 * @throws {SecretsError} `secrets/file_missing` | `secrets/file_loose`
 */
export async function openPost(
  config: Pick<Config, "smtp" | "smtpPasswordFile" | "mailFrom">,
): Promise<Post | undefined> {
  const { smtp, smtpPasswordFile: file, mailFrom: from } = config;
  if (smtp === undefined) return undefined;
  if (file !== undefined) await refuseLoose(file);
  const password = file === undefined ? undefined : (await readFile(file, "utf8")).trimEnd();
  return smtpPost({ smtp, from, password });
}
