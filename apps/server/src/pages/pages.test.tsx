import { ACTIVITIES, DENIALS } from "@lanyard/identity";
import { assetUrls, renderPage } from "@lanyard/pages";
import { describe, expect, test } from "vitest";
import { deskStatus, renderDeskStatus, renderFragment } from "./desk-status/desk-status.tsx";
import { homePage } from "./home/home.page.tsx";
import { outcomePage } from "./outcome/outcome.page.tsx";
import { endedUnlock } from "./outcome/outcome.tsx";
import { END_REASONS, OUTCOMES } from "./outcome/words.ts";
import { profilePage } from "./people/profile.page.tsx";
import { searchResultsPage } from "./people/search-results.page.tsx";
import { SERVICE_DENIALS } from "./people/words.ts";
import { problemPage } from "./problem/problem.page.tsx";
import { ACTIVITY_WORDS } from "./problem/words.ts";
import { signedOutPage } from "./sign-out/signed-out.page.tsx";
import {
  DESK_READY,
  DEVICE,
  DEVICES,
  frameWithoutTab,
  HOLDER,
  PERSON,
  SERVICE_DESK,
  signedInFrame,
  signedOutFrame,
} from "./testing/sample-models.ts";
import { samplePages } from "./testing/sample-pages.ts";
import { manageSmartcardPage } from "./unlock/manage-smartcard.page.tsx";
import { servicePage } from "./unlock/service.page.tsx";
import { serviceOffer } from "./unlock/service-offer.ts";
import { CARD_REFUSALS } from "./unlock/words.ts";

const assets = assetUrls("0123456789abcdef");
const frame = signedInFrame(assets);
const pages = Object.entries(samplePages(assets)).map(([name, page]) => ({
  name,
  html: renderPage(page),
}));

function htmlOf(name: string): string {
  const page = pages.find((candidate) => candidate.name === name);
  if (page === undefined) throw new Error(`No sample page is called ${name}.`);
  return page.html;
}

/** What is read, without the markup. */
function textOf(html: string): string {
  return html
    .slice(html.indexOf("<main"), html.indexOf("</main>"))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll(/\s+/g, " ");
}

/** The opening tags of one element that carry `mark`. */
function tags(html: string, element: string, mark: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${element}\\b[^>]*>`, "g"))]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes(mark));
}

describe.each(pages)("$name", ({ html }) => {
  test("has one first heading, a title, and no state that only a colour tells", () => {
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toMatch(/<title>[^<]{3,} - Care Identity Service - Lanyard<\/title>/);
    expect(html).not.toMatch(/undefined|\[object|NaN|Invalid Date/);
  });

  test("[CSP3] has no inline script or style", () => {
    expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
  });

  test("never disables the way on, and posts only to itself", () => {
    expect(tags(html, "button", "disabled")).toEqual([]);
    for (const form of tags(html, "form", "action=")) expect(form).toMatch(/action="\/[a-z]/);
  });

  test("keeps names and numbers out of the browser's history", () => {
    expect(html.match(/<title>(.*?)<\/title>/)?.[1]).not.toMatch(/Okafor|5550|4001/);
  });
});

describe("the how-to's own words are on screen", () => {
  test.each([
    ["portal", "Launch Care Identity Service"],
    ["home", "Manage Smartcard"],
    ["profile", "Smartcard Details"],
    ["profile", "Service"],
    ["manage-smartcard", "Place the user’s card in the second card reader."],
    ["manage-smartcard", "Continue"],
    ["personal-details", "Personal Details"],
    ["choose-device", "Smartcard Details"],
    ["choose-device", "Service"],
    ["service", "Unlock Smartcard"],
    ["service", "Continue"],
    ["outcome-verified", "Smartcard successfully unlocked"],
  ])("%s: %s", (name, words) => expect(textOf(htmlOf(name))).toContain(words));

  test("success is claimed where the card proved it and nowhere else", () => {
    const claiming = pages.filter(({ html }) => html.includes("successfully unlocked"));
    expect(claiming.map(({ name }) => name)).toEqual(["outcome-verified"]);
  });
});

test("B, C: the link opens a new window, says so, and hands nothing over", () => {
  const [link] = tags(htmlOf("portal"), "a", 'href="/cis"');
  expect(link).toContain('target="_blank"');
  expect(link).toContain('rel="noopener"');
  expect(textOf(htmlOf("portal"))).toContain("opens in a new window");
});

describe("D: the tab, or the green box for those without it", () => {
  test("with the tab there is a button to it", () => {
    const html = renderPage(homePage(frame, { desk: DESK_READY }));
    expect(textOf(html)).not.toContain("12-digit number on the front of the user’s smartcard");
    expect(tags(html, "a", 'href="/manage-smartcard"')).toHaveLength(2);
  });

  test("without it the way by search is told, and nothing leads to the tab", () => {
    const html = renderPage(homePage(frameWithoutTab(assets), { desk: DESK_READY }));
    expect(textOf(html)).toContain("12-digit number on the front of the user’s smartcard");
    expect(html).not.toContain('href="/manage-smartcard"');
  });
});

describe("searching", () => {
  test("people are found by their UUID's link", () => {
    expect(htmlOf("search")).toContain('href="/people/555083916274"');
    expect(textOf(htmlOf("search"))).toContain("5550 8391 6274");
    expect(textOf(htmlOf("search"))).toContain("There are more.");
  });

  test("an empty search is an error at the field", () => {
    expect(htmlOf("search-empty")).toContain("<title>Error: ");
    expect(htmlOf("search-empty")).toContain('<a href="#q">');
  });

  test("what was typed is shown as text", () => {
    const query = '"><img src=x onerror=alert(1)>';
    const html = renderPage(searchResultsPage(frame, { query, results: [], hasMore: false }));
    expect(html).not.toContain("<img");
    expect(html).toContain('value="&quot;&gt;&lt;img');
  });
});

describe("a profile", () => {
  test("the latest in-date device is selected, and goes to this person's service", () => {
    const html = htmlOf("profile");
    const checked = tags(html, "input", "checked");
    expect(checked).toHaveLength(1);
    expect(checked[0]).toContain(`value="${DEVICE.serial}"`);
    expect(tags(html, "form", 'action="/people/555083916274/service"')).toHaveLength(1);
  });

  test.each(DENIALS)("%s: no button, and why", (reason) => {
    const html = renderPage(
      profilePage(frame, {
        holder: HOLDER,
        devices: DEVICES,
        selected: DEVICE.serial,
        service: { allowed: false, reason },
        cards: { notes: [], settleHref: undefined },
      }),
    );
    expect(html).not.toContain('action="/people/');
    expect(textOf(html)).toContain(SERVICE_DENIALS[reason]);
  });

  test("what went wrong with a card is told, and only a supervisor may let it be tried", () => {
    const { serial } = DEVICE;
    const notes = [
      { kind: "incident", serial, firstDesk: "Reception", foundAt: "Ward 4" },
      { kind: "frozen", serial },
    ] as const;
    const show = (settleHref: string | undefined) =>
      renderPage(
        profilePage(frame, {
          ...{ holder: HOLDER, devices: DEVICES, selected: undefined },
          service: { allowed: false, reason: "no_role" },
          cards: { notes, settleHref },
        }),
      );
    expect(textOf(show(undefined))).toContain("last unlocked at Reception");
    expect(textOf(show(undefined))).not.toContain("Allow one try");
    const html = show("/people/555083916274/frozen");
    expect(tags(html, "form", 'action="/people/555083916274/frozen"')).toHaveLength(1);
  });

  test("a hostile name is text wherever it stands", () => {
    const person = { ...PERSON, givenNames: "<script>1</script>", familyName: '"><b>x' };
    const holder = { ...HOLDER, person, organisation: "<i>Infirmary</i>" };
    const html = renderPage(
      profilePage(frame, {
        holder,
        devices: [],
        selected: undefined,
        service: { allowed: false, reason: "no_role" },
        cards: { notes: [], settleHref: undefined },
      }),
    );
    expect(html).not.toMatch(/<script>|<b>|<i>/);
    expect(html).toContain("&lt;script&gt;1&lt;/script&gt;");
  });
});

describe("E: why a card will not do", () => {
  const reasons = Object.keys(CARD_REFUSALS);

  test("each reason has its own sentence and its own thing to do", () => {
    const words = Object.values(CARD_REFUSALS);
    expect(new Set(words.map(({ problem }) => problem)).size).toBe(reasons.length);
    expect(new Set(words.map(({ toDo }) => toDo)).size).toBe(reasons.length);
  });

  test.each(Object.entries(CARD_REFUSALS))(
    "%s is an error that says what to do",
    (reason, words) => {
      const html = htmlOf(`manage-smartcard-${reason.replaceAll("_", "-")}`);
      expect(html).toContain("<title>Error: Manage Smartcard");
      expect(textOf(html)).toContain(words.problem);
      expect(textOf(html)).toContain(words.toDo);
      expect(textOf(html).includes(SERVICE_DESK)).toBe(words.mayNeedDesk);
    },
  );

  test("another card: both serials, and that nothing was done to it", () => {
    const text = textOf(htmlOf("manage-smartcard-another-card"));
    expect(text).toContain("Expected device 40012345");
    expect(text).toContain("Device in the reader 39876543");
    expect(text).toContain("Nothing was done to it");
  });

  test("a serial from a search stays one segment of the address", () => {
    const expected = { serial: "../sign-out?x", holderName: "X" };
    const html = renderPage(manageSmartcardPage(frame, { desk: DESK_READY, expected }));
    expect(html).toContain('action="/manage-smartcard/..%2Fsign-out%3Fx"');
  });
});

describe("F: the person", () => {
  test("nothing is ticked or selected beforehand", () => {
    expect(tags(htmlOf("personal-details"), "input", "checked")).toEqual([]);
  });

  test("the photo, and what to do without one", () => {
    expect(htmlOf("personal-details")).toContain('src="/people/555083916274/photo"');
    expect(htmlOf("personal-details-not-locked")).not.toContain("/photo");
    expect(textOf(htmlOf("personal-details-not-locked"))).toContain("no photo on record");
  });

  test("the passcode's state is told as the card told it", () => {
    expect(textOf(htmlOf("personal-details"))).toContain("The card is locked.");
    expect(textOf(htmlOf("personal-details-not-locked"))).toContain("not locked: 2 tries left");
    expect(textOf(htmlOf("personal-details-missing"))).toContain(
      "did not say whether it is locked",
    );
  });

  test("both answers are asked for, each at its field", () => {
    const html = htmlOf("personal-details-missing");
    expect(html).toContain('<a href="#evidence">');
    expect(html).toContain('<a href="#person">');
  });
});

describe("G, H: device and service", () => {
  const may = { allowed: true, via: "RA Agent", organisationCode: "RQX" } as const;

  test("the device in the reader is the one selected, and marked", () => {
    const html = htmlOf("choose-device");
    expect(tags(html, "input", "checked")[0]).toContain('value="40012345"');
    expect(html.match(/In the reader/g)).toHaveLength(1);
  });

  test("another device: both serials", () => {
    const text = textOf(htmlOf("choose-device-another"));
    expect(text).toContain("Selected device 39876543");
    expect(text).toContain("Device in the reader 40012345");
  });

  test.each(["expired", "cancelled", "cleared", "revoked"] as const)(
    "a card that is %s is not offered to unlock, whoever asks",
    (standing) => {
      const offer = serviceOffer({ standing, passcode: "blocked", mayUnlock: may });
      expect(offer).toEqual({ unavailable: standing });
      const html = htmlOf(`service-${standing}`);
      expect(html).not.toContain('name="operation"');
    },
  );

  test("expired: repair is needed, and who may", () => {
    expect(textOf(htmlOf("service-expired"))).toMatch(/needs repair.*RA Manager.*RA Agent/);
  });

  test("without the right nothing is offered", () => {
    const mayUnlock = { allowed: false, reason: "no_role" } as const;
    const offer = serviceOffer({ standing: "in_date", passcode: "blocked", mayUnlock });
    expect(offer).toEqual({ unavailable: "not_permitted" });
  });

  test("a card that is not locked says so in the hint, under the same label", () => {
    const text = textOf(htmlOf("service-not-locked"));
    expect(text).toContain("Unlock Smartcard");
    expect(text).toContain("The card is not locked.");
    expect(textOf(htmlOf("service"))).not.toContain("not locked");
  });

  test("nobody without the tab is led to it", () => {
    const html = renderPage(
      servicePage(frameWithoutTab(assets), {
        ceremony: "c",
        holder: HOLDER,
        device: DEVICE,
        offer: { unavailable: "expired" },
      }),
    );
    expect(html).not.toContain('href="/manage-smartcard"');
  });
});

describe("J: how it ended", () => {
  const reasons = Object.entries(END_REASONS);

  test.each(reasons)("aborted, %s: what happened, how the card is, what to do", (reason, words) => {
    const text = textOf(htmlOf(`aborted-${reason.replaceAll("_", "-")}`));
    expect(text).toContain(words.happened);
    expect(text).toContain(words.card);
    expect(text).toContain(words.toDo);
  });

  test.each(reasons)("uncertain, %s: never says that nothing changed, or failed", (reason) => {
    const text = textOf(htmlOf(`uncertain-${reason.replaceAll("_", "-")}`));
    expect(text).toContain("Unlock not finished");
    expect(text).toContain("Put the card in again.");
    expect(text).not.toMatch(/nothing was changed|not changed|failed|was not unlocked/i);
  });

  test("a refused unblocking code is not passed off as nothing changed", () => {
    for (const reason of ["puk_refused", "puk_blocked"] as const)
      expect(END_REASONS[reason].card).not.toContain("Nothing was changed");
  });

  test("in doubt: what is known of the passcode, no more and no less, signed in or out", () => {
    const show = (passcodeSet: boolean) => {
      const outcome = endedUnlock({ phase: "uncertain", reason: "answer_lost", passcodeSet });
      return textOf(
        renderPage(signedOutPage(signedOutFrame(assets), { reason: "card_removed", outcome })),
      );
    };
    expect(show(true)).toContain("took the new passcode");
    expect(show(true)).not.toContain("its old one");
    expect(show(false)).toContain("its new passcode, or its old one");
    expect(show(false)).not.toContain("took the new passcode");
  });

  test("still running: a link to look again, and nothing that moves by itself", () => {
    for (const name of ["outcome-released", "outcome-pin-set"]) {
      expect(textOf(htmlOf(name))).toContain("Look again");
      expect(htmlOf(name)).not.toMatch(/http-equiv/);
    }
  });

  test("not yet at the agent: the same press leads there again", () => {
    const html = htmlOf("outcome-chosen");
    expect(html).toMatch(/action="\/ceremonies\/[^/"]+\/service" method="post"/);
    expect(tags(html, "input", 'name="operation"')[0]).toContain('value="unlock"');
  });

  test("the signed-out page tells every outcome and nobody's name or number", () => {
    for (const phase of Object.keys(OUTCOMES)) {
      const outcome = { phase, reason: "operator_card_removed" };
      if (!isOutcome(outcome)) throw new Error(phase);
      const html = renderPage(
        signedOutPage(signedOutFrame(assets), {
          reason: "card_removed",
          outcome: endedUnlock(outcome),
        }),
      );
      expect(textOf(html)).toContain(OUTCOMES[outcome.phase].title);
      expect(html).not.toMatch(/Okafor|5550|4001/);
    }
  });

  function isOutcome(outcome: {
    phase: string;
    reason: string;
  }): outcome is { phase: keyof typeof OUTCOMES; reason: "operator_card_removed" } {
    return Object.hasOwn(OUTCOMES, outcome.phase);
  }

  test("a ceremony's id stays one segment of the address", () => {
    const html = renderPage(
      outcomePage(frame, {
        ceremony: "../x",
        phase: "released",
        reason: undefined,
        holderName: "<b>",
        careId: PERSON.careId,
        serial: "1",
      }),
    );
    expect(html).toContain('href="/ceremonies/..%2Fx"');
    expect(html).not.toContain("<b>");
  });
});

describe("problems", () => {
  test.each(ACTIVITIES)("403 names %s in words", (activity) => {
    const html = renderPage(problemPage(frame, { status: 403, activity }));
    expect(textOf(html)).toContain(`does not allow you to ${ACTIVITY_WORDS[activity]}.`);
  });

  test("500 gives the number to quote, and 410 the way back", () => {
    expect(textOf(htmlOf("problem-500-number"))).toContain("req-7");
    expect(textOf(htmlOf("problem-410"))).toContain("Go back and start again.");
  });
});

describe("live readers", () => {
  test("the page and the stream say the same", () => {
    expect(htmlOf("home")).toContain(renderDeskStatus(DESK_READY));
    expect(renderFragment(deskStatus(DESK_READY))).toBe(renderDeskStatus(DESK_READY));
    expect(htmlOf("home")).toMatch(/role="status"[^>]*data-source="\/desk\/events"/);
  });

  test("names of readers and people are text", () => {
    const html = renderDeskStatus({
      serviceDesk: "<u>",
      state: "readers",
      readers: [
        { name: "<script>1</script>", state: "card", whose: { kind: "person", name: "<b>x</b>" } },
      ],
    });
    expect(html).not.toMatch(/<script|<b>|<u>/);
  });

  test.each([
    ["sign-in-agent-down", "agent is not running"],
    ["sign-in-service-down", "smartcard service of this PC does not answer"],
    ["sign-in-no-reader", "no smartcard reader"],
    ["sign-in-one-reader", "one smartcard reader"],
  ])("%s says what to do and whom to call", (name, words) => {
    expect(textOf(htmlOf(name))).toContain(words);
    expect(textOf(htmlOf(name))).toContain(SERVICE_DESK);
  });
});
