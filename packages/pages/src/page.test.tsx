import { describe, expect, test } from "vitest";
import {
  assetUrls,
  Confirmation,
  ConfirmField,
  contentSecurityPolicy,
  DataTable,
  errorFor,
  Page,
  type PageError,
  PasscodeField,
  PersonHeader,
  PostForm,
  RadioField,
  ReaderList,
  renderPage,
  StatusRegion,
  Submit,
  SummaryList,
  TextField,
} from "./index.ts";

const assets = assetUrls("0123456789abcdef");

function samplePage(errors: readonly PageError[] = []): string {
  return renderPage(
    <Page
      title="Choose the device"
      caption="Step 2 of 4"
      assets={assets}
      scripts={["lanyard.js"]}
      errors={errors}
      back={{ href: "/people" }}
      operator={{
        name: "Sam Carter",
        role: "RA Agent",
        signOut: { action: "/sign-out", hidden: { csrf: "token-1" } },
      }}
      navigation={[
        { text: "Find a person", href: "/people" },
        { text: "Manage Smartcard", href: "/manage-smartcard", current: true },
      ]}
    >
      <StatusRegion source="/readers">
        <ReaderList readers={[{ reader: "Reader 1", tone: "good", text: "Sam Carter’s card" }]} />
      </StatusRegion>
      <PersonHeader name="Maria Okafor" photoSrc="/photos/1" lines={["UUID 912345678901"]} />
      <SummaryList rows={[{ key: "Name", value: "Maria Okafor" }]} />
      <PostForm action="/devices" hidden={{ csrf: "token-2" }}>
        <RadioField
          name="device"
          label="Which device?"
          value="b"
          error={errorFor(errors, "device")}
          choices={[
            { value: "a", text: "Card A" },
            { value: "b", text: "Card B", hint: "In date" },
          ]}
        />
        <TextField name="number" label="12-digit number" error={errorFor(errors, "number")} />
        <PasscodeField name="passcode" label="New passcode" />
        <ConfirmField name="person" text="This is the person" error={errorFor(errors, "person")} />
        <Submit>Continue</Submit>
      </PostForm>
      <DataTable caption="Cards" columns={["Serial"]} rows={[{ key: "1", cells: ["40012345"] }]} />
    </Page>,
  );
}

describe("a page", () => {
  test("is a whole document with a language, one h1 and one main landmark", () => {
    const html = samplePage();
    expect(html).toMatch(/^<!DOCTYPE html><html lang="en-GB">/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<main/g)).toHaveLength(1);
    expect(html).toContain('href="#main"');
    expect(html).toContain('id="main"');
  });

  test("[CSP3] carries no inline style, script or handler, and nothing from elsewhere", () => {
    const html = samplePage([{ text: "Choose a device", field: "device" }]);
    expect(html).not.toMatch(/\sstyle=/);
    expect(html).not.toContain("<style");
    expect(html).not.toMatch(/\son[a-z]+=/);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/(?:href|src|action)="(?:https?:)?\/\//);
  });

  test("loads the one script only where it is asked for", () => {
    expect(samplePage()).toContain('src="/assets/0123456789abcdef/lanyard.js"');
    const plain = renderPage(
      <Page title="Passcode" assets={assets}>
        <p>Hello</p>
      </Page>,
    );
    expect(plain).not.toContain("<script");
  });

  test("leaves the script's own classes to the script", () => {
    expect(samplePage()).not.toMatch(/js-enabled|nhsuk-frontend-supported/);
  });

  test("escapes what people are called", () => {
    const html = renderPage(
      <Page title={'<img src=x onerror="1">'} assets={assets}>
        <PersonHeader name={"</h2><script>1</script>"} photoSrc={'/"><b>'} lines={["<i>"]} />
      </Page>,
    );
    expect(html).not.toMatch(/<script|<b>|<i>|<img src=x/);
    expect(html).toContain("&lt;script&gt;");
  });

  test("signs out by form, with its hidden fields", () => {
    expect(samplePage()).toMatch(
      /<form [^>]*action="\/sign-out" method="post"[^>]*><input type="hidden" name="csrf" value="token-1"\/>/,
    );
  });

  test("marks the tab one is on", () => {
    expect(samplePage()).toMatch(/href="\/manage-smartcard" aria-current="page"/);
    expect(samplePage().match(/aria-current/g)).toHaveLength(1);
  });

  test("makes no claim to be the NHS", () => {
    const html = samplePage();
    expect(html).not.toContain("NHS England");
    expect(html).not.toContain("nhs.uk");
    expect(html).toContain("not affiliated");
  });
});

describe("a page with errors", () => {
  const html = samplePage([
    { text: "Choose a device", field: "device" },
    { text: "The agent stopped answering" },
  ]);

  test("[WCAG22 §3.3.1] says so in the title, and first of all above the heading", () => {
    expect(html).toContain("<title>Error: Choose the device - ");
    expect(html.indexOf("There is a problem")).toBeLessThan(html.indexOf("<h1"));
    expect(html.indexOf("There is a problem")).toBeGreaterThan(html.indexOf("nhsuk-back-link"));
    expect(samplePage()).not.toContain("Error: ");
  });

  test("takes the focus without script", () => {
    expect(html).toMatch(/class="nhsuk-error-summary"[^>]*tabindex="-1" autofocus=""/i);
  });

  test("links to the first option of the choice, and ties the message to the field", () => {
    expect(html).toContain('<a href="#device">Choose a device</a>');
    expect(html).toMatch(/<input class="nhsuk-radios__input" id="device"/);
    expect(html).toContain('aria-describedby="device-choices--error-message"');
    expect(html).toContain("<li>The agent stopped answering</li>");
  });
});

describe("fields", () => {
  test("a passcode is never saved by the browser, shown or sent back", () => {
    const field = samplePage().match(/<input[^>]*id="passcode"[^>]*>/)?.[0];
    expect(field).toContain('type="password"');
    expect(field).toMatch(/autocomplete="one-time-code"/i);
    expect(field).not.toContain("value=");
  });

  test("the choice made is the one checked", () => {
    const checked = samplePage().match(/<input[^>]*checked=""[^>]*>/g);
    expect(checked).toHaveLength(1);
    expect(checked?.[0]).toContain('value="b"');
  });
});

test("a confirmation panel is the page's only heading of the first level", () => {
  const html = renderPage(
    <Page title="Smartcard successfully unlocked" heading={false} assets={assets}>
      <Confirmation title="Smartcard successfully unlocked" />
    </Page>,
  );
  expect(html.match(/<h1[^>]*>Smartcard successfully unlocked<\/h1>/g)).toHaveLength(1);
});

test("[CSP3] the policy lists where forms may lead, and has no script where there is none", () => {
  const agent = contentSecurityPolicy({ formAction: ["https://cis.example"], scripts: false });
  expect(agent).toContain("form-action 'self' https://cis.example;");
  expect(agent).toContain("default-src 'none'");
  expect(agent).not.toContain("script-src");
  expect(agent).not.toContain("unsafe");
});
