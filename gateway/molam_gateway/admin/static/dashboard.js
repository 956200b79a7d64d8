// Keeps the list of payments up to date: asks for its rows, and changes only those that differ.
"use strict";

const SOON = 100;
const PAUSE = 2000;
const RARE = 60000;
const BETWEEN_SOCKETS = 10000;
const LONGEST_PAUSE = 30000;

class Live {
  constructor(body) {
    this.body = body;
    this.news = document.getElementById("news");
    this.button = document.getElementById("pause");
    this.paused = false;
    this.wait = PAUSE;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.toggle());
    document.addEventListener("visibilitychange", () => this.soon());
    this.plan();
    this.listen();
  }

  // Events only say that something happened; while they come, questions are rare. Without them it asks every 2 s, and
  // every 10 s whether there can be a socket again.
  async listen() {
    this.listened = Date.now();
    try {
      const fields = new URLSearchParams({ csrf: this.body.dataset.csrf });
      const answer = await fetch("/admin/payments/ticket", { method: "POST", body: fields, redirect: "error" });
      const { ticket } = answer.ok ? await answer.json() : {};
      if (ticket === undefined) {
        return;
      }
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      this.socket = new WebSocket(`${scheme}//${location.host}/ws/events?ticket=${encodeURIComponent(ticket)}`);
      this.socket.addEventListener("message", () => this.hear());
      this.socket.addEventListener("close", () => {
        this.socket = undefined;
        this.soon();
      });
    } catch {
      this.socket = undefined;
    }
  }

  hear() {
    if (!this.heard) {
      this.heard = true;
      this.plan(SOON);
    }
  }

  toggle() {
    this.paused = !this.paused;
    this.button.textContent = this.paused ? "Resume updates" : "Pause updates";
    this.say(this.paused ? "Updates are paused." : "");
    this.soon();
  }

  soon() {
    this.wait = PAUSE;
    this.plan(0);
  }

  plan(wait = this.socket?.readyState === WebSocket.OPEN ? RARE : this.wait) {
    clearTimeout(this.timer);
    if (!this.paused && !this.over && !document.hidden) {
      this.timer = setTimeout(() => this.look(), wait);
    }
  }

  async look() {
    this.heard = false;
    try {
      const answer = await fetch(this.body.dataset.live, { credentials: "same-origin", redirect: "error" });
      if (answer.status === 401 || answer.status === 403) {
        this.socket?.close();
        clearTimeout(this.timer);
        this.over = true;
        this.say("You are signed out: reload the page to sign in.");
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!this.paused) {
        this.show([...page.querySelectorAll("tr")]);
      }
      this.wait = PAUSE;
      if (this.socket === undefined && Date.now() - this.listened > BETWEEN_SOCKETS) {
        this.listen();
      }
    } catch {
      this.wait = Math.min(LONGEST_PAUSE, this.wait * 2);
      this.say("The gateway does not answer: trying again.");
    }
    this.plan(this.heard ? SOON : undefined); // what was heard meanwhile may not be among these rows
  }

  show(rows) {
    const known = new Map([...this.body.rows].map((row) => [row.dataset.id, row]));
    let place = this.body.firstElementChild;
    let added = 0;
    for (const fresh of rows) {
      const old = known.get(fresh.dataset.id);
      known.delete(fresh.dataset.id);
      if (old === undefined) {
        fresh.classList.add("new");
        this.body.insertBefore(document.adoptNode(fresh), place);
        added += 1;
        continue;
      }
      while (place !== null && place !== old) {
        const gone = place;
        place = place.nextElementSibling;
        gone.remove();
      }
      place = old.nextElementSibling;
      if (old.innerHTML !== fresh.innerHTML) {
        old.replaceChildren(...fresh.childNodes);
      }
    }
    for (const row of known.values()) {
      row.remove();
    }
    if (added > 0) {
      document.querySelector(".empty")?.remove();
      this.say(added === 1 ? "1 new payment." : `${added} new payments.`);
    } else if (this.wait !== PAUSE) {
      this.say("");
    }
  }

  say(words) {
    if (this.news.textContent !== words) {
      this.news.textContent = words;
    }
  }
}

const body = document.querySelector("[data-live]");
if (body !== null) {
  new Live(body);
}
