/* The built-in room, in the browser. Needs on the page:

     <section data-room data-base="/consult/<token>/room" data-with="Inès Laurent" data-telephone="+33 1 84 88 00 17"
              data-csrf="..." data-after="Thank you. Inès will write to you."> (what shows without script) </section>
     <link rel="stylesheet" href="/static/room.css">  <script src="/static/room.js" defer></script>
     data-words, where the page is not in English: {"Join": "Rejoindre", …}.
     And, for a room at Twilio, its script and room-twilio.js before this one. A form with data-room-send is sent
     without leaving the page.

   Only data-base is needed. What stands inside the section stays (the telephone fallback belongs there); the room is put
   above it. `data-room-state` on the section says preview, joining, waiting, connected or ended, and
   `data-room-people` how many others are connected: for styles and tests.

   Endpoints: POST, JSON in and out, "csrf" added to each body when data-csrf is set. consults/rooms/rooms.py says more.
     {base}/join    {}                            -> {me, sitting, role, name, state, max_people, after, kind, pass,
                                                      ice_servers, relay_only, people: [{id, name, role, sitting}]}
     {base}/poll    {after, sitting, as_of}       -> {signals: [{id, from, body}], people, state, again, replaced, showing,
                                                      provider, recorded, as_of, pass}, or {same: true}
     {base}/signal  the same and send: [{to, body}]                      -> as a poll
     {base}/leave   {sitting}                     -> {}          (by sendBeacon, so it cannot carry a header)
     errors: 4xx {"error": {"code", "message"}}; the message is shown. `pass` goes back as the header X-Room-Pass.

   body of a signal: JSON text {s: sender's sitting, t: receiver's sitting, n: its number, and one of description,
   candidate, restart and sight (false: the receiver wants no picture)}.

   A reload comes back by itself: that one was in is kept for this tab, until one leaves. Those who stay hear of it by
   the connection itself, whose line closes, and ask at once; the page that comes back waits for no camera. Nor does
   anybody else: Join may be pressed while the browser still asks for it, so its picture and its buttons have their
   place from the beginning, or Join would move from under the finger, and what the room answers stays when it comes.

   What a first version taught: messages go out one after the other, or candidates overtake the offer; candidates wait
   for the description; whoever joined later makes every offer, and the other one asks for it with `restart`. */
(() => {
  "use strict";
  const root = document.querySelector("[data-room]");
  if (!root) return;

  const QUICK = 200, FAST = 700, CALM = 3000, HIDDEN = 10000; // between two questions
  const LIVELY = 8000; // after anything moved one asks quickly for this long
  const { base, telephone = "", csrf = "" } = root.dataset;
  const other = root.dataset.with || "";
  // What is said here in English, in the language of the page. Each sentence is whole, also in room_words.py.
  const spoken = JSON.parse(root.dataset.words || "{}");
  const t = (text, name = "") => (spoken[text] || text).replace("{name}", name);
  const peers = new Map();
  const media = new MediaStream();
  const memory = `room:${base}`;
  const unsaid = [];
  let grant = null, after = 0, asOf = "", pass = "", timer = 0, asking = false, ended = false, livelyUntil = 0;
  let carrier = null, screen = null, sight = true, hint = "", refusal = "";
  const hasMedia = Boolean(navigator.mediaDevices && window.RTCPeerConnection);
  let opening = hasMedia, partings = 0;

  // --- the page

  const el = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const button = (text, className, onClick) => {
    const made = el("button", className, text);
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  };
  const room = el("div", "ar-room");
  const stage = el("div", "ar-room-stage");
  const mine = el("video", "ar-room-me");
  const words = el("p", "ar-room-words");
  const kept = el("p", "ar-hint", root.dataset.recorded ? t("Recorded, as everybody agreed.") : t("Not recorded."));
  const bar = el("div", "ar-room-bar");
  const sound = button(t("Sound on"), "ar-btn is-quiet", () => toggle("audio", sound, [t("Sound on"), t("Sound off")]));
  const camera = button(t("Camera on"), "ar-btn is-quiet", () => toggle("video", camera, [t("Camera on"), t("Camera off")]));
  const quiet = button(t("Sound only"), "ar-btn is-quiet", () => onlySound(sight));
  const share = button(t("Show my screen"), "ar-btn is-quiet", () => showScreen());
  const enter = button(t("Join"), "ar-btn", () => join());
  const out = button(t("Leave"), "ar-btn is-quiet", () => leave());
  const tone = button(t("Try the sound"), "ar-btn is-quiet", () => playTone());
  const level = el("meter", "ar-room-level");
  const table = el("div", "ar-panel ar-room-table");

  function build() {
    words.setAttribute("role", "status");
    kept.setAttribute("role", "status");
    mine.muted = mine.autoplay = mine.playsInline = true;
    mine.setAttribute("aria-label", t("You, as others see you"));
    out.hidden = quiet.hidden = share.hidden = table.hidden = true;
    table.setAttribute("role", "status");
    level.max = 100;
    level.setAttribute("aria-label", t("Your voice, as we hear it"));
    shown();
    bar.append(sound, camera, quiet, share, tone, enter, out);
    room.append(stage, table, mine, level, bar, words, kept);
    if (telephone && !root.querySelector("a[href^='tel:']")) {
      const line = el("p", "ar-hint", t("By telephone instead: "));
      const link = el("a", "", telephone);
      link.href = "tel:" + telephone.replace(/[^+\d]/g, "");
      line.append(link);
      room.append(line);
    }
    root.prepend(room); // what stands there without script, the telephone, comes after
  }
  const say = (text) => { if (words.textContent !== text) words.textContent = text; };
  const state = (name) => { root.dataset.roomState = name; };
  const greet = () => say([refusal, hint].filter(Boolean).join(" ")); // before one is in: what the room said, the camera

  // --- camera and sound

  async function openMedia() {
    state("preview");
    if (!opening) {
      hint = t("This browser keeps the camera to itself. Open this address in Safari or Chrome, or ring us.");
      enter.disabled = !window.RTCPeerConnection;
    } else {
      const tracks = (await ask({ audio: true, video: { width: 640, height: 360 } }))
        || (await ask({ audio: true })) || (await ask({ video: true })) || [];
      tracks.forEach((track) => media.addTrack(track));
      if (ended) tracks.forEach((track) => track.stop()); // one had left before it came: coming back asks anew
      opening = false;
      if (!tracks.length) {
        hint = refused
          ? t("Your camera and sound are not shared. You can join all the same, to see and hear. To share them, allow it for this page beside its address.")
          : t("Your camera and sound are not shared. You can join all the same, to see and hear.");
      }
    }
    if (hint && !grant && root.dataset.roomState === "preview") greet();
    if (grant) media.getTracks().forEach(replace); // whoever was in before their camera was
    shown();
    listen();
  }
  let refused = false;
  async function ask(wanted) {
    try {
      return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
    } catch (problem) {
      // Kept back, or there is none: one joins all the same.
      if (problem.name === "NotAllowedError") refused = true;
      return null;
    }
  }
  function shown() {
    if (media.getTracks().length && mine.srcObject !== media) mine.srcObject = media; // an empty one holds up loading
    const heard = media.getAudioTracks().length, seen = media.getVideoTracks().length;
    const keeps = hasMedia && !grant; // its place, whether it comes or not
    sound.hidden = ended || !(keeps || heard);
    camera.hidden = mine.hidden = ended || !(keeps || seen);
    level.hidden = sound.hidden || Boolean(grant);
    [sound, level].forEach((waited) => waited.classList.toggle("is-coming", opening || !heard));
    [camera, mine].forEach((waited) => waited.classList.toggle("is-coming", opening || !seen));
  }
  function audio() {
    const Sound = window.AudioContext || window.webkitAudioContext;
    return Sound ? new Sound() : null;
  }
  function listen() {
    const context = media.getAudioTracks().length ? audio() : null;
    if (!context) {
      level.classList.add("is-coming");
      return;
    }
    const analyser = context.createAnalyser();
    const samples = new Uint8Array(analyser.fftSize);
    context.createMediaStreamSource(media).connect(analyser);
    document.addEventListener("pointerdown", () => { if (!grant) context.resume(); }, { once: true }); // quiet until then
    const looking = setInterval(() => {
      if (grant) {
        clearInterval(looking);
        context.close();
        return;
      }
      analyser.getByteTimeDomainData(samples);
      level.value = Math.min(100, Math.max(...samples.map((sample) => Math.abs(sample - 128))) * 2);
    }, 250);
  }
  function playTone() {
    const context = audio();
    if (!context) return;
    const note = context.createOscillator(), volume = context.createGain();
    volume.gain.value = 0.15;
    note.connect(volume).connect(context.destination);
    note.start();
    note.stop(context.currentTime + 0.6);
    note.addEventListener("ended", () => context.close());
    say(t("You should hear a tone now. If not, turn the sound of this device up."));
  }
  // A telephone call takes camera and microphone away; when the page is looked at again they are asked for again.
  async function revive() {
    const gone = media.getTracks().filter((track) => track.readyState === "ended");
    if (!gone.length) return;
    const wanted = Object.fromEntries(gone.map((track) => [track.kind, true]));
    for (const track of (await ask(wanted)) || []) {
      media.getTracks().filter((old) => old.kind === track.kind).forEach((old) => media.removeTrack(old));
      media.addTrack(track);
      if (!screen || track.kind === "audio") replace(track);
    }
    shown();
  }
  function replace(track) {
    if (carrier) carrier.send(track);
    for (const { pc } of peers.values()) {
      for (const { receiver, sender } of pc.getTransceivers()) {
        if (receiver.track.kind === track.kind) sender.replaceTrack(track).catch(() => {});
      }
    }
    slim();
  }
  const sent = (kind) => (kind === "video" && screen) || media.getTracks().find((track) => track.kind === kind) || null;

  // --- sound only, one's screen, the piece on the table

  function onlySound(yes) {
    sight = !yes;
    root.dataset.roomSight = sight ? "yes" : "no";
    quiet.textContent = sight ? t("Sound only") : t("With picture");
    media.getVideoTracks().forEach((track) => { track.enabled = sight; });
    camera.textContent = sight ? t("Camera on") : t("Camera off");
    peers.forEach((peer) => send(peer, { sight }));
  }
  async function showScreen() {
    if (screen) return endScreen();
    try {
      screen = (await navigator.mediaDevices.getDisplayMedia({ video: true })).getVideoTracks()[0];
    } catch {
      return undefined; // thought better of it
    }
    screen.addEventListener("ended", endScreen);
    share.textContent = t("Stop showing");
    return replace(screen);
  }
  function endScreen() {
    if (!screen) return;
    screen.stop();
    screen = null;
    share.textContent = t("Show my screen");
    const own = media.getVideoTracks()[0];
    if (own) replace(own);
  }
  function lay(piece) {
    const key = piece ? String(piece.id) : "";
    if (table.dataset.piece === key) return;
    table.dataset.piece = key;
    table.hidden = !piece;
    table.replaceChildren();
    if (!piece) return;
    if (piece.image) {
      const picture = el("img");
      picture.src = piece.image;
      picture.alt = "";
      table.append(picture);
    }
    const asked = other ? t("{name} would like you to see", other) : t("We would like you to see");
    const said = grant.role === "advisor" ? "You are showing" : asked;
    table.append(el("p", "ar-xs ar-2", said));
    table.append(el("p", "ar-voice", piece.title));
    if (piece.detail) table.append(el("p", "ar-sm ar-num", piece.detail));
  }
  document.querySelectorAll("form[data-room-send]").forEach((form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[role=status]");
      const options = { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" };
      try {
        const answer = await fetch(form.action, { ...options, headers: { Accept: "application/json" } });
        const done = answer.ok || answer.type === "opaqueredirect";
        const problem = done ? {} : (await answer.json().catch(() => ({}))).error || {};
        told.textContent = done ? form.dataset.roomSend : problem.message || t("That did not arrive. Please try again.");
      } catch {
        told.textContent = t("That did not arrive. Please try again.");
      }
      if (!grant || ended) return;
      peers.forEach(nudge);
      schedule(0);
    });
  });

  function toggle(kind, control, [named_on, named_off]) {
    const tracks = media.getTracks().filter((track) => track.kind === kind);
    tracks.forEach((track) => { track.enabled = !track.enabled; });
    const on = tracks.some((track) => track.enabled);
    control.textContent = on ? named_on : named_off;
    control.setAttribute("aria-pressed", String(!on));
  }

  // --- endpoints

  async function post(path, body) {
    const answer = await fetch(`${base}/${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Room-Pass": pass },
      body: JSON.stringify(csrf ? { ...body, csrf } : body),
    });
    const data = await answer.json().catch(() => ({}));
    if (answer.ok) {
      pass = data.pass || pass;
      asOf = data.as_of || asOf;
      return data;
    }
    const problem = new Error((data.error && data.error.message) || t("The room does not answer just now."));
    problem.code = data.error && data.error.code;
    problem.told = answer.status >= 400 && answer.status < 500;
    throw problem;
  }
  function send(peer, what) {
    peer.said += 1;
    unsaid.push({ peer, tries: 0, body: JSON.stringify({ s: grant.sitting, t: peer.sitting, n: peer.said, ...what }) });
    schedule(0);
  }

  // --- in and out

  async function join() {
    const parted = partings;
    let granted;
    enter.disabled = true;
    if (ended) await revive();
    state("joining");
    say(t("One moment. Your browser may ask about the camera."));
    try {
      granted = await post("join", {});
    } catch (problem) {
      if (parted === partings) refuse(problem);
      return;
    }
    if (parted !== partings) {
      post("leave", { sitting: granted.sitting }).catch(() => {}); // one left while it was asked
      return;
    }
    grant = granted;
    ended = false;
    refusal = "";
    after = grant.after;
    asOf = "";
    remember("in");
    stir();
    enter.hidden = tone.hidden = true;
    out.hidden = quiet.hidden = false;
    share.hidden = !(navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia);
    shown();
    [...peers.keys()].forEach(drop);
    if (grant.kind === "twilio_video") await carry();
    else grant.people.forEach((person) => meet(person, true));
    show();
    schedule(QUICK);
  }
  function refuse(problem) {
    const waits = problem.code === "room_waiting";
    if (grant && !ended && problem.told && !waits) {
      stop(problem.message); // one was in, and may not be any more
      return;
    }
    refusal = problem.message;
    greet();
    if (waits) {
      timer = setTimeout(join, CALM);
      return;
    }
    if (problem.told) remember("");
    enter.disabled = false;
    state("preview");
  }
  async function carry() {
    const parted = partings;
    if (carrier) carrier.leave();
    await Promise.race([ready, new Promise((done) => setTimeout(done, 20000))]);
    if (parted !== partings) return; // one left while it was waited for
    try {
      const carries = await window.arTwilioRoom({ grant, media, stage, el, changed: show });
      if (parted === partings) carrier = carries;
      else carries.leave();
    } catch {
      carrier = null;
      hint = t("The picture does not come through just now. You may ring instead.");
    }
  }
  function remember(what) {
    try {
      if (what) sessionStorage.setItem(memory, what);
      else sessionStorage.removeItem(memory);
    } catch {
      // A browser that keeps nothing: one taps Join after a reload.
    }
  }
  function recall() {
    try {
      return sessionStorage.getItem(memory);
    } catch {
      return null;
    }
  }
  function leave() {
    remember("");
    stop(root.dataset.after || t("Thank you. You may close this page."));
    post("leave", { sitting: grant.sitting }).catch(() => {});
    media.getTracks().forEach((track) => track.stop());
    mine.hidden = true;
  }
  function stop(text, again = t("Come back in")) {
    ended = true;
    partings += 1;
    remember("");
    clearTimeout(timer);
    unsaid.length = 0;
    [...peers.keys()].forEach(drop);
    if (carrier) carrier.leave();
    carrier = null;
    endScreen();
    lay(null);
    state("ended");
    [sound, camera, out, quiet, share].forEach((control) => { control.hidden = true; });
    enter.textContent = again;
    enter.disabled = enter.hidden = false;
    say(text);
  }
  addEventListener("pagehide", () => {
    if (!grant || ended) return;
    if (carrier) carrier.leave();
    const body = JSON.stringify({ sitting: grant.sitting, ...(csrf ? { csrf } : {}) });
    navigator.sendBeacon(`${base}/leave`, new Blob([body], { type: "application/json" }));
    peers.forEach(({ pc }) => pc.close()); // which the others hear at once
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", () => {
    if (!grant || ended) return;
    if (!document.hidden) revive().catch(() => {});
    schedule(0);
  });
  addEventListener("offline", () => { if (grant && !ended) say(t("Your connection is interrupted. We keep trying.")); });
  addEventListener("online", () => {
    if (!grant || ended) return;
    peers.forEach((peer) => { if (peer.pc.connectionState !== "connected") again(peer); });
    schedule(0);
  });

  // --- asking what is new

  function schedule(wait) {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(look, wait);
  }
  function stir() {
    livelyUntil = performance.now() + LIVELY;
  }
  function pace() {
    const all = [...peers.values()];
    const well = ({ pc, line }) => pc.connectionState === "connected" && line.readyState !== "closed";
    const calm = carrier || (all.length > 0 && all.every(well));
    if (calm && !unsaid.length) return document.hidden ? HIDDEN : CALM;
    return performance.now() < livelyUntil ? QUICK : FAST; // in a hidden tab too, or somebody would wait for the offer
  }
  async function look() {
    if (asking) return;
    asking = true;
    const saying = unsaid.splice(0, 40).filter(({ peer }) => peers.get(peer.id) === peer);
    const parted = partings;
    let wait = 0;
    try {
      const news = await exchange(saying);
      if (parted !== partings) return undefined; // one left while it was asked: no answer brings one back
      if (news.replaced) return stop(t("You are in this conversation on another page."), t("Use this page instead"));
      if (news.again) return await join();
      if (news.same) return show();
      if (news.provider && news.provider !== grant.provider) return location.reload(); // the advisor chose another room
      const taped = news.recorded ? t("Recorded, as everybody agreed.") : t("Not recorded.");
      if (kept.textContent !== taped) kept.textContent = taped;
      lay(news.showing);
      settle(news.people); // first, so that a message finds the connection it is about
      for (const signal of news.signals) {
        after = Math.max(after, signal.id);
        await hear(signal);
      }
      show();
    } catch (problem) {
      if (parted !== partings) return undefined;
      if (problem.told) return stop(problem.message);
      unsaid.unshift(...saying.filter((one) => (one.tries += 1) < 20)); // the other side tells copies by their number
      say(t("Your connection is interrupted. We keep trying."));
      wait = FAST;
    } finally {
      asking = false;
      if (grant && !ended) schedule(unsaid.length ? wait : Math.max(wait, pace()));
    }
  }
  function exchange(saying) {
    const about = { after, sitting: grant.sitting, as_of: asOf };
    if (!saying.length) return post("poll", about);
    return post("signal", { ...about, send: saying.map(({ peer, body }) => ({ to: peer.id, body })) });
  }
  function settle(people) {
    if (carrier) return;
    const there = new Map(people.map((person) => [person.id, person]));
    for (const [id, peer] of peers) {
      if (!there.has(id) || there.get(id).sitting !== peer.sitting) drop(id);
    }
    people.forEach((person) => {
      if (peers.has(person.id)) return;
      stir();
      meet(person, false);
    });
  }

  // --- one connection for each of the others

  function meet(person, offering) {
    const pc = new RTCPeerConnection({
      iceServers: grant.ice_servers,
      iceTransportPolicy: grant.relay_only ? "relay" : "all",
    });
    const view = el("figure", "ar-room-them");
    const video = el("video");
    const line = pc.createDataChannel("room", { negotiated: true, id: 0 });
    const peer = { ...person, pc, line, view, offering, waiting: [], tries: 0, said: 0, heard: 0, bundling: false };
    video.autoplay = video.playsInline = true;
    video.srcObject = new MediaStream();
    video.setAttribute("aria-label", person.name);
    view.append(video, el("figcaption", "", person.name));
    stage.append(view);
    peers.set(person.id, peer);
    pc.addEventListener("track", ({ track }) => video.srcObject.addTrack(track));
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate && !peer.bundling) send(peer, { candidate });
    });
    pc.addEventListener("icecandidateerror", ({ errorCode }) => { if (errorCode === 401) peer.shut = true; });
    pc.addEventListener("connectionstatechange", () => changed(peer));
    line.addEventListener("message", () => schedule(0));
    line.addEventListener("close", () => {
      if (peers.get(peer.id) !== peer || ended) return;
      stir();
      schedule(0);
    });
    if (!offering) return;
    // Places for sound and picture whether or not one has them yet: what comes later needs no further offer.
    ["audio", "video"].forEach((kind) => pc.addTransceiver(sent(kind) || kind, { direction: "sendrecv" }));
    offer(peer, false).catch(() => {});
  }
  async function offer(peer, restart) {
    await describe(peer, await peer.pc.createOffer({ iceRestart: restart }));
  }
  async function describe(peer, description) {
    // The nearest candidates are there within moments: they go with the description, those of relays after it.
    peer.bundling = true;
    await peer.pc.setLocalDescription(description);
    await gathered(peer.pc);
    peer.bundling = false;
    send(peer, { description: peer.pc.localDescription });
  }
  function gathered(pc) {
    return new Promise((done) => {
      const check = () => { if (pc.iceGatheringState === "complete") done(); };
      pc.addEventListener("icegatheringstatechange", check);
      setTimeout(done, 60);
      check();
    });
  }
  function nudge({ line }) {
    if (line.readyState === "open") line.send("look");
  }
  async function hear({ from, body }) {
    let said;
    try {
      said = JSON.parse(body);
    } catch {
      return;
    }
    const peer = peers.get(from);
    if (!peer || peer.sitting !== said.s || said.t !== grant.sitting) return; // between pages that are gone
    if (said.n <= peer.heard) return;
    peer.heard = said.n;
    stir();
    try {
      await obey(peer, said);
    } catch {
      again(peer);
    }
  }
  async function obey(peer, { description, candidate, restart, sight: wanted }) {
    const { pc } = peer;
    if (description) {
      await pc.setRemoteDescription(description);
      for (const early of peer.waiting.splice(0)) await pc.addIceCandidate(early);
      if (description.type !== "offer") return;
      for (const place of pc.getTransceivers()) {
        place.direction = "sendrecv";
        await place.sender.replaceTrack(sent(place.receiver.track.kind));
      }
      await describe(peer, await pc.createAnswer());
    } else if (candidate && pc.remoteDescription) {
      await pc.addIceCandidate(candidate);
    } else if (candidate) {
      peer.waiting.push(candidate);
    } else if (restart && peer.offering) {
      await offer(peer, true);
    } else if (wanted !== undefined) {
      peer.blind = !wanted;
      slim();
    }
  }
  function changed(peer) {
    if (peers.get(peer.id) !== peer) return;
    if (peer.pc.connectionState === "connected") peer.tries = 0;
    if (peer.pc.connectionState === "connected" && !sight) send(peer, { sight });
    if (peer.pc.connectionState === "failed") again(peer);
    if (peer.pc.connectionState === "disconnected") {
      setTimeout(() => { if (peers.get(peer.id) === peer && peer.pc.connectionState === "disconnected") again(peer); }, 2500);
    }
    slim();
    show();
    schedule(pace());
  }
  function again(peer) {
    peer.tries += 1;
    if (peer.tries > 5) return;
    if (peer.offering) offer(peer, true).catch(() => {});
    else send(peer, { restart: true });
  }
  function slim() {
    // Each sends to each: from three people on, send less to everybody.
    const many = peers.size > 1;
    for (const { pc, blind } of peers.values()) {
      for (const sender of pc.getSenders()) {
        if (!sender.track || sender.track.kind !== "video") continue;
        const wanted = sender.getParameters();
        if (!wanted.encodings || !wanted.encodings.length) continue;
        wanted.encodings[0].maxBitrate = many ? 400000 : 1200000;
        wanted.encodings[0].active = !blind;
        sender.setParameters(wanted).catch(() => {});
      }
    }
  }
  function drop(id) {
    const peer = peers.get(id);
    if (!peer) return;
    peers.delete(id);
    peer.pc.close();
    peer.view.remove();
  }
  function show() {
    if (ended || !grant) return;
    const joined = [...peers.values()].filter((peer) => peer.pc.connectionState === "connected").length;
    const connected = carrier ? carrier.count() : joined;
    root.dataset.roomPeople = String(connected);
    state(connected ? "connected" : "waiting");
    const stuck = [...peers.values()].some((peer) => peer.tries > 2);
    const shut = [...peers.values()].some((peer) => peer.shut);
    if (connected) say("");
    else if (shut && grant.relay_only) say(telephone
      ? t("The relay between you does not let the picture through just now. You may ring instead.")
      : t("The relay between you does not let the picture through just now."));
    else if (grant.kind === "twilio_video" && !carrier) say(hint);
    else if (stuck) say(telephone
      ? t("The two connections do not reach one another yet. You may ring instead.")
      : t("The two connections do not reach one another yet."));
    else if (peers.size) say(t("One moment, the picture is coming."));
    else say(other ? t("You are in. {name} will be with you.", other) : t("You are in. Nobody else is here yet."));
  }

  build();
  const ready = openMedia();
  if (recall()) join();
})();
