/* A room that Twilio carries, for room.js: window.arTwilioRoom({grant, media, stage, el, changed}) -> {count, send, leave}.
   Needs Twilio's own script (static/vendor, bin/twilio-video) before it. Who is there, the piece on the table and
   coming and going stay with room.js and our own server. */
"use strict";
window.arTwilioRoom = async ({ grant, media, stage, el, changed }) => {
  const { connect, LocalAudioTrack, LocalVideoTrack } = window.Twilio.Video;
  const wrap = (track) => (track.kind === "audio" ? new LocalAudioTrack(track) : new LocalVideoTrack(track));
  const room = await connect(grant.token, { name: grant.room, tracks: media.getTracks().map(wrap) });
  const views = new Map();

  function seat(person) {
    const view = el("figure", "ar-room-them");
    const caption = el("figcaption", "", nameOf(person.identity));
    view.append(caption);
    stage.append(view);
    views.set(person.sid, view);
    const add = (track) => { if (track.attach) view.insertBefore(track.attach(), caption); };
    person.tracks.forEach((publication) => { if (publication.track) add(publication.track); });
    person.on("trackSubscribed", add);
    person.on("trackUnsubscribed", (track) => { if (track.detach) track.detach().forEach((node) => node.remove()); });
    changed();
  }
  function unseat(person) {
    const view = views.get(person.sid);
    views.delete(person.sid);
    if (view) view.remove();
    changed();
  }
  function nameOf(identity) {
    const known = grant.people.find((person) => String(person.id) === identity);
    return known ? known.name : "";
  }

  room.participants.forEach(seat);
  room.on("participantConnected", seat);
  room.on("participantDisconnected", unseat);
  return {
    count: () => views.size,
    send(track) {
      const mine = room.localParticipant;
      mine.tracks.forEach((publication) => {
        if (publication.kind === track.kind) mine.unpublishTrack(publication.track);
      });
      mine.publishTrack(wrap(track)).catch(() => {});
    },
    leave() {
      room.disconnect();
      views.forEach((view) => view.remove());
      views.clear();
    },
  };
};
