import { createVirtualReader, openVirtualSession } from "@lanyard/virtual-card";
import { cardSessionContract } from "./card-contract.ts";

cardSessionContract("virtual card by direct call", async (card) => {
  const reader = createVirtualReader("Virtual reader");
  reader.insert(card);
  return {
    open: async () => openVirtualSession(reader),
    insert: async () => reader.insert(card),
    remove: async () => {
      reader.remove();
    },
    end: async () => {
      reader.remove();
    },
  };
});
