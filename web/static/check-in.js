/* The desk at the entrance: reads codes with the camera, keeps the list for an hour and what was entered until it is sent. */
const desk = document.querySelector("[data-check-in]");
const HOUR = 3600000, OFTEN = 4000, SHOWN = 30;
const say = desk.dataset, find = (name) => desk.querySelector(`[data-${name}]`);
const QUEUE = `check-in-queue-${say.checkIn}`, LIST = `check-in-list-${say.checkIn}`, CONFLICTS = `check-in-conflicts-${say.checkIn}`;

const kept = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a full device: the page still has it */ } };

let queue = kept(QUEUE) || [];
let list = kept(LIST);
let tag = "", offline = false, ended = false, sending = false;

const fold = (text) => text.toLowerCase().replaceAll("ł", "l").normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, " ").trim();
const cleanCode = (text) => text.toUpperCase().replace(/[\s-]/g, "");
const isFresh = () => list && Date.now() - list.at < HOUR;
const waits = (person) => queue.some((entry) => entry.registration === person.id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/* A drawing made by our own server; nothing but an image may come in. */
function drawing(source) {
  const parsed = new DOMParser().parseFromString(source, "text/html").querySelector("svg");
  return parsed ? document.importNode(parsed, true) : element("span");
}

function showState() {
  const state = find("state");
  state.hidden = false;
  state.className = `check-in-state${offline ? (isFresh() ? " offline" : " offline over") : ""}`;
  const words = offline && ended ? say.ended + queue.length : offline ? (isFresh() ? say.offline : say.over) + queue.length : queue.length ? say.offline + queue.length : say.online;
  if (state.textContent !== words) state.textContent = words;
}

function showPeople() {
  if (!list) return;
  const waiting = queue.filter((entry) => entry.registration === undefined || list.people.some((person) => person.id === entry.registration && !person.arrived)).length;
  find("present").textContent = list.present + waiting;
  const bar = desk.querySelector("progress");
  const registered = list.registered + queue.filter((entry) => entry.registration === undefined).length;
  find("registered").textContent = find("registered").dataset.words.replace("#", registered);
  bar.max = Math.max(registered, list.present + waiting, 1);
  bar.value = list.present + waiting;
  const words = fold(find("search").elements.q.value).split(" ").filter(Boolean);
  const rows = find("people");
  if (!isFresh()) { rows.replaceChildren(); return; }
  const people = words.length ? list.people.filter((person) => words.every((word) => person.search.includes(word))).slice(0, SHOWN) : [];
  rows.replaceChildren(...people.map((person) => {
    const row = element("li"), who = element("span");
    who.append(element("strong", person.name));
    for (const text of [person.organisation, person.note]) if (text) who.append(element("br"), element("span", text, "small muted"));
    row.append(who);
    if (person.arrived || waits(person)) row.append(element("span", `✓ ${person.arrived || say.waiting}`, "good"));
    else {
      const button = element("button", say.letIn, "button secondary");
      button.type = "button";
      button.setAttribute("aria-label", `${say.letIn}: ${person.name}`);
      button.addEventListener("click", () => enter({ registration: person.id, shown: person.name, by: "name" }));
      row.append(button);
    }
    return row;
  }));
}

function formTo(address, label, number) {
  const form = element("form"), token = element("input"), button = element("button", label, "button secondary");
  form.method = "post";
  form.action = address.replace("/0/", `/${number}/`);
  Object.assign(token, { type: "hidden", name: "csrf_token", value: say.token });
  form.append(token, button);
  return form;
}

function showOutcome(answer) {
  const box = element("section", "", `notice ${answer.refused ? "error" : answer.new === false ? "warning" : "success"}`);
  box.append(element("p", answer.text));
  if (answer.drawing) box.append(element("p", say.passWords, "small"), drawing(answer.drawing));
  if (answer.registration) {
    const row = element("p", "", "actions");
    row.append(formTo(say.undo, say.undoLabel, answer.registration));
    if (!answer.drawing) row.append(formTo(say.pass, say.passLabel, answer.registration));
    box.append(row);
  }
  find("answer").replaceChildren(box);
}

/* What was sent later and did not simply go in: it stays on this device until somebody says that it was read. */
let conflicts = kept(CONFLICTS) || [];

function showConflicts() {
  find("conflicts").hidden = !conflicts.length;
  find("conflicts").querySelector("ul").replaceChildren(...conflicts.map((text) => element("li", text)));
  keep(CONFLICTS, conflicts);
}

function addConflict(answer, entry) {
  conflicts.push(answer.text.startsWith(entry.shown) ? answer.text : `${entry.shown}: ${answer.text}`);
  showConflicts();
}

async function ask(address, options = {}) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
  try { return await fetch(address, { credentials: "same-origin", redirect: "manual", signal: stop.signal, ...options }); } finally { clearTimeout(timer); }
}

/* A session that has ended is no lost network: nothing goes out before somebody signs in again. */
function checkSession(answer) {
  ended = answer.type === "opaqueredirect" || ["signed_out", "old_form"].includes(answer.headers.get("X-Refused"));
  if (ended) throw new Error("session");
}

async function refresh() {
  try {
    const answer = await ask(say.list, tag ? { headers: { "If-None-Match": tag } } : {});
    checkSession(answer);
    if (answer.status === 200) {
      list = { ...(await answer.json()), at: Date.now() };
      tag = answer.headers.get("ETag") || "";
    } else if (answer.status === 304) list = list && { ...list, at: Date.now() };
    else throw new Error(String(answer.status));
    keep(LIST, list);
    offline = false;
  } catch { offline = true; }
  if (!isFresh()) localStorage.removeItem(LIST);
  showState();
  showPeople();
}

async function send() {
  if (sending || !queue.length) return;
  sending = true;
  const sent = [...queue];
  try {
    const body = JSON.stringify(sent.map((entry) => ({ ...entry, ago: Math.round((Date.now() - entry.at) / 1000) })));
    const answer = await ask(say.queue, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": say.token }, body });
    checkSession(answer);
    if (!answer.ok) throw new Error(String(answer.status));
    const answers = await answer.json();
    queue = queue.filter((entry) => !sent.includes(entry));
    keep(QUEUE, queue);
    offline = false;
    answers.forEach((one, place) => {
      const entry = sent[place];
      if (entry.waited && (one.refused || !one.new)) addConflict(one, entry);
      else showOutcome(one);
    });
  } catch {
    offline = true;
    for (const entry of sent) entry.waited = true;
    keep(QUEUE, queue);
    find("answer").replaceChildren(element("p", `${sent.at(-1).shown}: ${ended ? say.ended + queue.length : say.kept}`, "notice info"));
  } finally { sending = false; }
  showState();
  showPeople();
}

function enter(entry) {
  if (offline && !isFresh()) { showState(); return; }
  queue.push({ key: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`, at: Date.now(), ...entry });
  keep(QUEUE, queue);
  showPeople();
  send().then(refresh);
}

function enterCode(text) {
  const code = cleanCode(text);
  const person = isFresh() && list.people.find((known) => known.code === code);
  if (person) enter({ registration: person.id, shown: person.name, by: "code" });
  else if (offline) showOutcome({ refused: true, text: say.unknown });
  else enter({ code, shown: code.slice(0, 12), by: "code" });
}

find("conflicts-read").addEventListener("click", () => { conflicts = []; showConflicts(); });
showConflicts();
find("search").addEventListener("input", showPeople);
find("search").addEventListener("submit", (event) => { event.preventDefault(); showPeople(); });
find("by-code").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.code;
  if (cleanCode(field.value)) enterCode(field.value);
  field.value = "";
});
find("walk-in").addEventListener("submit", (event) => {
  const { name, organisation, is_minor } = event.target.elements;
  // The office has to know of a minor at once, so that form goes to the server.
  if (is_minor.checked) return;
  event.preventDefault();
  if (!name.value.trim()) return;
  enter({ name: name.value.trim(), organisation: organisation.value.trim(), shown: name.value.trim() });
  event.target.reset();
});

/* The camera. */
const video = desk.querySelector("video");
let stream = null, lastCode = "", lastAt = 0;

async function decoder() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await detector.detect(video))[0]?.rawValue;
  }
  if (!window.jsQR) await new Promise((done, failed) => {
    const script = element("script");
    Object.assign(script, { src: say.decoder, onload: done, onerror: failed });
    document.head.append(script);
  });
  const canvas = element("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, 640 / Math.max(video.videoWidth, 1));
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    if (!canvas.width) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(image.data, image.width, image.height)?.data;
  };
}

async function readCodes() {
  try {
    const read = await decoder();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    find("viewfinder").hidden = false;
    await video.play();
    while (stream) {
      const text = await read().catch(() => null);
      if (text && (text !== lastCode || Date.now() - lastAt > 5000)) {
        [lastCode, lastAt] = [text, Date.now()];
        navigator.vibrate?.(80);
        enterCode(text);
      }
      await new Promise((next) => { setTimeout(next, 150); });
    }
  } catch {
    stopCamera();
    showOutcome({ refused: true, text: say.nocamera });
  }
}

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  find("viewfinder").hidden = true;
}

if (navigator.mediaDevices?.getUserMedia) {
  find("camera").hidden = false;
  find("read").addEventListener("click", readCodes);
  find("stop").addEventListener("click", stopCamera);
}
window.addEventListener("online", () => send().then(refresh));
window.addEventListener("offline", () => { offline = true; showState(); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send().then(refresh); });
setInterval(() => { if (document.visibilityState === "visible") send().then(refresh); }, OFTEN);
send().then(refresh);
