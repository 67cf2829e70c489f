// Passkeys on the hosted pages. The server says what the browser is to do, the browser asks the person, and what comes
// of it is sent with the form that the button stands in.
(() => {
  "use strict";
  const button = document.querySelector("button[data-begin]");
  if (!button) return;
  const { form } = button;
  const { begin, suggest, origins, offer, cancelled, known, failed, unfit } = button.dataset;
  const notice = document.getElementById("passkey-problem");

  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };

  // Browsers know binary values as buffers, and the older ones cannot read them out of JSON.
  const toBytes = (text) => {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  };
  const toText = (buffer) => {
    const binary = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const withBytes = (descriptors) => descriptors?.map((one) => ({ ...one, id: toBytes(one.id) }));

  const readCreation = (options) => PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const readRequest = (options) => PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const write = (credential) => {
    if (credential.toJSON) return credential.toJSON();
    const { id, rawId, type, response } = credential;
    const written = { id, rawId: toText(rawId), type, response: {} };
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) written.response[name] = toText(response[name]);
    }
    written.response.transports = response.getTransports?.();
    return written;
  };

  // What the browser is to do, and where the form goes with what comes of it; else why not. Where something else comes
  // first, such as a new sign-in, the person is led there.
  const ask = async (address) => {
    const fields = [...form.elements].filter(({ name, type }) => name && type !== "password");
    const body = new URLSearchParams(fields.map(({ name, value }) => [name, value]));
    const reply = await fetch(address, { method: "POST", body });
    if (!reply.redirected) return reply.json();
    location.assign(reply.url);
    return new Promise(() => {});
  };

  const send = (credential, finish) => {
    form.elements.credential.value = JSON.stringify(write(credential));
    button.formAction = finish;
    form.requestSubmit(button);
  };

  // The suggestions among those of a field wait for the person until something else is begun, and are asked for anew
  // before the server forgets what it asked.
  const RENEWAL = 4 * 60 * 1000;
  let suggestion;
  const offerSuggestions = async () => {
    if (!suggest || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    const mine = suggestion = new AbortController();
    const renewal = setTimeout(() => { mine.abort(); offerSuggestions(); }, RENEWAL);
    try {
      const { publicKey, finish } = await ask(suggest);
      if (!publicKey || mine.signal.aborted) return;
      const request = { publicKey: readRequest(publicKey), mediation: "conditional", signal: mine.signal };
      send(await navigator.credentials.get(request), finish);
    } catch {
      // Nobody asked for this, so that nobody is told.
    } finally {
      clearTimeout(renewal);
    }
  };

  const explain = ({ name }) => {
    if (name === "NotAllowedError" || name === "AbortError") return cancelled;
    return name === "InvalidStateError" ? known : failed;
  };

  const run = async () => {
    say("");
    suggestion?.abort();
    const { publicKey, finish, problem } = await ask(begin);
    if (!publicKey) return say(problem);
    const isNew = "user" in publicKey;
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: readCreation(publicKey) })
      : await navigator.credentials.get({ publicKey: readRequest(publicKey) });
    send(credential, finish);
  };

  let isRunning = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (isRunning) return;
    isRunning = true;
    try {
      await run();
    } catch (error) {
      say(explain(error));
    }
    isRunning = false;
    if (!notice.hidden) offerSuggestions();
  });

  if (window.PublicKeyCredential && origins.split(" ").includes(location.origin)) {
    button.hidden = offer === "suggestions";
    offerSuggestions();
  } else if (unfit) {
    say(unfit);
  }
})();
