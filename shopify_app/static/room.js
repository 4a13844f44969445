/* The built-in room, in the browser. Needs on the page:

     <section data-room data-base="/consult/<token>/room" data-with="Inès Laurent" data-telephone="+33 1 84 88 00 17"
              data-csrf="..." data-after="Thank you. Inès will write to you."> (what shows without script) </section>
     <link rel="stylesheet" href="/static/room.css">  <script src="/static/room.js" defer></script>

   Only data-base is needed. What stands inside the section stays (put the telephone fallback there too); the room is
   added below it. `data-room-state` on the section says preview, joining, waiting, connected or ended, and
   `data-room-people` how many others are connected: for styles and tests.

   Endpoints: POST, JSON in and out, "csrf" added to each body when data-csrf is set. consults/rooms/rooms.py says more.
     {base}/join    {}                            -> {me, sitting, role, name, state, max_people, after, ice_servers,
                                                      relay_only, people: [{id, name, role, sitting}]}
     {base}/signal  {to, body}                    -> {id}
     {base}/poll    {after, sitting}              -> {signals: [{id, from, body}], people, state, again, replaced}
     {base}/leave   {sitting}                     -> {}          (by sendBeacon, so it cannot carry a header)
     errors: 4xx {"error": {"code", "message"}}; the message is shown.

   body of a signal: JSON text {s: sender's sitting, t: receiver's sitting, and one of description, candidate, restart}.

   What a first version taught: messages go out through one chain, or candidates overtake the offer; candidates wait
   for the description; whoever joined later makes every offer, and the other one asks for it with `restart`. */
(() => {
  "use strict";
  const root = document.querySelector("[data-room]");
  if (!root) return;

  const FAST = 700, CALM = 3000, HIDDEN = 10000;
  const { base, telephone = "", csrf = "" } = root.dataset;
  const other = root.dataset.with || "";
  const peers = new Map();
  const media = new MediaStream();
  let grant = null, after = 0, chain = Promise.resolve(), timer = 0, asking = false, ended = false;

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
  const kept = el("p", "ar-hint", "Not recorded.");
  const bar = el("div", "ar-room-bar");
  const sound = button("Sound on", "ar-btn is-quiet", () => toggle("audio", sound, "Sound"));
  const camera = button("Camera on", "ar-btn is-quiet", () => toggle("video", camera, "Camera"));
  const enter = button("Join", "ar-btn", () => join());
  const out = button("Leave", "ar-btn is-quiet", () => leave());

  function build() {
    words.setAttribute("role", "status");
    mine.muted = mine.autoplay = mine.playsInline = true;
    mine.setAttribute("aria-label", "You, as others see you");
    out.hidden = true;
    bar.append(sound, camera, enter, out);
    room.append(stage, mine, words, bar, kept);
    if (telephone) {
      const line = el("p", "ar-hint", "By telephone instead: ");
      const link = el("a", "", telephone);
      link.href = "tel:" + telephone.replace(/[^+\d]/g, "");
      line.append(link);
      room.append(line);
    }
    root.append(room);
  }
  const say = (text) => { if (words.textContent !== text) words.textContent = text; };
  const state = (name) => { root.dataset.roomState = name; };

  // --- camera and sound

  async function openMedia() {
    state("preview");
    if (!navigator.mediaDevices || !window.RTCPeerConnection) {
      say("This browser keeps the camera to itself. Open this address in Safari or Chrome, or ring us.");
      enter.disabled = !window.RTCPeerConnection;
    } else {
      const tracks = (await ask({ audio: true, video: { width: 640, height: 360 } }))
        || (await ask({ audio: true })) || (await ask({ video: true })) || [];
      tracks.forEach((track) => media.addTrack(track));
      if (!tracks.length) say("Your camera and sound are not shared. You can join all the same, to see and hear.");
    }
    if (media.getTracks().length) mine.srcObject = media; // an empty stream would hold up the page's load event
    sound.hidden = !media.getAudioTracks().length;
    camera.hidden = mine.hidden = !media.getVideoTracks().length;
  }
  async function ask(wanted) {
    try {
      return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
    } catch {
      return null; // kept back, or there is none: one joins all the same
    }
  }
  function toggle(kind, control, name) {
    const tracks = media.getTracks().filter((track) => track.kind === kind);
    tracks.forEach((track) => { track.enabled = !track.enabled; });
    const on = tracks.some((track) => track.enabled);
    control.textContent = `${name} ${on ? "on" : "off"}`;
    control.setAttribute("aria-pressed", String(!on));
  }

  // --- endpoints

  async function post(path, body) {
    const answer = await fetch(`${base}/${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(csrf ? { ...body, csrf } : body),
    });
    const data = await answer.json().catch(() => ({}));
    if (answer.ok) return data;
    const problem = new Error((data.error && data.error.message) || "The room does not answer just now.");
    problem.told = answer.status >= 400 && answer.status < 500;
    throw problem;
  }
  function send(peer, what) {
    const body = JSON.stringify({ s: grant.sitting, t: peer.sitting, ...what });
    chain = chain.then(() => deliver(peer, body, 3));
  }
  async function deliver(peer, body, tries) {
    if (peers.get(peer.id) !== peer) return;
    try {
      await post("signal", { to: peer.id, body });
    } catch (problem) {
      if (problem.told || tries < 2) return;
      await new Promise((done) => setTimeout(done, 1000));
      await deliver(peer, body, tries - 1);
    }
  }

  // --- in and out

  async function join() {
    enter.disabled = true;
    state("joining");
    say("One moment. Your browser may ask about the camera.");
    await Promise.race([ready, new Promise((done) => setTimeout(done, 20000))]);
    try {
      grant = await post("join", {});
    } catch (problem) {
      enter.disabled = false;
      state("preview");
      say(problem.message);
      return;
    }
    ended = false;
    after = grant.after;
    enter.hidden = true;
    out.hidden = false;
    [...peers.keys()].forEach(drop);
    grant.people.forEach((person) => meet(person, true));
    show();
    schedule(0);
  }
  function leave() {
    stop(root.dataset.after || "Thank you. You may close this page.");
    post("leave", { sitting: grant.sitting }).catch(() => {});
    media.getTracks().forEach((track) => track.stop());
    mine.hidden = true;
  }
  function stop(text) {
    ended = true;
    clearTimeout(timer);
    [...peers.keys()].forEach(drop);
    state("ended");
    [sound, camera, out].forEach((control) => { control.hidden = true; });
    say(text);
  }
  addEventListener("pagehide", () => {
    if (!grant || ended) return;
    const body = JSON.stringify({ sitting: grant.sitting, ...(csrf ? { csrf } : {}) });
    navigator.sendBeacon(`${base}/leave`, new Blob([body], { type: "application/json" }));
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", () => { if (grant && !ended) schedule(0); });

  // --- asking what is new

  function schedule(wait) {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(look, wait);
  }
  function pace() {
    const all = [...peers.values()];
    const calm = all.length > 0 && all.every((peer) => peer.pc.connectionState === "connected");
    if (!calm) return FAST; // in a hidden tab too, or somebody would wait for the offer
    return document.hidden ? HIDDEN : CALM;
  }
  async function look() {
    if (asking) return;
    asking = true;
    try {
      const news = await post("poll", { after, sitting: grant.sitting });
      if (news.replaced) return stop("You are in this conversation on another page.");
      if (news.again) return await join();
      settle(news.people); // first, so that a message finds the connection it is about
      for (const signal of news.signals) {
        after = Math.max(after, signal.id);
        await hear(signal);
      }
      show();
    } catch (problem) {
      if (problem.told) return stop(problem.message);
      say("Your connection is interrupted. We keep trying.");
    } finally {
      asking = false;
      if (grant && !ended) schedule(pace());
    }
  }
  function settle(people) {
    const there = new Map(people.map((person) => [person.id, person]));
    for (const [id, peer] of peers) {
      if (!there.has(id) || there.get(id).sitting !== peer.sitting) drop(id);
    }
    people.forEach((person) => { if (!peers.has(person.id)) meet(person, false); });
  }

  // --- one connection for each of the others

  function meet(person, offering) {
    const pc = new RTCPeerConnection({
      iceServers: grant.ice_servers,
      iceTransportPolicy: grant.relay_only ? "relay" : "all",
    });
    const view = el("figure", "ar-room-them");
    const video = el("video");
    const peer = { ...person, pc, view, offering, waiting: [], tries: 0 };
    video.autoplay = video.playsInline = true;
    video.srcObject = new MediaStream();
    video.setAttribute("aria-label", person.name);
    view.append(video, el("figcaption", "", person.name));
    stage.append(view);
    peers.set(person.id, peer);
    media.getTracks().forEach((track) => pc.addTrack(track, media));
    pc.addEventListener("track", ({ track }) => video.srcObject.addTrack(track));
    pc.addEventListener("icecandidate", ({ candidate }) => { if (candidate) send(peer, { candidate }); });
    pc.addEventListener("connectionstatechange", () => changed(peer));
    if (offering) {
      ["audio", "video"].forEach((kind) => {
        const has = pc.getSenders().some((sender) => sender.track && sender.track.kind === kind);
        if (!has) pc.addTransceiver(kind, { direction: "recvonly" });
      });
      offer(peer, false);
    }
    return peer;
  }
  async function offer(peer, restart) {
    await peer.pc.setLocalDescription(await peer.pc.createOffer({ iceRestart: restart }));
    send(peer, { description: peer.pc.localDescription });
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
    try {
      await obey(peer, said);
    } catch {
      again(peer);
    }
  }
  async function obey(peer, { description, candidate, restart }) {
    const { pc } = peer;
    if (description) {
      await pc.setRemoteDescription(description);
      for (const early of peer.waiting.splice(0)) await pc.addIceCandidate(early);
      if (description.type === "offer") {
        await pc.setLocalDescription(await pc.createAnswer());
        send(peer, { description: pc.localDescription });
      }
    } else if (candidate && pc.remoteDescription) {
      await pc.addIceCandidate(candidate);
    } else if (candidate) {
      peer.waiting.push(candidate);
    } else if (restart && peer.offering) {
      await offer(peer, true);
    }
  }
  function changed(peer) {
    if (peers.get(peer.id) !== peer) return;
    if (peer.pc.connectionState === "connected") peer.tries = 0;
    if (peer.pc.connectionState === "failed") again(peer);
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
    for (const { pc } of peers.values()) {
      for (const sender of pc.getSenders()) {
        if (!sender.track || sender.track.kind !== "video") continue;
        const wanted = sender.getParameters();
        if (!wanted.encodings || !wanted.encodings.length) continue;
        wanted.encodings[0].maxBitrate = many ? 400000 : 1200000;
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
    const connected = [...peers.values()].filter((peer) => peer.pc.connectionState === "connected").length;
    root.dataset.roomPeople = String(connected);
    state(connected ? "connected" : "waiting");
    const stuck = [...peers.values()].some((peer) => peer.tries > 2);
    if (connected) say("");
    else if (stuck) say(`The two connections do not reach one another yet.${telephone ? " You may ring instead." : ""}`);
    else if (peers.size) say("One moment, the picture is coming.");
    else say(other ? `You are in. ${other} will be with you.` : "You are in. Nobody else is here yet.");
  }

  build();
  const ready = openMedia();
})();
