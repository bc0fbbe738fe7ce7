/** Starts the page: the store, the connection and the panes. */

import { announce } from "./announce.js";
import { startKeys } from "./keys.js";
import { Page } from "./page.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { startTheme } from "./theme.js";

startTheme();
const store = new Store();
const page = new Page(store);
const address = new URL("/page/socket", location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
page.socket = new Socket(address.href, {
  frame: (frame) => store.receive(frame),
  online: (online) => store.setOnline(online),
});
startKeys(page);
announce(store);
