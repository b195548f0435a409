// Passkeys need a browser's own interface: a form marked data-passkey asks it, and sends what it says.
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  if (!answer.ok) throw new Error(answer.statusText);
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  for (const list of [options.excludeCredentials, options.allowCredentials])
    for (const each of list || []) each.id = bytes(each.id);
  if (form.dataset.passkey === "make") {
    options.user.id = bytes(options.user.id);
    const made = await navigator.credentials.create({ publicKey: options });
    return { made, response: { attestationObject: text(made.response.attestationObject) } };
  }
  const made = await navigator.credentials.get({ publicKey: options });
  const { authenticatorData, signature, userHandle } = made.response;
  return { made, response: { authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle && text(userHandle) } };
}
for (const form of document.querySelectorAll("[data-passkey]")) {
  const trouble = form.querySelector("[data-trouble]");
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    trouble.hidden = true;
    try {
      const { made, response } = await ask(form);
      response.clientDataJSON = text(made.response.clientDataJSON);
      form.elements.passkey.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response });
      form.submit();
    } catch { trouble.hidden = false; }
  });
}
