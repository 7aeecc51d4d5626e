export const WORDS = {
  incidents: "Cards that need a decision",
  incidentsHint:
    "These cards changed their unblocking code behind our back. The PC where each was last unlocked may not be as it should be.",
  incident: (serial: string, desk: string) => `Device ${serial}, last unlocked at ${desk}`,
  title: "Care Identity Service",
  tabHint:
    "To unlock a smartcard, select Manage Smartcard and put the user’s card into the second reader.",
  tabLink: "Manage Smartcard",
  changePasscode: "Change my passcode",
  noTabTitle: "To unlock a smartcard",
  noTabSteps: [
    "Type the 12-digit number on the front of the user’s smartcard into the search box, and select Search.",
    "Select the user’s profile by its UUID.",
    "Under Smartcard Details, select the latest in-date device, and then Service.",
  ],
} as const;
