export const WORDS = {
  title: "Care Identity Service",
  tabHint:
    "To unlock a smartcard, select Manage Smartcard and put the user’s card into the second reader.",
  tabLink: "Manage Smartcard",
  noTabTitle: "To unlock a smartcard",
  noTabSteps: [
    "Type the 12-digit number on the front of the user’s smartcard into the search box, and select Search.",
    "Select the user’s profile by its UUID.",
    "Under Smartcard Details, select the latest in-date device, and then Service.",
  ],
} as const;
