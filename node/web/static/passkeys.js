// Passkeys: asks the browser, puts its answer into a field of the form, and sends the form.
// Without scripts, or without passkeys, the pages work as before: the parts stay hidden.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const asked = (form) => {
  const options = JSON.parse(form.dataset.passkey);
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    for (const each of options[name] || []) each.id = toBytes(each.id);
  }
  return options;
};

const answer = (credential) => {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) said.attestationObject = toText(response.attestationObject);
  if (response.authenticatorData) said.authenticatorData = toText(response.authenticatorData);
  if (response.signature) said.signature = toText(response.signature);
  if (response.userHandle) said.userHandle = toText(response.userHandle);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: said,
  });
};

const begin = (form) => {
  const field = form.elements.namedItem("credential");
  const told = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    told.hidden = true;
    try {
      const publicKey = asked(form);
      const credential = publicKey.user
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      field.value = answer(credential);
      form.submit();
    } catch {
      told.hidden = false;
    }
  });
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) begin(form);
  for (const part of document.querySelectorAll("[data-with-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without-passkeys]")) part.hidden = true;
}
