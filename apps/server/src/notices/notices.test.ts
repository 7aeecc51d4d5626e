import { postContract } from "@lanyard/testkit";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../config.ts";
import { type MailServer, openMailServer } from "../testing/mail-server.ts";
import { siteForTests } from "../testing/test-world.ts";
import {
  atAgent,
  authorise,
  comeBack,
  holderDesk,
  prove,
  report,
  type Unlocking,
} from "../testing/unlock-desk.ts";
import { openSender, type SenderOptions } from "./sender.ts";
import { smtpPost } from "./smtp-post.ts";

const place = siteForTests();
const FROM = "Lanyard <lanyard@care.example>";
const postTo = (port: number) =>
  smtpPost({
    smtp: { host: "127.0.0.1", port, secure: false, user: undefined },
    from: FROM,
    password: undefined,
  });

postContract("SMTP", async () => {
  const server = await openMailServer();
  const post = postTo(server.port);
  const close = async (): Promise<void> => {
    await post.close();
    await server.close();
  };
  return {
    post,
    arrived: () =>
      server.arrived.map(({ messageId, to, subject, text }) => ({ messageId, to, subject, text })),
    close,
  };
});

/** An unlock whose holder has these addresses and names, up to the release. */
async function released(change: object = {}): Promise<Unlocking> {
  const { world } = place();
  const met = await holderDesk(place());
  const holder = await world.person({ email: "maria@care.example", ...change });
  const holderCard = await world.card(holder.careId);
  await met.desk.remove(1);
  await met.desk.insert(1, holderCard);
  const unlock = await atAgent({ ...met, holder, holderCard });
  await authorise(unlock);
  return unlock;
}

async function verified(change: object = {}) {
  const unlock = await released(change);
  await report(unlock, "reset", 0x9000);
  await report(unlock, "rotate", 0x9000);
  return { unlock, progress: await prove(unlock) };
}

const noticesOf = ({ task }: Unlocking) =>
  place().world.store.transaction(({ notices }) => notices.ofCeremony(task.ceremony));

describe("[SP800-63B §4.6] the holder is told", () => {
  test("in the commit of success, once an address: what, when, where, by whom, and what to do", async () => {
    const { unlock } = await verified({ otherEmail: "home@maria.example" });
    const told = await noticesOf(unlock);
    expect(told.map(({ to, state }) => [to, state])).toEqual([
      ["maria@care.example", "waiting"],
      ["home@maria.example", "waiting"],
    ]);
    const text = told[0]?.text ?? "";
    const { serial } = unlock.holderCard.record;
    for (const words of [
      `Your smartcard ${serial} was unlocked.`,
      "2 March 2026",
      "Reception",
      "By: RA Agent, Trust",
      "extension 4321",
    ])
      expect(text).toContain(words);
    expect(text).not.toMatch(/https?:|www\./);
    expect(text).not.toContain(unlock.operator.familyName);
  });

  test("no step, no notice: what cannot be written down undoes the success", async () => {
    const unlock = await released();
    await report(unlock, "reset", 0x9000);
    place().world.failAudit("unlock.verified");
    await expect(prove(unlock)).rejects.toMatchObject({ code: "internal" });
    expect(await noticesOf(unlock)).toEqual([]);
  });

  test("no commit, no notice: what is written is taken back with the step", async () => {
    const unlock = await released();
    await report(unlock, "reset", 0x9000);
    const { store } = place().world;
    const { transaction } = store;
    const failing = vi.spyOn(store, "transaction").mockImplementation((work) =>
      transaction(async (records) => {
        const write = vi.spyOn(records.notices, "write");
        const done = await work(records);
        if (write.mock.calls.length > 0) throw new Error("The commit failed.");
        return done;
      }),
    );
    await expect(prove(unlock)).rejects.toMatchObject({ code: "internal" });
    failing.mockRestore();
    expect(await noticesOf(unlock)).toEqual([]);
  });

  test("also of one in doubt: pulling the card out early hides nothing", async () => {
    const unlock = await released();
    const { visit } = unlock;
    await unlock.desk.call("unlock_lost", { visit, reason: "holder_card_removed" });
    expect(await noticesOf(unlock)).toMatchObject([
      { subject: "Your smartcard may have been unlocked", state: "waiting" },
    ]);
  });

  test.each([undefined, "", "no address", "a@b.example\r\nBcc: evil@thief.example", "a@b,c@d"])(
    "nobody to tell, which is written down and shown to the operator: %j",
    async (email) => {
      const { unlock, progress } = await verified({ email });
      expect(await noticesOf(unlock)).toMatchObject([{ to: undefined, state: "no_address" }]);
      expect((await comeBack(unlock, progress)).body).toContain("No e-mail address is on record");
    },
  );
});

describe("[RFC5321] the outbox against a real mail server", () => {
  let server: MailServer;
  beforeEach(async () => {
    server = await openMailServer();
    await drain();
  });
  afterEach(() => server.close());

  const senderTo = (port: number, change: Partial<SenderOptions> = {}) =>
    openSender({
      store: place().world.store,
      post: postTo(port),
      log: pino({ level: "silent" }),
      now: place().world.clock.now,
      times: { firstRetryMs: 0, ...change.times },
      ...(change.post && { post: change.post }),
    });
  /** What other tests left waiting is none of this test's. */
  async function drain(): Promise<void> {
    const post = {
      deliver: async () => ({ outcome: "accepted" }) as const,
      close: async () => undefined,
    };
    await senderTo(1, { post }).round();
  }

  test("delivered once, as written, however often the outbox is looked through", async () => {
    const { unlock } = await verified();
    const sender = senderTo(server.port);
    await sender.round();
    await sender.round();
    const [notice] = await noticesOf(unlock);
    expect(notice).toMatchObject({ state: "sent", attempts: 1 });
    expect(server.arrived).toMatchObject([
      {
        messageId: notice?.messageId,
        recipients: ["maria@care.example"],
        subject: notice?.subject,
        text: notice?.text,
      },
    ]);
    expect(server.arrived[0]?.raw).toContain("Auto-Submitted: auto-generated");
  });

  test("server down: later, and then it arrives", async () => {
    const { unlock } = await verified();
    const { port } = server;
    await server.close();
    await senderTo(port).round();
    expect(await noticesOf(unlock)).toMatchObject([{ state: "waiting", attempts: 1 }]);
    server = await openMailServer(port);
    await senderTo(port).round();
    expect(await noticesOf(unlock)).toMatchObject([{ state: "sent", attempts: 2 }]);
    expect(server.arrived).toHaveLength(1);
  });

  test("4xx: tried again; 5xx: given up with the reason, on record and on the operator's page", async () => {
    const { unlock, progress } = await verified();
    server.refuse = 451;
    const sender = senderTo(server.port);
    await sender.round();
    const [first] = await noticesOf(unlock);
    expect(first).toMatchObject({ state: "waiting", reason: expect.stringContaining("451") });
    server.refuse = 550;
    await sender.round();
    expect(await noticesOf(unlock)).toMatchObject([
      { state: "given_up", reason: expect.stringContaining("RCPT TO 550") },
    ]);
    server.refuse = undefined;
    await sender.round();
    expect(server.arrived).toEqual([]);
    const entry = (await place().world.record()).filter(
      ({ action }) => action === "notice.given_up",
    );
    expect(entry.at(-1)).toMatchObject({ holder: unlock.holder.careId });
    expect(JSON.stringify(entry)).not.toContain("maria@");
    expect((await comeBack(unlock, progress)).body).toContain("could not be delivered");
  });

  test("too old: given up, though the server said only: not now", async () => {
    const { unlock } = await verified();
    server.refuse = 451;
    await senderTo(server.port, { times: { giveUpMs: 0 } }).round();
    expect(await noticesOf(unlock)).toMatchObject([{ state: "given_up" }]);
  });

  test("cut off after the message was taken: sent again, under the same message id", async () => {
    const { unlock } = await verified();
    server.cutAfterData = true;
    const sender = senderTo(server.port);
    await sender.round();
    expect(await noticesOf(unlock)).toMatchObject([{ state: "waiting" }]);
    await sender.round();
    const [notice] = await noticesOf(unlock);
    expect(notice?.state).toBe("sent");
    expect(server.arrived.map(({ messageId }) => messageId)).toEqual([
      notice?.messageId,
      notice?.messageId,
    ]);
  });

  test("killed between sending and writing it down: another sender repeats it, under the same message id", async () => {
    const { unlock } = await verified();
    const [claimed] = await place().world.store.transaction(({ notices }) =>
      notices.claim("dead", 0, 9),
    );
    if (claimed === undefined) throw new Error("Nothing waits.");
    await postTo(server.port).deliver(claimed.mail);
    await senderTo(server.port).round();
    expect(await noticesOf(unlock)).toMatchObject([{ state: "sent", attempts: 2 }]);
    expect(new Set(server.arrived.map(({ messageId }) => messageId)).size).toBe(1);
    expect(server.arrived).toHaveLength(2);
  });

  test("two senders at once do not send twice", async () => {
    const unlocks = [await verified(), await verified()];
    await Promise.all(
      [senderTo(server.port), senderTo(server.port)].map((sender) => sender.round()),
    );
    const ids = server.arrived.map(({ messageId }) => messageId);
    expect(ids).toHaveLength(unlocks.length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("a name is words in the text, never a header nor a line of its own", async () => {
    await verified({
      givenNames: "Eve\r\nBcc: evil@thief.example\r\n\r\n",
      familyName: "\u202eMallory",
    });
    await senderTo(server.port).round();
    const [mail] = server.arrived;
    expect(mail?.recipients).toEqual(["maria@care.example"]);
    expect(mail?.raw.slice(0, mail.raw.indexOf("\r\n\r\n"))).not.toContain("evil@");
    expect(mail?.text.split("\n")[0]).toBe("Dr Eve Bcc: evil@thief.example Mallory,");
  });

  test("a mail server that hangs does not hold up the end of the process", async () => {
    await verified();
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const post = {
      deliver: () => {
        asked();
        return new Promise<never>(() => undefined);
      },
      close: async () => undefined,
    };
    const sender = senderTo(1, { post, times: { shutdownMs: 10, leaseMs: 0 } });
    void sender.round();
    await isAsked;
    await sender.close();
  });
});

test("settings: no password in the address, TLS demanded elsewhere than here", () => {
  const smtp = (url: string) => readConfig({ LANYARD_SMTP_URL: url }).smtp;
  expect(smtp("smtps://mail.care.example")).toMatchObject({ port: 465, secure: true });
  expect(smtp("smtp://robot@mail.care.example")).toMatchObject({ port: 587, user: "robot" });
  for (const wrong of [
    "smtp://robot:secret@mail.care.example",
    "https://mail.care.example",
    "mail",
  ])
    expect(() => smtp(wrong)).toThrow("LANYARD_SMTP_URL");
  expect(() => readConfig({ LANYARD_MAIL_FROM: "a\r\nBcc: b <c@d>" })).toThrow("LANYARD_MAIL_FROM");
});
