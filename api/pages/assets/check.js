// Without this file the form works as it stands. With it: drop a file anywhere on it, and scan a QR code.
"use strict";
for (const form of document.querySelectorAll("[data-check]")) {
  const zone = form.querySelector("[data-drop]");
  const files = form.querySelector("input[type=file]");
  const over = (is) => (event) => { event.preventDefault(); zone.classList.toggle("over", is); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { files.files = event.dataTransfer.files; form.requestSubmit(); }
  });
  const button = form.querySelector("[data-camera]");
  if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
    button.hidden = false;
    button.addEventListener("click", () => scan(form, button));
  }
}
async function scan(form, button) {
  const finder = form.querySelector("[data-viewfinder]");
  const video = finder.querySelector("video");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream;
  try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); }
  catch { button.hidden = true; return; }
  finder.hidden = false;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    const [found] = await detector.detect(video).catch(() => []);
    if (!found) { setTimeout(look, 200); return; }
    for (const track of stream.getTracks()) track.stop();
    form.querySelector("textarea").value = found.rawValue;
    form.requestSubmit();
  };
  look();
}
